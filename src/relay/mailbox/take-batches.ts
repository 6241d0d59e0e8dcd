import type { DeviceId, ScopeId } from '../../base/ids.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { DeviceMessage } from '../../sync/wire/messages.ts';
import type { RelayPolicy } from '../policy.ts';
import type { RelayStore } from '../port.ts';
import { type Connection, type FreshBatch, type Turn, refuseRequest } from './connection.ts';
import { type BroughtOutcome, storeBatches } from './store-batches.ts';

type Member = Connection & { readonly deviceId: DeviceId };
type Push = Extract<DeviceMessage, { type: 'push' }>;
type Seed = Extract<DeviceMessage, { type: 'seed' }>;

export interface TakingDeps {
  readonly store: RelayStore;
  readonly policy: RelayPolicy;
  readonly stateOf: (scopeId: ScopeId) => ScopeState | undefined;
}

/** Stores batches of the sender's own chain. */
export function takePush(turn: Turn, deps: TakingDeps, connection: Member, message: Push): void {
  const { scopeId } = message;
  const outcome = take(turn, deps, connection, message, connection.deviceId);
  const subscription = connection.subscriptions.get(scopeId);
  if (outcome !== undefined && outcome.acknowledged > 0 && subscription !== undefined) {
    const byScope = turn.acknowledged.get(connection) ?? new Map<ScopeId, number>();
    byScope.set(scopeId, Math.max(byScope.get(scopeId) ?? 0, outcome.acknowledged));
    turn.acknowledged.set(connection, byScope);
    subscription.pushedOwn = Math.max(subscription.pushedOwn, outcome.acknowledged);
  }
}

/** Stores batches of another device's chain, which this relay lost or never had; the sender pays for the room. */
export function takeSeed(turn: Turn, deps: TakingDeps, connection: Member, message: Seed): void {
  const { scopeId, deviceId } = message;
  if (deviceId === connection.deviceId) {
    const text = 'the own chain is pushed, not seeded';
    return refuseRequest(turn, connection, { code: 'E_BAD_BATCH', about: 'seed', message: text, scopeId });
  }
  const outcome = take(turn, deps, connection, message, deviceId);
  if (outcome !== undefined && outcome.acknowledged > 0) {
    turn.seeded.push({ connection, scopeId, deviceId, sequence: outcome.acknowledged });
  }
}

function take(
  turn: Turn,
  { store, policy, stateOf }: TakingDeps,
  connection: Member,
  { type, scopeId, batches }: Push | Seed,
  author: DeviceId,
): BroughtOutcome | undefined {
  const state = connection.subscriptions.has(scopeId) ? stateOf(scopeId) : undefined;
  if (state === undefined) {
    const text = `a ${type} comes after the hello of its scope was answered`;
    refuseRequest(turn, connection, { code: 'E_FORBIDDEN', about: type, message: text, scopeId });
    return undefined;
  }
  const before = turn.arrived.get(scopeId)?.before ?? store.headCursor(scopeId);
  const sender = connection.deviceId;
  const outcome = storeBatches({ store, policy, nowMs: turn.nowMs }, state, { author, sender, batches });
  if (outcome.fresh.length > 0) {
    arrive(turn, scopeId, before, outcome.fresh);
  }
  if (outcome.refusal !== undefined) {
    refuseRequest(turn, connection, { ...outcome.refusal, about: type, scopeId });
  }
  return outcome;
}

function arrive(turn: Turn, scopeId: ScopeId, before: number, fresh: readonly FreshBatch[]): void {
  const arrived = turn.arrived.get(scopeId) ?? { before, batches: [] };
  turn.arrived.set(scopeId, arrived);
  arrived.batches.push(...fresh);
}
