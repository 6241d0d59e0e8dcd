import type { CollectionName } from '../../src/base/ids.ts';
import { maximumDriftMs, wallMs } from '../../src/clock/stamp.ts';
import type { ReviewItem } from '../../src/contract/review.ts';
import type { HistoryRow } from '../../src/store/ground/port.ts';
import { quarantineIdOf } from '../../src/replica/names/quarantine-id.ts';
import type { HistoryEntry } from '../../src/replica/names/reports.ts';
import type { Device } from './device.ts';
import { expectedDecision } from './expected-policy.ts';
import { peersOf, taintedRecords } from './peers.ts';
import { agents, canonicalState, everyItem, rowsOf } from './state-hash.ts';
import { unreadable } from './store-watch.ts';
import type { World } from './world.ts';

/** Invariant 1: equal sets of admitted changes, equal states. */
export function checkEqual(world: World): void {
  const [first, ...others] = peersOf(world);
  if (first === undefined) {
    return;
  }
  for (const collection of world.collections) {
    const leftOut = incomparable(world, collection);
    const isOpen = [first, ...others].some(({ disk }) => disk.reviews.listOpen(everyItem, collection).items.length > 0);
    if (isOpen) {
      world.counters.hit(`reviews left open in ${collection}`);
      continue;
    }
    const expected = canonicalState(first.disk, collection, leftOut);
    for (const other of others) {
      const found = canonicalState(other.disk, collection, leftOut);
      if (found !== expected) {
        world.report(
          1,
          `${collection} differs between devices ${first.index} and ${other.index}:\n${expected}\n-----\n${found}`,
        );
      }
    }
  }
}

/** Records that need not be the same everywhere. */
export function incomparable(world: World, collection: CollectionName): ReadonlySet<string> {
  const tainted = taintedRecords(world, collection);
  if (tainted.size > 0) {
    world.counters.hit('records left out as tainted', tainted.size);
  }
  const lost = lostForGood(world, collection);
  return new Set([...locallyDropped(world, collection), ...tainted, ...fromTheFuture(world, collection), ...lost]);
}

/** A damaged page took the record, and a change of it that nobody else had. */
function lostForGood(world: World, collection: CollectionName): readonly string[] {
  return world.storeWatch === undefined ? [] : world.devices.flatMap((device) => unreadable(world, device, collection));
}

/** Records that an agent wrote through a device whose clock is ahead: the others wait until theirs have come so far. */
function fromTheFuture({ devices, timeline }: World, collection: CollectionName): readonly string[] {
  return collection !== agents
    ? []
    : devices.flatMap(({ disk }) =>
        rowsOf(disk, collection)
          .filter(({ id }) =>
            disk.history.list(collection, id).some(({ stamp }) => wallMs(stamp) > timeline.nowMs + maximumDriftMs),
          )
          .map(({ id }) => id),
      );
}

/** Records of which some device let in less than another: a person dropped a change there. */
function locallyDropped(world: World, collection: CollectionName): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { disk } of world.devices) {
    for (const id of world.ledger.dropped) {
      const item = disk.quarantine.get(id);
      if (item?.collection === collection && item.status === 'dropped' && item.recordId !== null) {
        ids.add(item.recordId);
      }
    }
  }
  return ids;
}

/** Invariant 2: what waits has a reason that a person can see, or a parent that is still missing. */
export function checkWaiting(world: World): void {
  for (const device of peersOf(world)) {
    for (const collection of world.collections.filter((name) => !isDenied(world, device, name))) {
      for (const row of device.disk.history.listWaiting(collection, everyItem).items) {
        const isHeld = device.disk.quarantine.get(quarantineIdOf(row))?.status === 'held';
        const change = device.process?.replica
          .history(collection, row.recordId)
          .find((entry) => entry.change.changeId === row.changeId)?.change;
        const lacksParent = change?.parents.some((parent) => {
          const known = device.disk.history.get(parent);
          return known === undefined || known.disposition === 'waiting';
        });
        if (!isHeld && lacksParent !== true && !isBraked(device, row)) {
          world.report(2, `device ${device.index}: a change of ${collection}/${row.recordId} waits for nothing`);
        }
      }
    }
  }
}

