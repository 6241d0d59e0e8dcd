import type { EngineId, RecordId, ScopeId, UserId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import type { SyncEvent } from '../../contract/events.ts';
import type { FindSecrets } from '../../contract/secrets.ts';
import type { DeviceKeys, RandomBytes } from '../../crypto/keys.ts';
import type { BrakeSetting } from '../../policy/brake.ts';
import type { Store } from '../../store/ground/port.ts';
import type { OwnBatch } from '../names/own-batch.ts';
import type { Slice } from '../waits/intake.ts';
import type { Bindings } from '../names/binding.ts';

/** What the replica is given from outside. */
export interface ReplicaDeps {
  readonly store: Store;
  readonly device: DeviceDeps;
  readonly bindings: Bindings;
  readonly secrets: SecretKeeper;
  readonly settings: ReplicaSettings;
  /** How long one transaction may go on with the records of what came; without it each batch is taken in whole. */
  readonly slice?: Slice;
  readonly listener: ReplicaListener;
}

/** The device that works here, and what it has from its machine. */
export interface DeviceDeps {
  readonly keys: DeviceKeys;
  readonly userId: UserId;
  /** Wall clock in milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly randomBytes: RandomBytes;
}

/** What is switched and configured, as it is whenever it is asked. */
export interface ReplicaSettings {
  /** True when the engine is switched on here. */
  readonly isEnabled: (engineId: EngineId) => boolean;
  /** The policy that this device never goes below, `{key: {kind, value}}`; the same object while it does not change. */
  readonly policyFloor?: () => JsonObject;
  /** How tight the brake of an engine is configured; without it as its class says. */
  readonly brakeOf?: (engineId: EngineId) => Pick<BrakeSetting, 'share' | 'minimum'>;
  /** How long a silent device holds up the collection of tombstones; without it 180 days. */
  readonly tombstonesExpireAfterMs?: () => number;
  /** `sha256:<hex>` of the policy in force; without it leases are not held against one. */
  readonly policyBundleHash?: () => string;
}

/** Knows raw secrets by their looks and where they are kept instead: the core sees neither the rules nor the vault. */
export interface SecretKeeper {
  readonly find: FindSecrets;
  /** Whether a raw secret in a local write is replaced by a reference where that can be, or the write is refused. */
  mode(engineId: EngineId): 'redact' | 'refuse';
  /** Id under which this device keeps a secret: the same for the same text, and without the device's key no clue to it. */
  idOf(secret: string): RecordId;
  /** Keeps it, in the transaction under way; one that is kept already stays as it is. */
  keep(id: RecordId, secret: string, label: string): void;
}

/** Called after a transaction has become durable, never inside it, and never with content. */
export interface ReplicaListener {
  appended(scopeId: ScopeId, batch: OwnBatch): void;
  event(event: SyncEvent): void;
  /** Something of what came is left for {@link Replica.takeInMore}. */
  pending?(): void;
}
