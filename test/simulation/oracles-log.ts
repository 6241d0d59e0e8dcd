import type { ScopeId } from '../../src/base/ids.ts';
import type { QuarantineItem } from '../../src/contract/review.ts';
import { openEpochKeys } from '../../src/membership/log/epoch-keys.ts';
import { createReplica } from '../../src/replica/create-replica.ts';
import type { Replica } from '../../src/replica/port.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import type { LogRow, Store } from '../../src/store/ground/port.ts';
import type { Device } from './device.ts';
import { incomparable } from './oracles-data.ts';
import { logOn } from './membership-logs.ts';
import { chainEnd, peersOf } from './peers.ts';
import { createRandom } from './random.ts';
import { canonicalState, everyItem, wholeState } from './state-hash.ts';
import { isByPolicy } from './workload.ts';
import type { World } from './world.ts';
import { secretKeeperOf } from '../helpers/secret-keeper.ts';
import { receiveAll } from '../helpers/receive-all.ts';

/** Invariant 7: every batch once more, in any order, changes nothing. */
export function checkDuplicates(world: World): void {
  const random = createRandom(world.seed, 'duplicates');
  const peers = peersOf(world);
  const device = random.pick(peers.length > 0 ? peers : world.devices);
  const { process, disk } = device;
  if (peers.length === 0 || process === undefined || random.chance(0.6)) {
    return;
  }
  world.counters.hit('delivered again');
  const before = wholeState(disk, world.collections);
  for (const scopeId of travelling(device)) {
    const rows = random.shuffled(logOf(disk, scopeId).filter((row) => isStillSound(world, disk, row)));
    const report = receiveAll(
      process.replica,
      scopeId,
      rows.map(({ bytes }) => bytes),
    );
    if (report.appended > 0 || report.duplicates !== rows.length) {
      world.report(7, `device ${device.index} took ${report.appended} old batches for new ones`);
    }
  }
  if (wholeState(disk, world.collections) !== before) {
    world.report(7, `device ${device.index}: old batches changed the state`);
  }
}

/** Invariants 8 and 9: a fresh store that reads the sealed logs in another order comes to the same state. */
export function checkRebuild(world: World): void {
  const random = createRandom(world.seed, 'rebuild');
  const peers = peersOf(world);
  const device = random.pick(peers.length > 0 ? peers : world.devices);
  if (peers.length === 0 || device.process === undefined || random.chance(0.6)) {
    return;
  }
  world.counters.hit('rebuilt');
  const fresh = createMemoryStore();
  const replica = freshReplica(world, device, fresh);
  for (const scopeId of travelling(device)) {
    const chains = new Map<string, LogRow[]>();
    for (const row of logOf(device.disk, scopeId)) {
      chains.set(row.deviceId, [...(chains.get(row.deviceId) ?? []), row]);
    }
    while (chains.size > 0) {
      const deviceId = random.pick([...chains.keys()]);
      const chain = chains.get(deviceId) as LogRow[];
      const taken = chain.splice(0, 1 + random.below(4));
      receiveAll(
        replica,
        scopeId,
        taken.map(({ bytes }) => bytes),
      );
      if (chain.length === 0) {
        chains.delete(deviceId);
      }
    }
  }
  repeatReleases(device, fresh, replica);
  for (const collection of world.collections) {
    const leftOut = incomparable(world, collection);
    const expected = canonicalState(device.disk, collection, leftOut);
    const found = canonicalState(fresh, collection, leftOut);
    if (expected !== found) {
      world.report(
        9,
        `device ${device.index}: ${collection} rebuilt from the log differs:\n${expected}\n-----\n${found}`,
      );
    }
    const questions = (store: Store): string =>
      store.reviews
        .listOpen(everyItem, collection)
        // What an agent asks for is in no log before a person says yes.
        .items.filter(({ recordId, kind }) => kind !== 'approval' && !leftOut.has(recordId))
        .map(({ id }) => id)
        .sort()
        .join(' ');
    if (questions(device.disk) !== questions(fresh)) {
      world.report(9, `device ${device.index}: ${collection} rebuilt from the log asks other questions`);
    }
  }
}

function freshReplica({ household, timeline }: World, device: Device, store: Store): Replica {
  const replica = createReplica({
    store,
    device: {
      ...{ keys: device.keys, userId: household.userId },
      ...{ nowMs: () => Math.floor(timeline.nowMs), randomBytes: createRandom(0, 'rebuild').bytes },
    },
    bindings: device.settings.bindings,
    settings: {
      policyFloor: () => device.settings.policyFloor,
      brakeOf: () => device.settings.brake,
      isEnabled: () => true,
    },
    secrets: secretKeeperOf(store, device),
    listener: { appended() {}, event() {} },
  });
  for (const scopeId of travelling(device)) {
    const entries = device.disk.scopes.entries(scopeId).map(({ bytes }) => bytes);
    const { deviceId, box } = device.keys;
    replica.adoptScope(
      entries,
      openEpochKeys({ state: logOn(device.disk, scopeId), entries, recipient: deviceId, box }).keys,
    );
  }
  return replica;
}

/** What a person released is no part of the log: it is released again, as often as that brings up more. */
function repeatReleases(device: Device, fresh: Store, replica: Replica): void {
  for (let round = 0; round < 50; round++) {
    replica.policyChanged();
    acceptMassChanges(fresh, replica);
    const held = fresh.quarantine.listHeld(everyItem).items;
    const wanted = held.filter(
      (item) => device.disk.quarantine.get(item.id)?.status === 'released' || isPastPolicy(device, item),
    );
    if (wanted.every(({ id }) => !replica.release(id).ok)) {
      return;
    }
  }
}

/** A log that is read anew is a mass change where its pieces come in another order; it has been decided about once. */
function acceptMassChanges(fresh: Store, replica: Replica): void {
  const held = fresh.reviews.listOpen(everyItem).items.filter(({ kind }) => kind === 'brake');
  replica.decide(
    held.map(({ id }) => id),
    'accept',
  );
}

/** What a policy of its time holds for a person counted already on the device that met it before that policy. */
function isPastPolicy({ disk }: Device, { id, changeId, detail }: QuarantineItem): boolean {
  const disposition = changeId === null ? undefined : disk.history.get(changeId)?.disposition;
  return (
    isByPolicy(detail) &&
    disk.quarantine.get(id) === undefined &&
    disposition !== undefined &&
    disposition !== 'waiting'
  );
}

/** What stood past a cut before that was known, or in another version than the cut names, is refused today. */
function isStillSound({ trust }: World, disk: Store, { scopeId, deviceId, sequence }: LogRow): boolean {
  return !trust.distrusted.has(deviceId) && sequence <= chainEnd(logOn(disk, scopeId), deviceId);
}

function travelling(device: Device): readonly ScopeId[] {
  return (device.process?.replica.scopes() ?? []).filter(({ local }) => !local).map(({ state }) => state.scopeId);
}

function logOf(disk: Store, scopeId: ScopeId): readonly LogRow[] {
  return [...disk.log.heads(scopeId).keys()].flatMap((deviceId) =>
    disk.log.after(scopeId, deviceId, 0, Number.MAX_SAFE_INTEGER),
  );
}
