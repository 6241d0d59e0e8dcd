import { canonicalText } from '../../src/base/canonical-json.ts';
import type { ChangeId, CollectionName } from '../../src/base/ids.ts';
import type { SyncEvent } from '../../src/contract/events.ts';
import type { RecordRow } from '../../src/contract/record.ts';
import { changeIdOf } from '../../src/log/change.ts';
import { readSalvaged } from '../../src/daemon/disk/salvaged.ts';
import type { DamagedRow, HistoryRow, LogRow, Store } from '../../src/store/ground/port.ts';
import type { Device } from './device.ts';
import { openedRecords } from './oracles-device.ts';
import { type LostRows, recordName } from './lost-rows.ts';
import { plainCollections, rowsOf } from './state-hash.ts';
import type { World } from './world.ts';

/** Remembers, outside of every process, what a damaged disk must give back, and what a failing one must not be told of. */
export interface StoreWatch {
  /** A disk is about to lose something. */
  damaged(world: World, device: Device, lost: LostRows): void;
  /** A device says that its database is whole again. */
  mended(world: World, device: Device): void;
  /** A listener is told of something. */
  told(world: World, device: Device, event: SyncEvent): void;
  /** When nothing goes wrong any more. */
  lookAtEnd(world: World): void;
}

const everything = Number.MAX_SAFE_INTEGER;

interface Promised {
  /** Records that the log and what is left can give back as they were. */
  readonly records: ReadonlyMap<string, string>;
  /** Own changes that nobody else has, and that can still be read. */
  readonly changes: ReadonlySet<ChangeId>;
}

export function createStoreWatch(): StoreWatch {
  const promised = new Map<Device, Promised>();
  const owed = new Map<Device, Set<ChangeId>>();

  return {
    damaged(world, device, lost) {
      const gone = goneBatches(device, lost);
      const records = new Map(
        plainCollections
          .flatMap((collection) => rowsOf(device.disk, collection))
          .filter((row) => canBeHad(device, row, { lost, gone }))
          .map((row) => [recordName(row), lookOf(row)]),
      );
      const changes = unsentChanges(world, device, lost);
      promised.set(device, { records, changes });
      const before = owed.get(device) ?? new Set();
      owed.set(device, new Set([...before, ...changes]));
    },
    mended(world, device) {
      checkWhole(world, device);
      for (const [name, before] of promised.get(device)?.records ?? []) {
        const [collection, id] = name.split('/') as [CollectionName, RecordRow['id']];
        const row = device.disk.records.get(collection, id);
        const now = row === undefined || row === 'damaged' ? String(row) : lookOf(row);
        world.counters.hit('mended record looked at');
        if (now !== before) {
          world.report(41, `device ${device.index}: ${name} was ${before} and is mended as ${now}`);
        }
      }
      promised.delete(device);
    },
    told(world, device, event) {
      const isOfRecords = event.type === 'record.changed' || event.type.startsWith('review.');
      if (isOfRecords && device.process?.store.isRefusing === true) {
        world.report(42, `device ${device.index} told ${event.type} of what its disk did not take`);
      }
    },
    lookAtEnd(world) {
      for (const [device, changes] of owed) {
        const held = new Set(ownChanges(world, device));
        for (const changeId of changes) {
          world.counters.hit('unsent change looked for');
          if (!held.has(changeId)) {
            world.report(41, `device ${device.index}: a change that nobody else had is gone from its chain`);
          }
        }
        if (readSalvaged(device.disk)?.isMended === false) {
          world.report(41, `device ${device.index} is never through with mending`);
        }
        if (!world.trust.recovering.has(device)) {
          checkWhole(world, device);
        }
      }
    },
  };
}

/** Invariant 41: what calls itself whole has chains without a hole, and no record of which only history speaks. */
function checkWhole(world: World, device: Device): void {
  const { report } = world;
  const { index, disk } = device;
  for (const scopeId of disk.scopes.list()) {
    for (const [deviceId, { sequence }] of disk.log.heads(scopeId)) {
      const held = disk.log.after(scopeId, deviceId, 0, everything).length;
      if (held !== sequence) {
        report(41, `device ${index} calls its log whole and has ${held} of ${sequence} batches of ${deviceId}`);
      }
    }
  }
  for (const { collection, changes } of damagedRows(disk)) {
    if (changes.every((change) => isInLog(world, device, change))) {
      report(41, `device ${index} calls its records whole, and one of ${collection} is not, which the log could give`);
    }
  }
}

function damagedRows({ upkeep }: Store): readonly DamagedRow[] {
  return upkeep.verifyRecords({ cursor: null, limit: everything }).damaged;
}

