import { textFromUtf8 } from '../../src/base/bytes.ts';
import type { CollectionName } from '../../src/base/ids.ts';
import type { LoggedChange } from '../../src/contract/change.ts';
import type { QuarantineItem, ReviewItem } from '../../src/contract/review.ts';
import type { AuditEvent } from '../../src/contract/audit.ts';
import { isHeldItem } from '../../src/contract/held-item.ts';
import { stateOf } from '../../src/lifecycle/state-of.ts';
import { changeIdOf, decodeChange } from '../../src/log/change.ts';
import { verifyAuditChain } from '../../src/log/audit.ts';
import { decodeBatch } from '../../src/log/header.ts';
import { openBatch } from '../../src/log/sealing.ts';
import { quarantineIdOf } from '../../src/replica/names/quarantine-id.ts';
import { expectedState } from './expected-state.ts';
import type { Device } from './device.ts';
import { standsOnDamage } from './store-watch.ts';
import { agents, everyItem, rowsOf } from './state-hash.ts';
import { canaryMark } from './turn.ts';
import { isByPolicy } from './workload.ts';
import type { World } from './world.ts';
import { rowDamaged } from '../../src/replica/names/row-damaged.ts';

const inbox = 'inbox' as CollectionName;
const shell = 'shell' as CollectionName;

/** Invariant 24: what is live in the inbox was written here or released here. */
export function checkHeld(world: World, device: Device): void {
  const { disk, process, keys } = device;
  if (process === undefined) {
    return;
  }
  for (const row of rowsOf(disk, inbox)) {
    const history = process.replica.history(inbox, row.id);
    const mayCount = (change: LoggedChange): boolean =>
      change.deviceId === keys.deviceId || disk.quarantine.get(quarantineIdOf(change))?.status === 'released';
    // What a device lost of its own it writes once more.
    const allowed = JSON.stringify(
      history.filter(({ change }) => mayCount(change)).map(({ change }) => change.value ?? null),
    );
    for (const { change, disposition } of history) {
      const isAllowed = mayCount(change);
      if (disposition === 'applied' && !isAllowed) {
        world.report(24, `device ${device.index}: inbox/${row.id} applied a change that nobody released`);
      }
      if (!isAllowed && containsToken(row.fields, change.value, allowed)) {
        world.report(24, `device ${device.index}: inbox/${row.id} shows a change that nobody released`);
      }
    }
  }
}

/** Invariant 13: a failure of the disk never turns into a verdict about a change. */
export function checkVerdicts(world: World, device: Device): void {
  for (const item of device.disk.quarantine.listHeld(everyItem).items) {
    const isHostile = item.deviceId === world.household.attacker.deviceId;
    if (world.storeWatch !== undefined && waitsForMending(world, device, item)) {
      continue;
    }
    if (item.changeId !== null && item.detail !== 'quarantined_on_arrival' && !isHostile && !isGoverned(world, item)) {
      world.report(
        13,
        `device ${device.index}: a sound change of ${item.collection} is held as ${item.reasonCode}/${item.detail}`,
      );
    }
  }
}

/** What its record was is not known before the log has it again. */
function waitsForMending(world: World, device: Device, { detail, collection, recordId }: QuarantineItem): boolean {
  const isDamage = detail === rowDamaged.detail && collection !== null && recordId !== null;
  return isDamage && standsOnDamage(world, device, collection, recordId);
}

/** Held by policy, by a form that is not known yet, or by a lease that does not hold. */
function isGoverned({ governance }: World, { detail, collection }: QuarantineItem): boolean {
  return governance !== undefined && (isByPolicy(detail) || detail === 'schema_major' || collection === agents);
}

function containsToken(fields: unknown, value: unknown, allowed: string): boolean {
  const live = JSON.stringify(fields ?? null);
  return tokensOf(JSON.stringify(value)).some(
    (token) => live.includes(`"${token}"`) && !allowed.includes(`"${token}"`),
  );
}

function tokensOf(text: string): readonly string[] {
  return text.match(/\bt\d+\b/g) ?? [];
}

const openBefore = new WeakMap<Device, ReadonlyMap<string, ReviewItem>>();

/** An older disk was put in: what was asked since is not on it, and is asked again when its batches come back. */
export function forgetQuestions(device: Device): void {
  openBefore.delete(device);
}

