import type { ScopeKind } from '../../contract/manifest.ts';

/** What revoking a device or rotating keys does, or would do, scope by scope. */
export interface RotationBody {
  /** The device that is revoked; null where keys are rotated for everybody. */
  readonly subject: { readonly deviceId: string; readonly label: string } | null;
  /** False for a dry run: nothing was changed. */
  readonly executed: boolean;
  readonly scopes: readonly RotatedScopeBody[];
  /** What the device can read for ever, because it held the keys: what lies here of the scopes it is cut off from. */
  readonly readable: { readonly batches: number; readonly changes: number } | null;
}

export interface RotatedScopeBody {
  readonly scopeId: string;
  readonly kind: ScopeKind;
  readonly name: string;
  /** planned: a dry run. pending: goes on by itself when the relay answers. done: in force. refused: see message. */
  readonly state: 'planned' | 'pending' | 'done' | 'refused';
  /** The epoch that begins, or has begun. */
  readonly epoch: number;
  /** Devices that get its key. */
  readonly devices: number;
  /** Number of the device's last batch that counts; null where nobody is cut. */
  readonly cut: number | null;
  readonly held: HeldLogBody;
  readonly message: string | null;
}

/** What a walk over the sealed log found. */
export interface HeldLogBody {
  readonly batches: number;
  readonly changes: number;
  /** Batches that were refused when they came, and do not open. */
  readonly unreadable: number;
  /** Epochs that sealed something here and whose key is not held. */
  readonly missingEpochs: readonly number[];
}

export interface RoleBody {
  readonly deviceId: string;
  readonly role: string;
  readonly authorities: readonly string[];
  readonly scopes: readonly { readonly scopeId: string; readonly done: boolean; readonly message: string | null }[];
}

/** The name that a device of the own person has from here on. */
export interface DeviceLabelBody {
  readonly deviceId: string;
  readonly label: string;
}

export interface KeysVerifyBody {
  readonly ok: boolean;
  readonly scopes: readonly {
    readonly scopeId: string;
    readonly kind: ScopeKind;
    readonly name: string;
    readonly epoch: number;
    /** Epochs whose key is held and is the one that the signed log commits to. */
    readonly epochsHeld: number;
    readonly held: HeldLogBody;
    readonly ok: boolean;
  }[];
}

/** A membership log as it travels; public structure, sealed labels. */
export interface ScopeLogBody {
  readonly scopeId: string;
  readonly kind: ScopeKind;
  readonly name: string;
  /** base64url, genesis first. */
  readonly entries: readonly string[];
  /** The secret of the scope's root, sealed for the person's root; null where the root is the person's own or not known. */
  readonly sealedRoot: string | null;
}
