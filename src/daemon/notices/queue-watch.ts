import type { EventSource } from '../../api/ports/port.ts';
import type { SettingTable } from '../../store/ground/port.ts';
import { coalesce } from '../ground/coalesce.ts';
import type { Notification } from './show-on-desktop.ts';

export interface QueueWatchDeps {
  readonly events: Pick<EventSource, 'subscribe'>;
  readonly settings: SettingTable;
  /** How much waits for the person. */
  readonly countWaiting: () => number;
  readonly isEnabled: () => boolean;
  readonly show: (notification: Notification) => void;
  /** Runs what writes; false where the disk did not take it. */
  readonly guard: (work: () => void) => boolean;
}

export interface QueueWatch {
  start(): void;
  stop(): void;
}

/** What is not said: what waits, of whom, and how much more there will be in a moment. */
export const somethingWaits: Notification = {
  title: 'SourceSync',
  text: 'Something waits for you. See: sourcesync review',
};

const toldSetting = 'notices.queue_told';
const lookDelayMs = 500;

/** What may fill or empty the queue. */
const moving: ReadonlySet<string> = new Set([
  ...['review.opened', 'review.resolved', 'conflict.detected', 'conflict.resolved'],
  ...['quarantine.added', 'quarantine.released', 'brake.held'],
]);

/**
 * Tells the person once that something began to wait where nothing did, and not again until nothing waits. What was told is
 * remembered over restarts, and while notifications are off as well: switching them on is no reason for one.
 */
export function createQueueWatch({
  events,
  settings,
  countWaiting,
  isEnabled,
  show,
  guard,
}: QueueWatchDeps): QueueWatch {
  let leave = (): void => undefined;

  function look(): void {
    const waits = countWaiting() > 0;
    const wasTold = settings.get(toldSetting) === true;
    if (waits === wasTold) {
      return;
    }
    settings.set(toldSetting, waits);
    if (waits && isEnabled()) {
      show(somethingWaits);
    }
  }

  const lookSoon = coalesce(lookDelayMs, () => void guard(look));
  return {
    start() {
      leave = events.subscribe(({ type }) => {
        if (moving.has(type)) {
          lookSoon(type);
        }
      });
      lookSoon('started');
    },
    stop() {
      leave();
      // A queue that was emptied just now is remembered; what waits is told by the next start.
      if (lookSoon.cancel() && countWaiting() === 0) {
        guard(look);
      }
    },
  };
}
