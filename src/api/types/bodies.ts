import type { AlarmBody } from './alarms.ts';
import type { GlanceBody } from './glance.ts';
import type { FolderBody } from './links.ts';
import type { TombstonesBody } from './tombstones.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { EncryptionScope, MergeStrategyName, PolicyClass, ScopeKind } from '../../contract/manifest.ts';
import type { ManagedBy } from '../../contract/operation.ts';
import type { RecordState } from '../../contract/record.ts';
import type { EngineState } from '../../contract/states.ts';
import type { LateSet } from '../../merge/values/references.ts';
import type { KeysBody } from './keys.ts';
import type { DeviceBody, DeviceStandingBody } from './devices.ts';

/** JSON bodies of the local API, as the surface document names them. Times are RFC 3339 in UTC. */

export interface StatusBody {
  /** All of it in one sentence. */
  readonly glance: GlanceBody;
  readonly device: DeviceBody;
  /** The first relay, which orders membership. */
  readonly relay: RelayBody;
  /** Every relay of this device, the first too, and how many own batches it has not confirmed. */
  readonly relays: readonly (RelayBody & { readonly unconfirmed: number })[];
  readonly sync: { readonly paused: boolean };
  readonly keys: KeysBody;
  readonly store: StoreStandingBody;
  readonly engines: readonly EngineBody[];
  readonly folders: readonly FolderBody[];
  /** The other devices of every scope of this one, those that were revoked left out. */
  readonly devices: readonly DeviceStandingBody[];
  /** What no relay takes, although it was tried again. */
  readonly unsent: readonly UnsentBody[];
  /** What stands; cleared ones are in the audit chain. */
  readonly alarms: readonly AlarmBody[];
  /** Hooks whose last run failed, or that are not run as they stand; left out where there is none. */
  readonly failingHooks?: readonly string[];
  /** Scopes in which something was deleted. */
  readonly tombstones: readonly TombstonesBody[];
}

/** Own changes of one scope that a relay refuses, and that no other relay took either. */
export interface UnsentBody {
  readonly scopeId: string;
  readonly kind: ScopeKind;
  readonly name: string;
  /** Address of the relay. */
  readonly relay: string;
  /** What it answered: `E_QUOTA`, `E_FORBIDDEN`… and in words why. */
  readonly code: string;
  readonly reason: string;
  readonly batches: number;
  /** How many changes of each collection wait. */
  readonly changes: Readonly<Record<string, number>>;
}

/** Whether the disk of the home takes what is written; reading goes on in any case. */
export interface StoreStandingBody {
  /** low: it does, and not for long. full, failing: nothing can be written. */
  readonly state: 'well' | 'low' | 'full' | 'failing';
  /** The cause that engines name; null when all is well. */
  readonly cause: 'disk_low' | 'store_failing' | null;
  /** What happened and what to do next. */
  readonly message: string | null;
  readonly since: string | null;
  /** Null where the disk does not say it. */
  readonly freeBytes: number | null;
}

export interface RelayBody {
  readonly url: string | null;
  readonly state: 'none' | 'offline' | 'connecting' | 'authenticating' | 'online' | 'refused' | 'untrusted' | 'paused';
  readonly reason: string | null;
  readonly nextAttemptAt: string | null;
}

export interface EngineBody {
  readonly engineId: string;
  readonly collection: string;
  readonly enabled: boolean;
  readonly state: EngineState;
  readonly reasonCodes: readonly string[];
  readonly conditions: readonly ConditionBody[];
  /** Why it works with loss of function, whatever its state: disk_low, store_failing, source_unreadable… */
  readonly causes: readonly string[];
  /** When the engine entered its state. */
  readonly since: string;
  readonly mergeStrategy: MergeStrategyName;
  readonly encryptionScope: EncryptionScope;
  readonly policyClass: PolicyClass;
  readonly counts: EngineCountsBody;
  /** Sets of owners that its records require and that are not what their owners pushed last; absent where there is none. */
  readonly needs?: readonly SetNeedBody[];
}

/** A set of an owner, what became of its last push, what to do, and how many records of an engine require it. */
export interface SetNeedBody extends LateSet {
  readonly records: number;
  /** How many of them lack what they require of it; the others have what the set before it brought. */
  readonly missing: number;
  /** The first of them, those that lack it before the others. */
  readonly first: readonly string[];
}

export interface ConditionBody {
  readonly state: EngineState;
  readonly reasonCodes: readonly string[];
}

export interface EngineCountsBody {
  readonly live: number;
  readonly tombstoned: number;
  /** Deleted records that every device has applied, of which only the deletion is remembered. */
  readonly collected: number;
  readonly review: number;
  readonly conflicts: number;
  readonly quarantined: number;
  readonly outbox: number;
}