/** Invariant 25: a question leaves the queue only with an answer on record, and no proposal lacks its question. */
export function checkReviews(world: World, device: Device): void {
  const { disk } = device;
  const open = new Map(disk.reviews.listOpen(everyItem).items.map((item) => [item.id, item]));
  for (const [id, before] of openBefore.get(device) ?? []) {
    const now = disk.reviews.get(id);
    if (now === undefined) {
      world.report(25, `device ${device.index}: review ${id} is gone without a trace`);
    } else if (now.status !== 'open' && !hasAnswer(device, before) && !isAskedAnew(device, now)) {
      world.report(
        25,
        `device ${device.index}: review ${id} of ${before.collection} was ${now.status} by nobody's decision`,
      );
    }
  }
  openBefore.set(device, open);
  for (const row of rowsOf(disk, shell)) {
    for (const { changeId, disposition } of disk.history.list(shell, row.id)) {
      const isAsked = [...open.values()].some((item) => item.changes.includes(changeId));
      if (disposition === 'proposed' && !isAsked) {
        world.report(25, `device ${device.index}: a proposal of shell/${row.id} waits without a question`);
      }
    }
  }
  for (const collection of world.collections) {
    for (const row of rowsOf(disk, collection)) {
      const asked = [...open.values()].filter(
        (item) => item.collection === collection && item.recordId === row.id && !isHeldItem(item),
      );
      const conflicts = asked.filter(({ kind }) => kind === 'conflict').length;
      if (row.openConflicts !== conflicts || row.openReviews !== asked.length - conflicts) {
        world.report(25, `device ${device.index}: ${collection}/${row.id} counts other questions than are open`);
      }
    }
  }
}

/**
 * A decision, or a change that takes the question's place, is in the record's history; one about a mass change is no
 * record's and stands in the audit log.
 */
function hasAnswer(device: Device, item: ReviewItem): boolean {
  if (item.quarantineId !== undefined) {
    const held = device.disk.quarantine.get(item.quarantineId);
    return held?.status !== 'held' || held.detail !== 'policy_review';
  }
  if (item.kind === 'brake' || item.kind === 'approval') {
    return device.disk.audit
      .read(0, Number.MAX_SAFE_INTEGER)
      .some((event) => typeof event === 'object' && event.details?.['reviewId'] === item.id && isAnswer(event, item));
  }
  const history = device.process?.replica.history(item.collection, item.recordId) ?? [];
  return device.process === undefined || history.some(({ change }) => !item.changes.includes(change.changeId));
}

/** That it was asked is audited, too. */
function isAnswer({ details }: Pick<AuditEvent, 'details'>, { kind }: ReviewItem): boolean {
  return kind === 'brake' || details?.['status'] !== undefined;
}

/** An upgrade asks the same about the newer form of a record. */
function isAskedAnew({ disk }: Device, { status, collection, recordId, kind }: ReviewItem): boolean {
  return status === 'superseded' && disk.reviews.openOf(collection, recordId).some((item) => item.kind === kind);
}

/** Invariant 26: the state is the first row of the table that holds, by a second reading of the page. */
export function checkStates(world: World, device: Device): void {
  for (const collection of world.collections) {
    const facts = device.factsOf(collection);
    if (facts === undefined) {
      continue;
    }
    const { state } = stateOf(facts);
    world.counters.hit(`state ${state}`);
    const expected = expectedState(facts);
    if (state !== expected) {
      world.report(26, `device ${device.index}: ${collection} is ${state}, and the table says ${expected}`);
    }
    if (state === 'engine_current' || state === 'healthy') {
      checkClaim(world, device, collection, state);
    }
  }
}

/** An engine that says it is current has nothing that only this device holds. */
function checkClaim(world: World, device: Device, collection: CollectionName, state: string): void {
  const replica = device.process?.replica;
  const scope = replica?.scopeOf(device.bindingOf(collection));
  // Who was lied to believes the lie until the relay is honest again and the device has asked it.
  const isDeceived = world.relay.hasLied || world.trust.distrusted.has(device.keys.deviceId);
  if (replica === undefined || scope === undefined || isDeceived) {
    return;
  }
  const atRelay = world.relay.disk.head(scope.scopeId, device.keys.deviceId)?.sequence ?? 0;
  const missing = replica.ownChangesAfter(scope.scopeId, atRelay).filter(({ changes }) => changes.has(collection));
  if (missing.length > 0) {
    world.report(
      26,
      `device ${device.index}: ${collection} says ${state}, and the relay lacks ${missing.length} of its batches`,
    );
  }
}

