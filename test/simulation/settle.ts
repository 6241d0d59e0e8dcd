import { isAgent } from '../../src/contract/agent.ts';
import type { DeviceId, ScopeId } from '../../src/base/ids.ts';
import type { ChainHead } from '../../src/contract/chain.ts';
import type { ReviewItem } from '../../src/contract/review.ts';
import { standingAt } from '../../src/membership/parse/standing.ts';
import type { ScopeState } from '../../src/membership/parse/state.ts';
import { forgetLosses } from './loss-watch.ts';
import { logAt } from './membership-logs.ts';
import { chainEnd, isLogForked, peersOf } from './peers.ts';
import { everyItem } from './state-hash.ts';
import { mayBeLetIn } from './workload.ts';
import type { World } from './world.ts';
import type { Device } from './device.ts';

const stepMs = 500;
/** The longest wait for calm, in virtual time: a backoff, a silent connection's discovery, and what follows. */
const deadlineMs = 240_000;

/** A chain of held changes comes up one release at a time. */
const mostRounds = 100;

/** Lets virtual time pass until everything has arrived everywhere, or the deadline. */
export function waitUntilSettled(world: World): void {
  const { timeline } = world;
  const endMs = timeline.nowMs + deadlineMs;
  // Something that is about to be sent deserves its chance first.
  timeline.runUntil(timeline.nowMs + stepMs);
  while (!isSettled(world) && !isLogForked(world) && timeline.nowMs < endMs) {
    timeline.runUntil(timeline.nowMs + stepMs);
  }
}

/** True when every batch is at the relay and on every device that must agree, and every such device knows that. */
export function isSettled(world: World): boolean {
  return peersOf(world).every((device) => isCurrent(world, device));
}

/** Everything that the relay holds of the own chain is here, and the relay knows it. */
export function isCaughtUp(_world: World, device: Device): boolean {
  const state = device.process?.session.state;
  return state?.state === 'online' && Object.values(state.scopes).every((scope) => scope.caughtUp);
}

function isCurrent(world: World, device: Device): boolean {
  const state = device.process?.session.state;
  if (state?.state !== 'online') {
    return false;
  }
  return (device.process?.replica.scopes() ?? []).every(({ state: { scopeId, sequence }, local, holdsKey }) => {
    if (local) {
      return true;
    }
    const scope = state.scopes[scopeId];
    const log = logAt(world.relay.disk, scopeId);
    const heads = device.disk.log.heads(scopeId);
    const own = heads.get(device.keys.deviceId)?.sequence ?? 0;
    const isConfirmed = scope?.caughtUp === true && scope.inFlight === 0 && scope.acknowledged === own;
    const isCutOff = scope?.caughtUp === true && own > chainEnd(log, device.keys.deviceId);
    return (
      holdsKey &&
      sequence === (log?.sequence ?? sequence) &&
      (isConfirmed || isCutOff) &&
      authorsOf(world).every((author) => holdsChain(world, log, heads, scopeId, author))
    );
  });
}

/** Whose chains must be the same everywhere. */
function authorsOf({ devices, household, trust }: World): readonly DeviceId[] {
  const authors = [...devices.map(({ keys }) => keys.deviceId), household.attacker.deviceId];
  return authors.filter((author) => !trust.distrusted.has(author));
}

function holdsChain(
  { relay }: World,
  log: ScopeState | undefined,
  heads: ReadonlyMap<DeviceId, ChainHead>,
  scopeId: ScopeId,
  author: DeviceId,
): boolean {
  const held = heads.get(author)?.sequence ?? 0;
  const stored = relay.disk.head(scopeId, author)?.sequence ?? 0;
  const end = chainEnd(log, author);
  return Math.min(held, end) === Math.min(stored, end);
}

/** Releases what is held and decides what is open, device after device, until nothing waits for a person. */
export function settleEverything(world: World): void {
  for (let round = 0; round < mostRounds; round++) {
    // Somebody may be enrolled while the others settle.
    const devices = peersOf(world);
    const released = devices.map((device) => releaseAll(world, device)).some((count) => count > 0);
    // The person sits at one device as long as that one has questions.
    const asked = devices.find((device) => mayDecide(device) && decidable(device).length > 0);
    if (asked !== undefined) {
      decideAll(world, asked);
    } else if (!released) {
      return;
    }
    waitUntilSettled(world);
  }
}

/** One release may bring up what stood on it. */
function releaseAll({ trace, ledger, counters }: World, device: Device): number {
  let released = 0;
  for (const item of device.disk.quarantine.listHeld(everyItem).items) {
    const { id, changeId } = item;
    if (changeId !== null && mayBeLetIn(item) && device.process?.replica.release(id).ok === true) {
      trace.note(`release ${device.index}`);
      counters.hit('release while settling');
      ledger.released.add(id);
      released += 1;
    }
  }
  return released;
}

function decideAll({ trace, schedule, counters, governance }: World, device: Device): void {
  const items = decidable(device);
  const ids = items.map(({ id }) => id);
  const accepted = ids.filter(() => schedule.chance(0.6));
  const rejected = ids.filter((id) => !accepted.includes(id));
  for (const [decision, chosen] of [
    ['accept', accepted],
    ['reject', rejected],
  ] as const) {
    trace.note(`decide ${device.index} ${decision} ${chosen.length}`);
    for (const result of device.process?.replica.decide(chosen, decision) ?? []) {
      counters.hit(`decision ${decision}${result.ok ? '' : ' (refused)'}`);
    }
  }
  if (governance !== undefined) {
    forgetLosses(governance, device);
  }
}

/** Open items that this device may answer: its person's own proposals are decided by others, those of agents here too. */
function decidable(device: Device): readonly ReviewItem[] {
  return device.disk.reviews
    .listOpen(everyItem)
    .items.filter(
      ({ kind, deviceId, authorId, quarantineId }) =>
        quarantineId === undefined && (kind !== 'proposal' || deviceId !== device.keys.deviceId || isAgent(authorId)),
    );
}

/** A reader's decision would count for nobody. */
function mayDecide({ process, keys }: Device): boolean {
  return (process?.replica.scopes() ?? []).every(({ state, local }) => {
    const standing = standingAt(state, keys.deviceId, state.sequence, Number.MAX_SAFE_INTEGER);
    return local || (standing !== undefined && standing.role !== 'reader');
  });
}