export interface EngineDetailBody extends EngineBody {
  readonly manifest: JsonObject;
  /** What the state means, in words for a person. */
  readonly explanation: string;
  /** The whole state table, the row that holds now marked. */
  readonly machine: readonly MachineRowBody[];
}

export interface MachineRowBody {
  readonly row: number;
  readonly state: EngineState;
  readonly holdsWhen: string;
  readonly current: boolean;
}

export interface TransitionBody {
  readonly from: EngineState;
  readonly to: EngineState;
  readonly at: string;
  readonly event: string;
  readonly reasonCodes: readonly string[];
}

export interface RecordBody {
  readonly collection: string;
  readonly id: string;
  readonly fields: JsonObject | null;
  /** The record's ETag; empty when it was never live. */
  readonly version: string;
  readonly state: RecordState;
  readonly managedBy: ManagedBy;
  readonly updatedAt: string | null;
  readonly author: string | null;
  readonly deviceId: string | null;
  readonly pending: { readonly reviews: number; readonly conflicts: number };
  /** Its place, where the records of the collection form a tree: `detached` stands at the top until a conflict is decided. */
  readonly tree?: { readonly parent: string | null; readonly detached: boolean };
  /**
   * Set in the answer to a write that is not live before a person decides (status 202): the review item that asks. The other
   * members tell the record as it is now.
   */
  readonly waits?: { readonly review: string; readonly message: string };
}

/** An authority that this device lacks: the command that gives it, and the devices that it may be run on. */
export interface LackedAuthorityBody {
  readonly command: string;
  readonly givers: readonly string[];
}

export interface PageBody<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

export interface BulkWriteBody {
  readonly items: readonly { readonly id: string; readonly fields: JsonObject }[];
  /** Said to write it although it deletes or replaces a large share of the collection. */
  readonly confirm?: boolean;
}

export interface BulkResultBody {
  readonly written: number;
  readonly failed: readonly { readonly id: string; readonly message: string; readonly reasonCode: string | null }[];
}

export interface HistoryBody {
  readonly changeId: string;
  readonly operation: string;
  readonly disposition: string;
  readonly at: string;
  readonly author: string;
  readonly deviceId: string;
  /** Label of the device; empty where none is known. */
  readonly device: string;
  /** One line for a person; it may quote content. */
  readonly summary: string;
  /** True for the version that is live now. */
  readonly current: boolean;
  /** True for a version to go back to. */
  readonly rollback: boolean;
  readonly parents: readonly string[];
  readonly value: JsonValue;
  /** Of an agent: what it may use since this change and could not before, in words; left out where nothing is wider. */
  readonly widened?: readonly string[];
}

export interface QuarantineBody {
  readonly id: string;
  readonly engineId: string | null;
  readonly collection: string | null;
  readonly recordId: string | null;
  readonly kind: 'change' | 'batch';
  readonly reasonCode: string;
  readonly detail: string | null;
  readonly author: string | null;
  readonly deviceId: string | null;
  readonly createdAt: string;
  readonly summary: string;
}

export interface QuarantineDetailBody extends QuarantineBody {
  readonly status: string;
  /** What the held change says, inert; null when it cannot be opened. */
  readonly value: JsonValue;
}

export interface DoctorBody {
  readonly ok: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly message: string;
    readonly remedy: string | null;
  }[];
}

export interface CapabilitiesBody {
  readonly version: string;
  readonly protocol: string;
  readonly suites: readonly number[];
  readonly strategies: readonly {
    readonly name: MergeStrategyName;
    readonly provided: boolean;
    readonly note: string | null;
  }[];
  readonly limits: Readonly<Record<string, number>>;
  readonly commands: Readonly<Record<string, boolean>>;
  /** Parts of the published surface, by command (`relay.token`) or address; of what is not supported in words what to do instead. */
  readonly features: readonly {
    readonly name: string;
    readonly supported: boolean;
    readonly message: string | null;
  }[];
  readonly schemas: Readonly<Record<string, string>>;
}

export interface BrakePreviewBody {
  /** The review item that asks about the call, and makes it when it is accepted; null where it was not kept. */
  readonly reviewId: string | null;
  readonly live: number;
  readonly removals: number;
  /** Records that would be emptied, or replaced by something else. */
  readonly replacements: number;
  readonly allowed: number;
  /** The first of the records that would be touched. */
  readonly records: readonly string[];
}

/** RFC 9457 */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly reasonCode?: string;
  /** The record's current version, with status 412. */
  readonly current?: string | null;
  /** What the call would do, where the mass-change brake holds it. */
  readonly brake?: BrakePreviewBody;
}
