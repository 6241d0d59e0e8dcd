import type { FolderBody } from '../../api/types/links.ts';
import { staysOnDevice } from '../../contract/manifest.ts';
import type { CollectionName } from '../../base/ids.ts';
import type { DegradedCause, EngineFacts } from '../../lifecycle/facts.ts';
import { engineAnswer } from '../../policy/gates.ts';
import { damagedCount } from '../../replica/care/damage.ts';
import type { Replica } from '../../replica/port.ts';
import type { CollectionBinding } from '../../replica/names/binding.ts';
import type { StoreFailure } from '../../store/ground/failure.ts';
import type { Store } from '../../store/ground/port.ts';
import type { RelayState } from '../../sync/ground/session.ts';
import type { Heartbeat } from '../engines/heartbeat.ts';
import { countsHere } from '../engines/counts-here.ts';
import { alarmFacts } from './alarm-bodies.ts';
import type { Outbox } from './outbox.ts';

/** What the daemon knows beside the store when it asks for an engine's state. */
export interface Surroundings {
  readonly syncPaused: boolean;
  readonly localOnly: boolean;
  readonly relay: RelaySurroundings;
  readonly heartbeat: Pick<Heartbeat, 'verified' | 'timedOut' | 'auditBroken'>;
  readonly configurationInvalid: boolean;
  readonly clockUntrusted: boolean;
  /** What the disk of the home lacks. */
  readonly storeCause: StoreFailure | null;
  /** Linked folders, with what is not in step. */
  readonly folders: readonly Pick<FolderBody, 'collection' | 'state' | 'rests' | 'notInStep'>[];
}

/** How it goes with the relay that serves best. */
export interface RelaySurroundings {
  readonly configured: boolean;
  readonly state: RelayState | undefined;
  /** True from the first failed attempt until the relay answers again. */
  readonly failing: boolean;
  readonly nextAttemptAtMs: number | null;
  /** No relay could even be tried: this machine has no route to any. */
  readonly networkDown: boolean;
}

/** Collects the facts of one engine. Its cost does not depend on the number of records. */
export function engineFacts(options: {
  readonly binding: CollectionBinding;
  readonly enabled: boolean;
  readonly replica: Pick<
    Replica,
    | 'self'
    | 'authorityLacked'
    | 'pendingBatches'
    | 'isLearning'
    | 'isBraking'
    | 'scopeOf'
    | 'epochKey'
    | 'policy'
    | 'alarms'
  >;
  readonly store: Store;
  readonly outbox: Outbox;
  readonly around: Surroundings;
}): EngineFacts {
  const { binding, enabled, replica, store, outbox, around } = options;
  const { relay } = around;
  const { collection } = binding.manifest;
  const counts = countsHere(store, replica, collection);
  const scope = replica.scopeOf(binding);
  const session = relay.state?.state === 'online' && scope ? relay.state.scopes[scope.scopeId] : undefined;
  const learning = replica.isLearning(collection) ? 1 : 0;
  const pendingInbound = learning + (scope === undefined ? 0 : replica.pendingBatches(scope.scopeId));
  const alarms = alarmFacts(replica.alarms(), scope?.scopeId);
  const epoch = scope?.epochs.at(-1)?.epoch;
  const isRevoked = scope !== undefined && (scope.members.get(replica.self)?.revoked ?? null) !== null;
  const causes = degradedCauses(store, collection, around);
  return {
    syncPaused: around.syncPaused,
    enabled,
    // Without them no store is open, and no daemon, or a locked one, answers in this one's place.
    ...{ identityPresent: true, deviceKeyUsable: true },
    scope: binding.scope,
    scopeJoined: scope !== undefined && !staysOnDevice(binding.scope),
    // No manifest asks for one: programs write records, too.
    requiredSourceMissing: false,
    // A relay that failed before is unreachable until it lets this device in: each attempt would be a state otherwise.
    authentication: relay.state?.state === 'authenticating' && !relay.failing ? 'challenge' : 'settled',
    // Whoever was cut off lacks the key by design: the answer is not to wait for it.
    epochKeyHeld:
      isRevoked || (scope !== undefined && epoch !== undefined && replica.epochKey(scope.scopeId, epoch) !== undefined),
    policyBlocked: isRevoked ? 'capability_expired' : engineDenial(replica, binding),
    isolated: around.heartbeat.auditBroken ? 'signature_invalid' : alarms.isolated,
    openConflicts: counts.conflicts,
    openReviews: counts.review,
    reviewReasonCodes: counts.review === 0 ? [] : reviewReasons(store, collection),
    brakeHeld: replica.isBraking(collection),
    quarantinedRecords: counts.quarantined,
    quarantineReasonCodes: counts.quarantined === 0 ? [] : quarantineReasons(store, collection),
    degradedCauses: [...causes, ...alarms.degraded, ...(session?.refused === undefined ? [] : [relayRefuses])],
    localOnly: around.localOnly,
    relayConfigured: relay.configured,
    networkUp: !relay.networkDown,
    relayTrusted: relay.state?.state !== 'untrusted',
    relay: relay.state?.state === 'online' ? 'online' : relay.failing ? 'unreachable' : 'unknown',
    relayNextAttemptAtMs: relay.nextAttemptAtMs,
    inFlight: session && scope ? outbox.sent(collection, scope.scopeId, session.acknowledged + session.inFlight) : 0,
    unacknowledged: outbox.changes(collection),
    pendingInbound,
    caughtUp: session?.caughtUp === true,
    lastHeartbeatVerified: around.heartbeat.verified,
  };
}

