import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type StoreHost, createStoreHost } from '../../../src/daemon/disk/store-host.ts';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { Store } from '../../../src/store/ground/port.ts';
import { type BreakableStore, createBreakableStore } from '../../helpers/breakable-store.ts';
import { type Pair, setupPair } from '../../helpers/setup-pair.ts';
import { unguarded } from '../../helpers/well-store.ts';

const node = ['workspace', 'w'] as const;
const workspace = 'workspace' as CollectionName;
const dayMs = 24 * 60 * 60 * 1000;

interface Setup extends Pair {
  readonly disk: BreakableStore;
  readonly host: StoreHost;
  /** A new process on the same disk. */
  another(): StoreHost;
  readonly changes: string[];
  /** Cursors that the walk asked with. */
  readonly asked: (string | null)[];
}

/** Device b, whose store answers a walk of three pages. */
function setup(): Setup {
  const disks: BreakableStore[] = [];
  const asked: (string | null)[] = [];
  const paged = (store: Store): Store => ({
    ...store,
    upkeep: {
      ...store.upkeep,
      verifyRecords: (page) => {
        asked.push(page.cursor);
        const nextCursor = page.cursor === null ? '1' : page.cursor === '1' ? '2' : null;
        return nextCursor === null ? store.upkeep.verifyRecords(page) : { checked: 1, damaged: [], nextCursor };
      },
    },
  });
  const pair = setupPair({
    wrapStore: (disk) => {
      const made = createBreakableStore(disk);
      disks.push(made);
      return paged(made.store);
    },
  });
  pair.a.put(node, { kind: 'task', title: 'one' });
  pair.exchange();
  const changes: string[] = [];
  const another = (): StoreHost =>
    createStoreHost({
      ...{ store: pair.b.failing.store, replica: pair.b.replica, nowMs: () => pair.clock.nowMs },
      guard: unguarded,
      changed: (reason) => changes.push(reason),
    });
  return { ...pair, disk: disks[1] as BreakableStore, host: another(), another, changes, asked };
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

describe('the walk over the stored records', () => {
  it('takes one slice at the start and the others one by one; the store counts as verified at its end', () => {
    const { host, asked, changes } = setup();
    host.start();
    expect([asked.length, host.verified]).toEqual([1, false]);
    vi.advanceTimersByTime(25);
    expect([asked.length, host.verified]).toEqual([2, false]);
    vi.advanceTimersByTime(25);
    expect([asked, host.verified, changes]).toEqual([[null, '1', '2'], true, ['store_verified']]);
    host.stop();
  });

  it('begins again a day later, and is not believed when it could not', () => {
    const { host, asked, clock } = setup();
    host.start();
    vi.advanceTimersByTime(50);
    vi.advanceTimersByTime(dayMs - 1);
    expect(asked).toHaveLength(3);
    clock.nowMs += dayMs + 61 * 60 * 1000;
    expect(host.verified).toBe(false);
    vi.advanceTimersByTime(1 + 50);
    expect([asked.length, host.verified]).toEqual([6, true]);
    host.stop();
  });

  it('goes on where it was interrupted, and a whole pass is remembered across a restart', () => {
    const { host, another, asked } = setup();
    host.start();
    host.stop();
    vi.advanceTimersByTime(1000);
    const next = another();
    next.start();
    vi.advanceTimersByTime(25);
    next.stop();
    expect(asked).toEqual([null, '1', '2']);
    expect(another().verified).toBe(true);
  });

  it('begins soon where a page left damaged rows out, but not while one goes on or damage is known', () => {
    const { host, asked, disk } = setup();
    host.start();
    host.suspected();
    vi.advanceTimersByTime(50);
    expect(asked).toHaveLength(3);
    disk.breakRow(...node);
    host.suspected();
    vi.advanceTimersByTime(75);
    expect([asked.length, host.verified]).toEqual([6, false]);
    host.suspected();
    vi.advanceTimersByTime(1000);
    expect(asked).toHaveLength(6);
    host.stop();
  });

  it('that meets damage quarantines it and says so; the store is verified once that is mended', async () => {
    const { host, b, disk, changes } = setup();
    disk.breakRow(...node);
    host.start();
    vi.advanceTimersByTime(50);
    expect(b.held()).toMatchObject([{ recordId: 'w', detail: 'row_damaged' }]);
    expect([host.verified, changes]).toEqual([false, ['store_verified', 'record_damaged']]);
    expect(await host.rebuild(true)).toMatchObject({
      executed: true,
      records: [{ outcome: 'rebuilt', message: null }],
    });
    expect([host.verified, b.held()]).toEqual([true, []]);
    host.stop();
  });
});

describe('asking for all of it', () => {
  it('names what is damaged, plans, and changes nothing', async () => {
    const { host, disk, b } = setup();
    expect(await host.verify()).toEqual({ ok: true, checked: 2, damaged: [] });
    disk.breakRow(...node);
    const damaged = { collection: 'workspace', recordId: 'w', changes: 1, message: null };
    expect(await host.verify()).toMatchObject({ ok: false, damaged: [{ ...damaged, outcome: 'damaged' }] });
    expect(await host.rebuild(false)).toMatchObject({ executed: false, records: [{ ...damaged, outcome: 'planned' }] });
    expect(b.held()).toHaveLength(1);
  });

  it('says of each record why it cannot be rebuilt', async () => {
    const { host, disk } = setup();
    disk.breakRow('workspace', 'never-written');
    const failed = { recordId: null, outcome: 'failed', message: expect.stringContaining('which record it was') };
    expect(await host.rebuild(false)).toMatchObject({ records: [failed] });
    expect(await host.rebuild(true)).toMatchObject({ records: [failed] });
  });

  it('closes what has become whole by itself, and counts what only reading meets', async () => {
    const { host, disk, b, changes } = setup();
    host.noticed(workspace, 'w' as RecordId);
    expect(changes).toEqual([]);
    disk.breakRow(...node);
    host.noticed(workspace, 'w' as RecordId);
    expect([changes, b.held().length]).toEqual([['record_damaged'], 1]);
    disk.mend(...node);
    expect(await host.verify()).toMatchObject({ ok: true });
    expect(b.held()).toEqual([]);
  });

  it('33. releases what has become whole without being asked for, and only that', () => {
    const { host, disk, b, changes } = setup();
    disk.breakRow(...node);
    host.noticed(workspace, 'w' as RecordId);
    host.releaseMended();
    expect([changes, b.held().length]).toEqual([['record_damaged'], 1]);
    disk.mend(...node);
    host.releaseMended();
    host.releaseMended();
    expect([changes, b.held()]).toEqual([['record_damaged', 'record_mended'], []]);
  });
});
