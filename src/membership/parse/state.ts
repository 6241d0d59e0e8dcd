import type { BatchId, DeviceId, ScopeId, UserId } from '../../base/ids.ts';
import type { ScopeKind } from '../../contract/manifest.ts';
import type { PublicKeys } from '../../crypto/keys.ts';

export const roles = ['reader', 'writer', 'admin'] as const;
export type Role = (typeof roles)[number];
export const authorities = ['policy', 'lease', 'command', 'agents', 'audit', 'clients'] as const;
export type Authority = (typeof authorities)[number];

/** Where a revoked device's chain ends: its last accepted batch; sequence 0 for none. */
export interface Cut {
  readonly sequence: number;
  readonly batchId: BatchId | null;
}

/** What a device may do from one position of the log on. */
export interface Grant {
  readonly role: Role;
  /** Sorted, each once. */
  readonly authorities: readonly Authority[];
  /** Position of the entry that gave it. */
  readonly since: number;
  /**
   * Set where it takes something away: the device's last batch that may still rest on an earlier grant. Without it a
   * device could go on for ever under what it once had, by naming an old position of the log.
   */
  readonly cut: Cut | null;
}

export interface Member {
  readonly deviceId: DeviceId;
  readonly userId: UserId;
  readonly keys: PublicKeys;
  /** What it may do now. */
  readonly role: Role;
  readonly authorities: readonly Authority[];
  /** Every grant since it was added, in order; the last is the one above. */
  readonly grants: readonly Grant[];
  /** Its human label, sealed under the key of the epoch in which it was added. */
  readonly label: SealedLabel;
  /** Position of the entry that added it. */
  readonly addedAt: number;
  /** Set once revoked, and never cleared: a revoked device is not added again under the same keys. */
  readonly revoked: { readonly at: number; readonly cut: Cut } | null;
}

export interface SealedLabel {
  readonly epoch: number;
  /** base64url; `openLabel` reads it. */
  readonly sealed: string;
}

export interface EpochCommitment {
  readonly epoch: number;
  /** KH(K, "epoch-commit", gn, epoch) */
  readonly commitment: Uint8Array;
  /** Position of the entry that brought it into force. */
  readonly since: number;
}

/** What a scope's membership log says after its last entry; a value, rebuilt by folding the log. */
export interface ScopeState {
  readonly scopeId: ScopeId;
  readonly kind: ScopeKind;
  readonly suite: number;
  readonly genesisNonce: Uint8Array;
  readonly rootKeys: PublicKeys;
  /** Whose root it is. */
  readonly userId: UserId;
  /** True where each epoch hands its newcomers the key of the one before. */
  readonly historyForNew: boolean;
  /** Position of the last entry; genesis is 0. */
  readonly sequence: number;
  /** Hash of each entry by position: what a batch's logSeq and logHead are held against. */
  readonly heads: readonly Uint8Array[];
  readonly members: ReadonlyMap<DeviceId, Member>;
  /** By epoch number, from 1; the last is in force. */
  readonly epochs: readonly EpochCommitment[];
  /** base64url of every device key that was ever a member's: none is added twice, not even in another pair. */
  readonly usedKeys: ReadonlySet<string>;
  /** base64url hashes of entries that the root decided against after a fork. */
  readonly dropped: ReadonlySet<string>;
}
