import type { ScopeId } from '../../base/ids.ts';
import type { RelayAddress } from '../../base/relay-address.ts';
import type { OwnBatch } from '../../replica/names/own-batch.ts';
import type { RelayState } from '../../sync/ground/session.ts';

/** The daemon's side of one relay connection. */
export interface RelayHost {
  readonly address: RelayAddress;
  readonly state: RelayState;
  /** True from the first failed attempt until the relay answers again. */
  readonly failing: boolean;
  /** True from an attempt for which there was no network until another one ends differently. */
  readonly networkDown: boolean;
  readonly nextAttemptAtMs: number | null;
  appended(scopeId: ScopeId, batch: OwnBatch): void;
  /** A scope was created or joined: ask for it and push what the relay lacks. */
  scopeAdded(scopeId: ScopeId): void;
  /** The disk of this home is well again: what it did not take is asked for anew. */
  storeIsWell(): void;
  /** Appends a membership entry by compare-and-swap. False when another entry came first, or no relay answered. */
  appendEntry(scopeId: ScopeId, sequence: number, entry: Uint8Array): Promise<boolean>;
  /** Membership entries up to here are held, wherever they came from: the relay gets what it lacks. */
  entriesHeld(scopeId: ScopeId, logSequence: number): void;
  /** Own batches, of all scopes, that this relay has not confirmed. */
  readonly unconfirmed: number;
  /** Hands a sealed message to whoever is connected there; lost where nobody is, or this device is not. */
  whisper(scopeId: ScopeId, body: Uint8Array): void;
  pause(): void;
  resume(): void;
  /** Tries again now instead of after the backoff. */
  connectNow(): void;
  stop(): Promise<void>;
}
