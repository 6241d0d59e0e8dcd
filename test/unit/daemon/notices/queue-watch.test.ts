import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEventRing } from '../../../../src/daemon/ground/event-ring.ts';
import { createQueueWatch, type QueueWatch, somethingWaits } from '../../../../src/daemon/notices/queue-watch.ts';
import type { Notification } from '../../../../src/daemon/notices/show-on-desktop.ts';
import { createMemoryStore } from '../../../../src/store/memory.ts';
import type { EventType } from '../../../../src/contract/events.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function setup(): {
  readonly shown: Notification[];
  readonly now: { waiting: number; enabled: boolean; diskTakesIt: boolean };
  happens(type: EventType, waiting: number): void;
  /** The daemon is ended before it looked. */
  happensAtTheEnd(type: EventType, waiting: number): void;
  restart(): void;
} {
  const events = createEventRing(10, Date.now);
  const { settings } = createMemoryStore();
  const shown: Notification[] = [];
  const now = { waiting: 0, enabled: true, diskTakesIt: true };
  const create = (): QueueWatch => {
    const watch = createQueueWatch({
      ...{ events, settings, countWaiting: () => now.waiting, isEnabled: () => now.enabled },
      show: (notification) => shown.push(notification),
      guard: (work) => {
        if (now.diskTakesIt) {
          work();
        }
        return now.diskTakesIt;
      },
    });
    watch.start();
    return watch;
  };
  let watch = create();
  return {
    ...{ shown, now },
    happens(type, waiting) {
      now.waiting = waiting;
      events.add({ type, data: { id: 'rev_1' } });
      vi.runAllTimers();
    },
    happensAtTheEnd(type, waiting) {
      now.waiting = waiting;
      events.add({ type, data: { id: 'rev_1' } });
      watch.stop();
    },
    restart() {
      watch.stop();
      watch = create();
      vi.runAllTimers();
    },
  };
}

describe('the notification', () => {
  it('N1 is shown once when something begins to wait, and again only after nothing waited', () => {
    const { shown, happens } = setup();
    happens('review.opened', 1);
    happens('conflict.detected', 2);
    happens('quarantine.added', 3);
    happens('review.resolved', 2);
    expect(shown).toEqual([somethingWaits]);
    happens('review.resolved', 0);
    happens('review.opened', 1);
    expect(shown).toHaveLength(2);
  });

  it('N1 is not shown for what came and went at once, nor for other events', () => {
    const { shown, happens } = setup();
    happens('review.opened', 0);
    happens('record.changed', 5);
    expect(shown).toEqual([]);
    happens('brake.held', 5);
    expect(shown).toHaveLength(1);
  });

  it('N1 is not shown again by a daemon that starts, and is shown for what came while none ran', () => {
    const { shown, now, happens, restart } = setup();
    happens('review.opened', 1);
    restart();
    restart();
    expect(shown).toHaveLength(1);
    happens('review.resolved', 0);
    now.waiting = 4;
    restart();
    expect(shown).toHaveLength(2);
  });

  it('N1 remembers a queue that was emptied just before the daemon ended', () => {
    const { shown, now, happens, restart, happensAtTheEnd } = setup();
    happens('review.opened', 1);
    happensAtTheEnd('review.resolved', 0);
    now.waiting = 1;
    restart();
    expect(shown).toHaveLength(2);
  });

  it('N1 tells what came just before the daemon ended when it starts', () => {
    const { shown, restart, happensAtTheEnd } = setup();
    happensAtTheEnd('review.opened', 1);
    expect(shown).toEqual([]);
    restart();
    expect(shown).toHaveLength(1);
  });

  it('N2 says nothing of what waits, and can be switched off', () => {
    const { shown, now, happens } = setup();
    now.enabled = false;
    happens('review.opened', 1);
    now.enabled = true;
    happens('review.opened', 2);
    expect(shown).toEqual([]);
    happens('review.resolved', 0);
    happens('review.opened', 1);
    expect(shown.map(({ title, text }) => `${title}: ${text}`)).toEqual([
      'SourceSync: Something waits for you. See: sourcesync review',
    ]);
  });

  it('N1 waits for a disk that takes nothing', () => {
    const { shown, now, happens } = setup();
    now.diskTakesIt = false;
    happens('review.opened', 1);
    expect(shown).toEqual([]);
    now.diskTakesIt = true;
    happens('review.opened', 2);
    expect(shown).toHaveLength(1);
  });
});
