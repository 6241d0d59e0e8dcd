import type { DeviceId, ScopeId, UserId } from '../../base/ids.ts';
import type { ScopeKind } from '../../contract/manifest.ts';
import type { PublicKeys } from '../../crypto/keys.ts';
import type { Authority, Cut, Role } from './state.ts';

export const maximumEntryBytes: number = 256 * 1024;
export const maximumDevices = 512;

/** Who a wrap is for and who an entry is by: a device, or the scope's root. */
export type Party = DeviceId | 'root';

/** A device as an entry introduces it; its id is the hash of its keys and is not on the wire. */
export interface NewDevice {
  readonly deviceId: DeviceId;
  readonly userId: UserId;
  readonly keys: PublicKeys;
  readonly role: Role;
  /** Sorted, each once. */
  readonly authorities: readonly Authority[];
  /** Sealed, base64url. */
  readonly label: string;
}

/** What an entry that starts an epoch carries. */
export interface NewEpoch {
  readonly epoch: number;
  readonly commitment: Uint8Array;
  /** Sealed boxes in base64url. */
  readonly wraps: ReadonlyMap<Party, string>;
  /** The key itself, in public scopes only. */
  readonly printedKey: Uint8Array | null;
  /** The key of the epoch before, sealed under this one's; null in genesis and where newcomers get no history. */
  readonly previousKey: string | null;
}

/** Where an entry stands in its log. */
export interface Position {
  readonly scopeId: ScopeId;
  /** Genesis is 0. */
  readonly sequence: number;
  /** Hash of the entry before. */
  readonly previous: Uint8Array;
  readonly by: Party;
  /** What the signer's clock said, in milliseconds; 0 when it did not say. Informative only. */
  readonly atMs: number;
}

export interface GenesisEntry {
  readonly t: 'genesis';
  readonly atMs: number;
  readonly kind: ScopeKind;
  readonly suite: number;
  readonly userId: UserId;
  readonly rootKeys: PublicKeys;
  readonly genesisNonce: Uint8Array;
  readonly historyForNew: boolean;
  readonly devices: readonly NewDevice[];
  readonly epoch: NewEpoch;
}

export interface AddEntry extends Position {
  readonly t: 'add';
  readonly device: NewDevice;
  /** The key in force, for the new device. */
  readonly wrap: string;
}

export interface RevokeEntry extends Position {
  readonly t: 'revoke';
  readonly subject: DeviceId;
  readonly cut: Cut;
  readonly epoch: NewEpoch;
}

export interface RoleEntry extends Position {
  readonly t: 'role';
  readonly subject: DeviceId;
  readonly role: Role;
  readonly authorities: readonly Authority[];
  /** The subject's last batch that may rest on what it had; null where nothing is taken away. */
  readonly cut: Cut | null;
}

export interface RotateEntry extends Position {
  readonly t: 'rotate';
  readonly epoch: NewEpoch;
}

export interface SuiteEntry extends Position {
  readonly t: 'suite';
  readonly minimum: number;
}

export interface ResolveEntry extends Position {
  readonly t: 'resolve';
  /** Hash of the entry that it continues. */
  readonly keep: Uint8Array;
  /** Hashes of the signed entries that do not count, ascending. */
  readonly drop: readonly Uint8Array[];
}

export type LaterEntry = AddEntry | RevokeEntry | RoleEntry | RotateEntry | SuiteEntry | ResolveEntry;
export type ScopeEntry = GenesisEntry | LaterEntry;
