import type { DeviceId, ScopeId } from '../../base/ids.ts';
import { activeMembers } from '../../membership/parse/standing.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import { deviceIdOf } from '../../crypto/keys.ts';
import type { Behind, DeviceMessage, RelayMessage } from '../../sync/wire/messages.ts';
import { messageBatches, messageBytes } from '../../sync/wire/limits.ts';
import type { RelayPolicy } from '../policy.ts';
import type { RelayStore } from '../port.ts';
import { type Connection, type Subscription, type Turn, refuseRequest, sendTo } from './connection.ts';

type Hello = Extract<DeviceMessage, { type: 'hello' }>;

/**
 * Who may read a scope: its active members, and its root under the name that its keys have as a device. Recovery asks
 * as the root; it is no member, so nothing that it pushes verifies.
 */
export function readersOf(state: ScopeState): readonly DeviceId[] {
  return [...activeMembers(state).map((member) => member.deviceId), deviceIdOf(state.rootKeys)];
}

export function mayRead(state: ScopeState, deviceId: DeviceId): boolean {
  return state.members.get(deviceId)?.revoked === null || deviceId === deviceIdOf(state.rootKeys);
}

/** The device reads this scope, or has shown that it holds its log. */
export function enter(
  { store, policy }: { readonly store: RelayStore; readonly policy: RelayPolicy },
  connection: Connection & { readonly deviceId: DeviceId },
  scopeId: ScopeId,
): void {
  connection.isMember ||= store.mayRead(scopeId, connection.deviceId);
  if (connection.shown.size < policy.scopesPerConnection) {
    connection.shown.add(scopeId);
  }
}

/**
 * Whether a device reads a scope, did once, or has shown that it holds its log. Others cost the same few looks whether
 * there is such a scope or not.
 */
export function hasBeenIn(
  store: Pick<RelayStore, 'mayRead' | 'head'>,
  { shown, deviceId }: Connection & { readonly deviceId: DeviceId },
  scopeId: ScopeId,
): boolean {
  return store.mayRead(scopeId, deviceId) || store.head(scopeId, deviceId) !== null || shown.has(scopeId);
}

/** Answers a member's hello with the entries it lacks, and subscribes it. */
export function subscribe(
  turn: Turn,
  store: Pick<RelayStore, 'entries' | 'head' | 'cursorBefore'>,
  connection: Connection & { readonly deviceId: DeviceId },
  state: ScopeState,
  { scopeId, frontier, logSequence }: Hello,
): Subscription {
  const [first = [], ...more] = entryPages(store, scopeId, logSequence + 1);
  const head = store.head(scopeId, connection.deviceId);
  const ownHead = head === null ? null : ([head.sequence, head.batchId] as const);
  const held = new Map(
    Object.entries(frontier).map(([deviceId, [sequence]]) => [deviceId as DeviceId, sequence] as const),
  );
  const behind = behindOf(store, state, connection.deviceId, held);
  sendTo(turn, connection, { type: 'state', scopeId, logSequence: state.sequence, ownHead, behind, entries: first });
  let from = logSequence + 1 + first.length;
  for (const entries of more) {
    sendTo(turn, connection, { type: 'entries', scopeId, from, entries });
    from += entries.length;
  }
  const subscription: Subscription = {
    connection,
    scopeId,
    held,
    pushedOwn: 0,
    cursor: store.cursorBefore(scopeId, held),
    lastDelivery: 0,
    outstanding: [],
    outstandingBytes: 0,
    toldCaughtUp: false,
    hasWhispered: false,
  };
  connection.subscriptions.set(scopeId, subscription);
  return subscription;
}

/**
 * Whoever was cut off while it was away gets the membership log up to the entry that did it, and nothing else: so it
 * knows, by a signature, that it is no longer a member, and need not take the relay's word.
 */
export function tellOfRevocation(
  turn: Turn,
  store: Pick<RelayStore, 'entries'>,
  connection: Connection & { readonly deviceId: DeviceId },
  state: ScopeState | undefined,
  { scopeId, logSequence }: Hello,
): void {
  const revokedAt = state?.members.get(connection.deviceId)?.revoked?.at;
  if (revokedAt === undefined) {
    return;
  }
  let from = logSequence + 1;
  for (const page of entryPages(store, scopeId, from)) {
    const entries = page.slice(0, Math.max(0, revokedAt + 1 - from));
    if (entries.length > 0) {
      sendTo(turn, connection, { type: 'entries', scopeId, from, entries });
    }
    from += page.length;
  }
}

/** Chains of other members that the device holds further than this relay: it was wiped, rewound, or is new. */
function behindOf(
  store: Pick<RelayStore, 'head'>,
  { scopeId, members }: ScopeState,
  self: DeviceId,
  held: ReadonlyMap<DeviceId, number>,
): Behind {
  const behind: Record<DeviceId, number> = {};
  for (const [deviceId, sequence] of held) {
    // Strangers in a frontier cost no look at the store.
    const here = deviceId !== self && members.has(deviceId) ? store.head(scopeId, deviceId) : undefined;
    const heldHere = here?.sequence ?? 0;
    if (here !== undefined && heldHere < sequence) {
      behind[deviceId] = heldHere;
    }
  }
  return behind;
}

/** Tells everybody else of a new entry; whom it revoked gets it as the last thing of this scope. */
export function announceEntry(
  turn: Turn,
  author: Connection,
  state: ScopeState,
  entry: Uint8Array,
  subscriptions: Iterable<Subscription>,
): void {
  const { scopeId, sequence } = state;
  const readers = new Set(readersOf(state));
  const message: RelayMessage = { type: 'entries', scopeId, from: sequence, entries: [entry] };
  for (const subscription of subscriptions) {
    const { connection } = subscription;
    if (connection !== author) {
      sendTo(turn, connection, message);
    }
    if (connection.deviceId === undefined || !readers.has(connection.deviceId)) {
      const text = 'this device is no longer a member of the scope';
      refuseRequest(turn, connection, { code: 'E_FORBIDDEN', about: 'hello', message: text, scopeId });
      turn.ended.add(subscription);
    }
  }
}

function entryPages(
  store: Pick<RelayStore, 'entries'>,
  scopeId: ScopeId,
  start: number,
): readonly (readonly Uint8Array[])[] {
  const pages: (readonly Uint8Array[])[] = [];
  let from = start;
  for (;;) {
    const page = store.entries(scopeId, from, messageBytes).slice(0, messageBatches);
    if (page.length === 0) {
      return pages;
    }
    pages.push(page);
    from += page.length;
  }
}
