import type { ReasonCode } from '../contract/reasons.ts';
import type { EngineState } from '../contract/states.ts';
import type { EngineFacts } from './facts.ts';
import * as fact from './predicates.ts';

/** One row of the state table: data that is served and drawn, and the two questions asked of the facts. */
export interface StateRow {
  /** Position from 1; the first row that holds is the state. */
  readonly position: number;
  readonly state: EngineState;
  readonly holdsWhen: string;
  readonly usualReasonCodes: readonly ReasonCode[];
  /** While it holds nothing is sent or received; nothing queued is lost. */
  readonly stopsTransport: boolean;
  readonly holds: (facts: EngineFacts) => boolean;
  readonly reasonsFor: (facts: EngineFacts) => readonly ReasonCode[];
}

const none = (): readonly ReasonCode[] => [];
const manualReview = (): readonly ReasonCode[] => ['manual_review_required'];

const rows: readonly Omit<StateRow, 'position'>[] = [
  {
    state: 'disabled',
    holdsWhen: 'sync as a whole is paused on this device',
    usualReasonCodes: [],
    stopsTransport: true,
    holds: fact.isSyncPaused,
    reasonsFor: none,
  },
  {
    state: 'engine_disabled',
    holdsWhen: 'this engine is switched off here, or was never enabled and is off by default',
    usualReasonCodes: [],
    stopsTransport: true,
    holds: fact.isEngineOff,
    reasonsFor: none,
  },
  {
    state: 'missing_identity',
    holdsWhen: 'there is no user identity on this device',
    usualReasonCodes: ['no_user_profile'],
    stopsTransport: true,
    holds: fact.lacksIdentity,
    reasonsFor: () => ['no_user_profile'],
  },
  {
    state: 'missing_device_key',
    holdsWhen: "the device's keys are absent, locked or unreadable",
    usualReasonCodes: [],
    stopsTransport: true,
    holds: fact.lacksDeviceKey,
    reasonsFor: none,
  },
  {
    state: 'not_configured',
    holdsWhen: 'the scope the engine needs does not exist here, or a required source is not linked',
    usualReasonCodes: ['no_org_profile', 'no_user_profile'],
    stopsTransport: true,
    holds: fact.isNotConfigured,
    reasonsFor: fact.missingScopeReasons,
  },
  {
    state: 'auth_pending',
    holdsWhen: "joining, waiting for another device's approval, or the relay's challenge is unanswered",
    usualReasonCodes: [],
    stopsTransport: true,
    holds: fact.isAuthenticationPending,
    reasonsFor: none,
  },
  {
    state: 'missing_workspace_key',
    holdsWhen: 'a member of the scope, but without the key of its current epoch',
    usualReasonCodes: [],
    stopsTransport: true,
    holds: fact.lacksEpochKey,
    reasonsFor: none,
  },
  {
    state: 'policy_blocked',
    holdsWhen: 'policy denies this engine',
    usualReasonCodes: ['policy_denied', 'local_policy_stronger', 'capability_expired', 'agent_untrusted'],
    stopsTransport: true,
    holds: fact.isPolicyBlocked,
    reasonsFor: (facts) => fact.codes(facts.policyBlocked),
  },
  {
    state: 'quarantined',
    holdsWhen:
      'the engine as a whole is isolated: broken audit chain, fork in the scope log, unknown manifest major version',
    usualReasonCodes: [
      'signature_invalid',
      'schema_unknown',
      'migration_required',
      'relay_untrusted',
      'profile_boundary_violation',
    ],
    stopsTransport: true,
    holds: fact.isIsolated,
    reasonsFor: (facts) => fact.codes(facts.isolated),
  },
  {
    state: 'conflict_detected',
    holdsWhen: 'at least one conflict between concurrent versions is open',
    usualReasonCodes: ['manual_review_required'],
    stopsTransport: false,
    holds: fact.hasConflict,
    reasonsFor: manualReview,
  },
  {
    state: 'review_required',
    holdsWhen: 'at least one proposal waits, or the mass-change brake holds something',
    usualReasonCodes: [
      'manual_review_required',
      'remote_policy_weaker',
      'remote_policy_newer',
      'local_policy_stronger',
    ],
    stopsTransport: false,
    holds: fact.awaitsReview,
    reasonsFor: fact.reviewReasons,
  },
  {
    state: 'degraded',
    holdsWhen:
      'working with loss of function: retries exhausted, disk low or failing, clock untrusted, records in quarantine, a device unseen for long',
    usualReasonCodes: ['signature_invalid', 'schema_unknown', 'migration_required', 'relay_untrusted'],
    stopsTransport: false,
    holds: fact.isDegraded,
    reasonsFor: fact.degradedReasons,
  },
  {
    state: 'local_only',
    holdsWhen: 'by design nothing is sent: the scope is device or vault, no relay is configured, or localOnly is set',
    usualReasonCodes: [],
    stopsTransport: true,
    holds: fact.staysLocal,
    reasonsFor: none,
  },
  {
    state: 'network_down',
    holdsWhen: 'there is no usable network route',
    usualReasonCodes: [],
    stopsTransport: true,
    holds: fact.isNetworkDown,
    reasonsFor: none,
  },
  {
    state: 'network_untrusted',
    holdsWhen: "the network's or the relay's TLS identity is not the pinned one",
    usualReasonCodes: ['relay_untrusted'],
    stopsTransport: true,
    holds: fact.isNetworkUntrusted,
    reasonsFor: () => ['relay_untrusted'],
  },
  {
    state: 'relay_unreachable',
    holdsWhen: 'the network is fine, the relay does not answer',
    usualReasonCodes: [],
    stopsTransport: true,
    holds: fact.isRelayUnreachable,
    reasonsFor: none,
  },
  {
    state: 'engine_syncing',
    holdsWhen: 'batches are in flight, or the relay has not yet said that everything it holds is here',
    usualReasonCodes: [],
    stopsTransport: false,
    holds: fact.isSyncing,
    reasonsFor: none,
  },
  {
    state: 'engine_dirty',
    holdsWhen: 'local changes are not yet acknowledged as durable by the relay',
    usualReasonCodes: [],
    stopsTransport: false,
    holds: fact.isDirty,
    reasonsFor: none,
  },
  {
    state: 'engine_current',
    holdsWhen: 'everything is acknowledged and everything known to exist is applied',
    usualReasonCodes: [],
    stopsTransport: false,
    holds: fact.isCurrentUnverified,
    reasonsFor: none,
  },
  {
    state: 'healthy',
    holdsWhen: 'current, and the last heartbeat verified store, audit chain and frontier',
    usualReasonCodes: [],
    stopsTransport: false,
    holds: fact.isHealthy,
    reasonsFor: none,
  },
];

/** The twenty rows in the order in which they are asked. */
export const stateTable: readonly StateRow[] = rows.map((row, index) => ({ position: index + 1, ...row }));