/** Invariant 13: each batch in the log has all of its effects, and each effect has its batch. */
export function checkCommitted(world: World, device: Device): void {
  const { disk, process } = device;
  for (const { state, local } of process?.replica.scopes() ?? []) {
    for (const deviceId of local ? [] : disk.log.heads(state.scopeId).keys()) {
      for (const { bytes, sequence } of disk.log.after(state.scopeId, deviceId, 0, Number.MAX_SAFE_INTEGER)) {
        for (const record of openedRecords(world, device, bytes).slice(1)) {
          const change = decodeChange(record);
          if (change.ok && disk.history.get(changeIdOf(deviceId, record)) === undefined) {
            world.report(13, `device ${device.index}: a change of batch ${sequence} is in the log and not in history`);
          }
        }
      }
    }
  }
  for (const collection of world.collections) {
    for (const row of rowsOf(disk, collection)) {
      for (const { scopeId, deviceId, sequence } of disk.history.list(collection, row.id)) {
        if (disk.log.get(scopeId, deviceId, sequence) === undefined) {
          world.report(13, `device ${device.index}: a change of ${collection}/${row.id} has no batch in the log`);
        }
      }
    }
  }
  const chain = verifyAuditChain(disk.audit.read(0, Number.MAX_SAFE_INTEGER), disk.audit.head());
  if (!chain.ok) {
    world.report(13, `device ${device.index}: the audit chain is broken: ${chain.error.message}`);
  }
}

/** Invariant 14: a secret is in nothing that leaves the device, sealed or not, nor in the audit log. */
export function checkCanaries(world: World): void {
  const { canaries } = world.ledger;
  if (canaries.length === 0) {
    return;
  }
  world.counters.hit('canary checked');
  const reveals = (text: string | undefined): boolean => text !== undefined && text.includes(canaryMark);
  for (const device of world.devices) {
    for (const scopeId of device.disk.scopes.list()) {
      for (const { bytes } of device.disk.log.after(scopeId, device.keys.deviceId, 0, Number.MAX_SAFE_INTEGER)) {
        if (openedRecords(world, device, bytes).some((record) => reveals(textFromUtf8(record)))) {
          world.report(14, `device ${device.index}: a secret is in a batch`);
        }
      }
    }
    if (reveals(JSON.stringify(device.disk.audit.read(0, Number.MAX_SAFE_INTEGER)))) {
      world.report(14, `device ${device.index}: a secret is in the audit log`);
    }
  }
  for (const device of world.devices) {
    const kept = world.collections.flatMap((name) => rowsOf(device.disk, name).map(({ fields }) => fields));
    const asked = device.disk.reviews.listOpen(everyItem).items;
    if (reveals(JSON.stringify([kept, asked]))) {
      world.report(14, `device ${device.index}: a secret is in a record or a question`);
    }
  }
  const { relay, household, outgoing } = world;
  const stored = [household.profile, household.workspace].flatMap(({ scopeId }) =>
    relay.disk.arrivals(scopeId, 0, Number.MAX_SAFE_INTEGER).map(({ cursor }) => relay.disk.read(cursor)),
  );
  for (const [where, all] of [
    ['a frame', outgoing],
    ['what the relay stores', stored],
  ] as const) {
    if (all.some((bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(canaryMark))) {
      world.report(14, `a secret is in ${where}`);
    }
  }
}

export function openedRecords({ household }: World, device: Device, bytes: Uint8Array): readonly Uint8Array[] {
  const decoded = decodeBatch(bytes);
  if (!decoded.ok) {
    return [];
  }
  const { scopeId, epoch } = decoded.value.header;
  const key = device.disk.scopes.epochKey(scopeId, epoch) ?? household.profile.epochKey;
  const opened = openBatch(decoded.value, key);
  return opened.ok ? opened.value : [];
}

/** One device may write a record so many times beside its own version of it; what is beyond that is held. */
const mostForks = 16;

/** Invariant 39: however many versions of a record one device sends, only so many have to be merged. */
export function checkFloods({ collections, household, report, ledger }: World, device: Device): void {
  const { replica } = device.process ?? {};
  const { deviceId } = household.attacker;
  for (const row of collections.flatMap((name) => rowsOf(device.disk, name))) {
    const heads = row.heads.length <= mostForks + 1 ? [] : (replica?.history(row.collection, row.id) ?? []);
    const isLetIn = (change: LoggedChange): boolean => ledger.released.has(quarantineIdOf(change));
    const ofOne = heads.filter(
      ({ change }) => change.deviceId === deviceId && row.heads.includes(change.changeId) && !isLetIn(change),
    );
    if (ofOne.length > mostForks + 1) {
      report(39, `device ${device.index}: ${row.collection}/${row.id} has ${ofOne.length} versions of one device`);
    }
  }
}