/** Why the oldest items of the queue wait: as many as are read however long the queue is. */
function reviewReasons(store: Pick<Store, 'reviews'>, collection: CollectionName): EngineFacts['reviewReasonCodes'] {
  const { items } = store.reviews.listOpen({ cursor: null, limit: itemsAsked }, collection);
  return [...new Set(items.filter(({ kind }) => kind !== 'conflict').map(({ reasonCode }) => reasonCode))];
}

/** The same of what is held in quarantine. */
function quarantineReasons(
  store: Pick<Store, 'quarantine'>,
  collection: CollectionName,
): EngineFacts['quarantineReasonCodes'] {
  const { items } = store.quarantine.listHeld({ cursor: null, limit: itemsAsked }, collection);
  return [...new Set(items.map(({ reasonCode }) => reasonCode))];
}

const itemsAsked = 50;

/** It is asked again every now and then, and what it does not take is nowhere else meanwhile. */
const relayRefuses: DegradedCause = { cause: 'retries_exhausted', reasonCode: null };

/** Why policy denies the engine here; null where it does not. */
function engineDenial(replica: Pick<Replica, 'policy'>, { manifest }: CollectionBinding): EngineFacts['policyBlocked'] {
  const { decision, reasonCode } = engineAnswer(replica.policy(), manifest);
  return decision === 'deny' ? (reasonCode ?? 'policy_denied') : null;
}

function degradedCauses(
  store: Pick<Store, 'settings'>,
  collection: CollectionName,
  { configurationInvalid, folders, storeCause, clockUntrusted, heartbeat }: Surroundings,
): readonly DegradedCause[] {
  return [
    ...(storeCause === null ? [] : [{ cause: storeCause, reasonCode: null }]),
    ...(isFolderApart(folders, collection) ? [{ cause: 'source_unreadable' as const, reasonCode: null }] : []),
    ...(clockUntrusted ? [{ cause: 'clock_untrusted' as const, reasonCode: null }] : []),
    ...(heartbeat.timedOut ? [{ cause: 'heartbeat_timeout' as const, reasonCode: null }] : []),
    ...(configurationInvalid ? [{ cause: 'configuration_invalid' as const, reasonCode: null }] : []),
    ...(damagedCount(store, collection) > 0
      ? [{ cause: 'rows_damaged' as const, reasonCode: 'signature_invalid' as const }]
      : []),
  ];
}

/** A linked folder stands still, or a file of it is out of step for long or for good. */
function isFolderApart(folders: Surroundings['folders'], collection: CollectionName): boolean {
  return folders.some(
    ({ collection: own, state, rests, notInStep }) =>
      own === collection && ((state === 'paused' && !rests) || notInStep.isLasting),
  );
}
