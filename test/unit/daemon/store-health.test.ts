import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DiskReserve } from '../../../src/daemon/disk/disk-reserve.ts';
import type { DiskRoom } from '../../../src/store/sqlite/base/disk-room.ts';
import { type StoreHealth, createStoreHealth } from '../../../src/daemon/disk/store-health.ts';
import { noRoom, storeFailureOf } from '../../../src/store/ground/failure.ts';
import { createMemoryStore } from '../../../src/store/memory.ts';
import { type FullDisk, createFullDisk } from '../../helpers/full-disk.ts';

const mib = 1024 * 1024;
const roomy: DiskRoom = { freeBytes: 50 * 1024 * mib, totalBytes: 100 * 1024 * mib };

interface Setup {
  readonly health: StoreHealth;
  readonly disk: FullDisk;
  readonly said: string[];
  readonly well: number[];
  readonly reserve: { isThere: boolean };
  room: DiskRoom;
}

function setup(): Setup {
  const disk = createFullDisk(createMemoryStore());
  const held = { isThere: false };
  const reserve: DiskReserve = {
    take: () => (held.isThere ||= made.room.freeBytes >= mib),
    give() {
      const was = held.isThere;
      held.isThere = false;
      // What it was written for has room now.
      disk.fault = was ? undefined : disk.fault;
      return was;
    },
  };
  const said: string[] = [];
  const well: number[] = [];
  const health = createStoreHealth({
    ...{ store: disk.store, folder: '/home/state', reserve, nowMs: () => 1 },
    room: () => made.room,
    damaged: () => said.push('damaged'),
    changed: ({ state }) => said.push(state),
  });
  health.onWell(() => well.push(well.length));
  const made: Setup = { health, disk, said, well, reserve: held, room: roomy };
  return made;
}

const write = ({ health }: Setup): void => health.store.transaction(() => undefined) as undefined;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

describe('what an exception says of the disk', () => {
  it.each([
    ['SQLITE_FULL', 'disk_low'],
    ['SQLITE_IOERR_WRITE', 'store_failing'],
    ['SQLITE_IOERR_FSYNC', 'store_failing'],
    ['SQLITE_READONLY', 'store_failing'],
    ['SQLITE_CANTOPEN', 'store_failing'],
    ['SQLITE_CONSTRAINT', undefined],
    ['EIO', undefined],
  ])('%s: %s', (code, failure) => {
    expect(storeFailureOf(Object.assign(new Error('words'), { code }))).toBe(failure);
  });

  it('is found behind what it caused; a refusal for want of room reads like the disk itself', () => {
    expect(storeFailureOf(new Error('outer', { cause: noRoom('words') }))).toBe('disk_low');
    expect(storeFailureOf('SQLITE_FULL')).toBeUndefined();
  });
});

