import type { ChangeId } from '../../src/base/ids.ts';
import { noteSalvage } from '../../src/daemon/disk/salvaged.ts';
import type { LogRow, Store } from '../../src/store/ground/port.ts';
import type { Device } from './device.ts';
import { type LostRows, recordName } from './lost-rows.ts';
import { type Random, createRandom } from './random.ts';
import { plainCollections, rowsOf } from './state-hash.ts';
import { exchangeDisk } from './trust-plan.ts';
import type { World } from './world.ts';

/** Tables of which a damaged page can take something, as a salvage names them. */
const lossyTables = ['log', 'history', 'record', 'setting', 'scope_entry'] as const;

const mostRows = 4;

/** Plans what disks lose and refuse, from a stream of its own. */
export function planStoreFaults(world: World, phaseMs: number): void {
  const { timeline, seed, storeWatch, devices } = world;
  if (storeWatch === undefined) {
    return;
  }
  const random = createRandom(seed, 'store');
  for (let count = random.below(4); count > 0; count--) {
    timeline.after(random.between(5_000, phaseMs - 5_000), () => damage(world, random.pick(devices), random));
  }
  for (let count = random.below(4); count > 0; count--) {
    timeline.after(random.between(2_000, phaseMs - 2_000), () => refuse(world, random.pick(devices), random));
  }
}

/** The disk takes nothing for a while, and the process that meets it lives. */
function refuse({ timeline, counters, trace }: World, device: Device, random: Random): void {
  const { process } = device;
  const lastsMs = random.between(1_000, 25_000);
  if (process !== undefined && !process.isDiskFailing) {
    trace.note(`disk refuses ${device.index}`);
    counters.hit('disk refused');
    process.store.refuse(random.pick(['write', 'commit'] as const));
    timeline.after(lastsMs, () => process.diskIsWell());
  }
}

/** The machine loses power, a page of its database is not what it was, and it is opened anew. */
function damage(world: World, device: Device, random: Random): void {
  if (device.process === undefined || world.trust.recovering.has(device)) {
    return;
  }
  const tables = lossyTables.filter(() => random.chance(0.4));
  const damagedTables = tables.length === 0 ? [random.pick(lossyTables)] : tables;
  exchangeDisk(world, device, () => {
    const lost = drawLoss(device, damagedTables, random);
    world.trace.note(`damaged ${device.index} ${damagedTables.join(' ')}`);
    damagedTables.forEach((table) => world.counters.hit(`damaged ${table}`));
    world.storeWatch?.damaged(world, device, lost);
    const disk = device.journal.salvaged(lost);
    noteSalvage(disk.store, { keptAt: '.', damagedTables, wasGone: false });
    return disk;
  });
}

/** Neighbours are lost together, as they stand in one page. */
function drawLoss(device: Device, tables: readonly string[], random: Random): LostRows {
  const { disk, essentialsAt } = device;
  const some = <T>(table: (typeof lossyTables)[number], rows: readonly T[]): readonly T[] => {
    const from = random.below(rows.length + 1);
    const count = 1 + random.below(mostRows);
    return tables.includes(table) ? rows.slice(from, from + count) : [];
  };
  return {
    batches: new Set(some('log', batchesOf(disk)).map(({ batchId }) => batchId)),
    changes: new Set(some('history', changesOf(disk))),
    records: new Set(some('record', recordsOf(disk))),
    settingsFrom: tables.includes('setting') ? essentialsAt : Number.POSITIVE_INFINITY,
    scopesFrom: tables.includes('scope_entry') ? essentialsAt : Number.POSITIVE_INFINITY,
  };
}

export function batchesOf(disk: Store): readonly LogRow[] {
  return disk.scopes
    .list()
    .flatMap((scopeId) =>
      [...disk.log.heads(scopeId).keys()].flatMap((deviceId) =>
        disk.log.after(scopeId, deviceId, 0, Number.MAX_SAFE_INTEGER),
      ),
    );
}

function recordsOf(disk: Store): readonly string[] {
  return plainCollections.flatMap((collection) => rowsOf(disk, collection)).map(recordName);
}

function changesOf(disk: Store): readonly ChangeId[] {
  return plainCollections
    .flatMap((collection) => rowsOf(disk, collection))
    .flatMap(({ collection, id }) => disk.history.list(collection, id))
    .map(({ changeId }) => changeId);
}