/** Records of which nothing but damage is known, because the log has lost a change of theirs. */
export function unreadable(world: World, device: Device, collection: CollectionName): readonly RecordRow['id'][] {
  const { disk } = device;
  return damagedRows(disk)
    .filter((row) => row.collection === collection && !row.changes.every((change) => isInLog(world, device, change)))
    .flatMap(({ changes }) => changes.flatMap(({ changeId }) => disk.history.get(changeId)?.recordId ?? []));
}

function isInLog(world: World, device: Device, change: DamagedRow['changes'][number]): boolean {
  const { scopeId, deviceId, sequence, changeId, index } = change;
  const row = device.disk.log.get(scopeId, deviceId, sequence);
  const record = row && openedRecords(world, device, row.bytes)[index];
  return record !== undefined && changeIdOf(deviceId, record) === changeId;
}

/** Invariant 13: a change is held as standing on damage only while something that it stands on is not here. */
export function standsOnDamage(world: World, device: Device, collection: CollectionName, id: RecordRow['id']): boolean {
  const { disk, process } = device;
  const history = disk.history.list(collection, id);
  const held = process?.replica.history(collection, id) ?? [];
  return (
    disk.records.get(collection, id) === 'damaged' ||
    history.some((change) => !isInLog(world, device, change)) ||
    held.some(({ change }) => change.parents.some((parent) => !counts(disk, parent)))
  );
}

function counts({ history }: Store, parent: ChangeId): boolean {
  const row = history.get(parent);
  return row !== undefined && row.disposition !== 'waiting';
}

function lookOf({ state, fields }: RecordRow): string {
  return `${state} ${canonicalText(fields)}`;
}

/** Own batches that a relay has are handed out again, and those behind a hole with them; others are sealed again. */
function goneBatches({ disk, keys }: Device, { batches }: LostRows): ReadonlySet<string> {
  const gone = new Set<string>();
  for (const scopeId of disk.scopes.list()) {
    const sent = disk.log.acknowledgedAnywhere(scopeId);
    for (const deviceId of disk.log.heads(scopeId).keys()) {
      let isBehindHole = false;
      for (const row of disk.log.after(scopeId, deviceId, 0, everything)) {
        isBehindHole ||= batches.has(row.batchId);
        const isKept = deviceId === keys.deviceId && row.sequence > sent && !batches.has(row.batchId);
        if (isBehindHole && !isKept) {
          gone.add(placeOf(row));
        }
      }
    }
  }
  return gone;
}

function placeOf({ scopeId, deviceId, sequence }: Pick<HistoryRow, 'scopeId' | 'deviceId' | 'sequence'>): string {
  return `${scopeId} ${deviceId} ${sequence}`;
}

function canBeHad(
  { disk, keys }: Device,
  row: RecordRow,
  { lost, gone }: { readonly lost: LostRows; readonly gone: ReadonlySet<string> },
): boolean {
  const history = disk.history.list(row.collection, row.id);
  const isRowWhole = !lost.records.has(recordName(row));
  const isHistoryWhole = !history.some(({ changeId }) => lost.changes.has(changeId));
  const missing = history.filter((change) => gone.has(placeOf(change)));
  const isOwnMissing = missing.some(({ deviceId }) => deviceId === keys.deviceId);
  // A deletion is written again only over what is there to be deleted.
  const isKnown = !isOwnMissing || row.state === 'live';
  return (isRowWhole && isHistoryWhole && isKnown) || missing.length === 0;
}

function unsentChanges(world: World, device: Device, { batches }: LostRows): ReadonlySet<ChangeId> {
  const { disk, keys } = device;
  const rows = disk.scopes
    .list()
    .flatMap((scopeId) => disk.log.after(scopeId, keys.deviceId, disk.log.acknowledgedAnywhere(scopeId), everything));
  return new Set(rows.filter(({ batchId }) => !batches.has(batchId)).flatMap((row) => changesIn(world, device, row)));
}

function ownChanges(world: World, device: Device): readonly ChangeId[] {
  const { disk, keys } = device;
  return disk.scopes
    .list()
    .flatMap((scopeId) => disk.log.after(scopeId, keys.deviceId, 0, everything))
    .flatMap((row) => changesIn(world, device, row));
}

function changesIn(world: World, device: Device, { bytes }: LogRow): readonly ChangeId[] {
  return openedRecords(world, device, bytes)
    .slice(1)
    .map((record) => changeIdOf(device.keys.deviceId, record));
}

/** Invariant 42: what a disk that takes nothing holds can be read all the same, and nobody is told otherwise. */
export function checkRefusing(world: World, device: Device): void {
  const { process, disk, index } = device;
  if (process?.store.isRefusing !== true) {
    return;
  }
  world.counters.hit('read while the disk refuses');
  try {
    for (const collection of plainCollections) {
      for (const { id } of rowsOf(disk, collection)) {
        process.replica.history(collection, id);
      }
      device.factsOf(collection);
    }
  } catch (cause) {
    world.report(42, `device ${index} cannot be read while its disk takes nothing: ${String(cause)}`);
  }
}