describe('the health of the disk of a home', () => {
  it('13. an error of the disk ends no entry from outside, and is known; any other is thrown on', () => {
    const made = setup();
    made.health.start();
    made.disk.fault = 'SQLITE_IOERR_WRITE';
    expect(made.health.guard(() => write(made))).toBe(false);
    expect(made.health.standing).toMatchObject({ state: 'failing', cause: 'store_failing' });
    expect(made.health.standing.message).toContain('read-only, unplugged or broken');
    expect(() =>
      made.health.guard(() => {
        throw new Error('a bug');
      }),
    ).toThrow('a bug');
  });

  it('13. it is said once however often the disk fails, and again when it is well: then work goes on', () => {
    const made = setup();
    made.health.start();
    made.disk.fault = 'SQLITE_FULL';
    made.health.guard(() => write(made));
    made.health.guard(() => write(made));
    vi.advanceTimersByTime(10_000);
    expect(made.said).toEqual(['full']);
    expect(made.well).toEqual([]);
    made.disk.fault = undefined;
    vi.advanceTimersByTime(2000);
    expect(made.said).toEqual(['full', 'well']);
    expect(made.well).toHaveLength(1);
    expect(made.health.guard(() => write(made))).toBe(true);
  });

  it('13. who fails again at once is left alone for longer each time', () => {
    const made = setup();
    made.health.start();
    for (let times = 0; times < 6; times++) {
      made.health.noticed(noRoom('once more'));
      vi.advanceTimersByTime(2 ** times * 1000 - 1);
      expect(made.well).toHaveLength(times);
      vi.advanceTimersByTime(2001);
      expect(made.well).toHaveLength(times + 1);
    }
  });

  it('13. a fault of a disk without room is want of room, whatever the disk calls it', () => {
    const made = setup();
    made.room = { ...roomy, freeBytes: 0 };
    made.health.noticed(Object.assign(new Error('quota'), { code: 'SQLITE_IOERR_WRITE' }));
    expect(made.health.standing.cause).toBe('disk_low');
  });

  it('14. little room is said before it is none, and not in turn with enough around the mark', () => {
    const made = setup();
    made.health.start();
    made.room = { ...roomy, freeBytes: 200 * mib };
    vi.advanceTimersByTime(5000);
    expect(made.health.standing).toMatchObject({ state: 'low', cause: 'disk_low', freeBytes: 200 * mib });
    expect(made.health.standing.message).toContain('200 MiB left');
    made.room = { ...roomy, freeBytes: 260 * mib };
    vi.advanceTimersByTime(5000);
    expect(made.health.standing.state).toBe('low');
    made.room = roomy;
    vi.advanceTimersByTime(5000);
    expect(made.said).toEqual(['low', 'well']);
    expect(made.health.guard(() => write(made))).toBe(true);
  });

  it('15. what must not wait takes the reserve; what is ordinary is refused until the reserve is back', () => {
    const made = setup();
    made.health.start();
    made.disk.fault = 'SQLITE_FULL';
    made.room = { ...roomy, freeBytes: 0 };
    made.health.vitalStore.settings.set('membership', 'entry');
    expect(made.health.store.settings.get('membership')).toBe('entry');
    expect(made.reserve.isThere).toBe(false);
    expect(() => write(made)).toThrow(/kept for membership, keys and audit/);
    expect(made.health.vitally(() => made.health.store.transaction(() => 'audited'))).toBe('audited');
    made.room = { ...roomy, freeBytes: 3 * mib };
    vi.advanceTimersByTime(2000);
    expect(made.reserve.isThere).toBe(true);
    expect(made.health.guard(() => write(made))).toBe(true);
  });

  it('15. without a reserve it fails like anything else', () => {
    const made = setup();
    made.disk.fault = 'SQLITE_FULL';
    expect(() => made.health.vitalStore.settings.set('membership', 'entry')).toThrow('takes nothing');
    expect(made.health.standing.state).toBe('full');
  });

  it('15. inside a transaction that is ordinary nothing is tried again: it ends as one', () => {
    const made = setup();
    made.health.start();
    expect(() =>
      made.health.store.transaction(() => {
        made.disk.fault = 'SQLITE_FULL';
        made.health.vitally(() => made.health.store.settings.set('audit', 1));
      }),
    ).toThrow('takes nothing');
    expect(made.reserve.isThere).toBe(true);
  });

  it('15. a disk on which the reserve does not fit is full from the start', () => {
    const made = setup();
    made.room = { ...roomy, freeBytes: 1000 };
    made.health.start();
    expect(made.health.standing.state).toBe('full');
    expect(() => write(made)).toThrow();
  });

  it('30. a database that was removed or replaced is noticed by itself, said, and well again once it is back', () => {
    const made = setup();
    made.health.start();
    made.disk.isInPlace = false;
    vi.advanceTimersByTime(5000);
    expect(made.health.standing).toMatchObject({ state: 'failing', cause: 'store_failing' });
    expect(made.health.standing.message).toContain('/home/state was removed or replaced');
    vi.advanceTimersByTime(10_000);
    expect(made.said).toEqual(['failing']);
    made.disk.isInPlace = true;
    vi.advanceTimersByTime(10_000);
    expect(made.said).toEqual(['failing', 'well']);
  });

  it('13. a damaged page is not called a disk that takes nothing', () => {
    const made = setup();
    made.health.start();
    made.disk.fault = 'SQLITE_CORRUPT';
    made.health.guard(() => write(made));
    expect(made.health.standing.message).toMatch(/^A page of the database in .* is not as it was written/);
  });
});