/** Records of which some device still keeps a change back: policy or a brake holds it there, and a person decides. */
function waitingRecords(world: World, collection: CollectionName): readonly string[] {
  return world.governance === undefined
    ? []
    : peersOf(world).flatMap(({ disk }) =>
        disk.history.listWaiting(collection, everyItem).items.map(({ recordId }) => recordId),
      );
}

/** The whole engine stands still by policy, which the state of the engine says: what lifts it may wait for a person. */
function isDenied({ governance }: World, device: Device, collection: CollectionName): boolean {
  return governance !== undefined && expectedDecision(device, 'engine', collection) === 'deny';
}

/** A mass change waits for a person, and this change may be part of it. */
function isBraked({ disk }: Device, { collection }: HistoryRow): boolean {
  return disk.reviews.listOpen(everyItem, collection).items.some((item) => item.kind === 'brake');
}

/** Invariant 11: one list of conflicts, and every alternative can be read. */
export function checkConflicts(world: World): void {
  const peers = peersOf(world);
  const leftOut = new Map(
    world.collections.map((collection) => [
      collection,
      new Set([...incomparable(world, collection), ...waitingRecords(world, collection)]),
    ]),
  );
  const lists = peers.map((device) => {
    const items = device.disk.reviews
      .listOpen(everyItem)
      .items.filter(({ kind }) => kind === 'conflict')
      .filter(({ collection, recordId }) => leftOut.get(collection)?.has(recordId) !== true);
    for (const item of items) {
      checkAlternatives(world, device, item);
    }
    return items
      .map(({ id }) => id)
      .sort()
      .join(' ');
  });
  lists.forEach((list, index) => {
    if (list !== lists[0]) {
      world.report(
        11,
        `devices ${peers[0]?.index} and ${peers[index]?.index} show different conflicts: ${lists[0]} and ${list}`,
      );
    }
  });
}

function checkAlternatives(world: World, device: Device, item: ReviewItem): void {
  world.counters.hit('conflict seen');
  const history = device.process?.replica.history(item.collection, item.recordId) ?? [];
  for (const changeId of [...item.changes, ...item.alternatives.flatMap(({ change }) => change ?? [])]) {
    if (!history.some(({ change }) => change.changeId === changeId)) {
      world.report(11, `device ${device.index}: an alternative of ${item.collection}/${item.recordId} cannot be read`);
    }
  }
  if (item.alternatives.length < 2) {
    world.report(11, `device ${device.index}: a conflict of ${item.collection}/${item.recordId} has lost its losers`);
  }
}

/** Invariant 10: a record is live only by an update that no removal has seen. */
export function checkTombstones(world: World): void {
  for (const device of peersOf(world)) {
    for (const collection of ['presence', 'workspace', 'recipes'] as unknown as readonly CollectionName[]) {
      for (const row of rowsOf(device.disk, collection)) {
        const history =
          device.process?.replica
            .history(collection, row.id)
            .filter((entry) => entry.disposition !== 'waiting' && !isDropped(device, entry)) ?? [];
        const removed = removedPast(history);
        const updates = history.filter(({ change }) => change.operation === 'put' || change.operation === 'patch');
        const mayLive = updates.some(({ change }) => !removed.has(change.changeId));
        if (row.state === 'live' && !mayLive) {
          world.report(10, `device ${device.index}: ${collection}/${row.id} came back from its tombstone`);
        }
      }
    }
  }
}

/** A person took it off the quarantine: it counts for nothing. */
function isDropped({ disk }: Device, { change }: HistoryEntry): boolean {
  return disk.quarantine.get(quarantineIdOf(change))?.status === 'dropped';
}

/** Every change that some removal of the record descends from. */
function removedPast(history: readonly HistoryEntry[]): ReadonlySet<string> {
  const byId = new Map(history.map(({ change }) => [change.changeId as string, change]));
  const waiting = history
    .filter(({ change }) => change.operation === 'delete' || change.operation === 'tombstone')
    .flatMap(({ change }) => change.parents as readonly string[]);
  const past = new Set<string>();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (!past.has(next)) {
      past.add(next);
      waiting.push(...(byId.get(next)?.parents ?? []));
    }
  }
  return past;
}
