import type { EncryptionScope } from '../contract/manifest.ts';
import type { ReasonCode } from '../contract/reasons.ts';

/** Why an engine works with loss of function; the code is the one a person is shown, when one applies. */
export interface DegradedCause {
  readonly cause:
    | 'retries_exhausted'
    | 'disk_low'
    | 'store_failing'
    | 'clock_untrusted'
    | 'device_unseen'
    | 'device_isolated'
    | 'relay_suspect'
    | 'heartbeat_timeout'
    | 'configuration_invalid'
    | 'rows_damaged'
    | 'source_unreadable'
    | 'owner_set_not_synced';
  readonly reasonCode: ReasonCode | null;
}

/** joining: the membership log is being fetched. approval: another device must say yes. challenge: the relay asked who we are. */
export type Authentication = 'settled' | 'joining' | 'approval' | 'challenge';

/** unknown: not asked yet. unreachable: from the first failure until it answers again, attempts in between included. */
export type RelayReach = 'unknown' | 'online' | 'unreachable';

/** Everything the state of one engine is computed from; collected anew each time, never read from a saved state. */
export interface EngineFacts {
  /** Sync as a whole is paused on this device. */
  readonly syncPaused: boolean;
  readonly enabled: boolean;
  readonly identityPresent: boolean;
  /** Present, unlocked and readable. */
  readonly deviceKeyUsable: boolean;
  /** The manifest's scope, or the alternative that configuration chose. */
  readonly scope: EncryptionScope;
  /** A scope of that kind has been joined; says nothing for device and vault. */
  readonly scopeJoined: boolean;
  /** The engine cannot work without a linked source and none is linked. */
  readonly requiredSourceMissing: boolean;
  readonly authentication: Authentication;
  /** The key of the scope's current epoch is held. */
  readonly epochKeyHeld: boolean;
  readonly policyBlocked: ReasonCode | null;
  /** Why the engine as a whole is isolated. */
  readonly isolated: ReasonCode | null;
  readonly openConflicts: number;
  readonly openReviews: number;
  /** Codes of the open reviews. */
  readonly reviewReasonCodes: readonly ReasonCode[];
  /** The mass-change brake holds something. */
  readonly brakeHeld: boolean;
  readonly quarantinedRecords: number;
  /** Codes of the quarantined records. */
  readonly quarantineReasonCodes: readonly ReasonCode[];
  readonly degradedCauses: readonly DegradedCause[];
  /** `localOnly` is set in the configuration. */
  readonly localOnly: boolean;
  readonly relayConfigured: boolean;
  readonly networkUp: boolean;
  /** The relay's TLS identity is the pinned one, or has not been seen yet. */
  readonly relayTrusted: boolean;
  readonly relay: RelayReach;
  /** Milliseconds since 1970 of the next attempt while the relay is unreachable. */
  readonly relayNextAttemptAtMs: number | null;
  /** Own changes of this engine that were sent, and not answered yet. */
  readonly inFlight: number;
  /** Local changes that the relay has not acknowledged as durable. */
  readonly unacknowledged: number;
  /** Batches known to exist and not applied yet: held for a gap, a membership entry or a key. */
  readonly pendingInbound: number;
  /** On this connection the relay has said that everything it had when asked, and since, has been delivered. */
  readonly caughtUp: boolean;
  /** The last heartbeat verified store, audit chain and frontier, and finished in its time budget. */
  readonly lastHeartbeatVerified: boolean;
}
