import type { ScopeKind } from '../../contract/manifest.ts';

export interface DeviceBody {
  readonly deviceId: string;
  /** Null while the keys are locked. */
  readonly userId: string | null;
  readonly label: string;
  readonly version: string;
  /** It belongs to its person no longer: nothing that it writes counts, and nothing new is readable here. */
  readonly revoked: boolean;
}

/** Another device, against what is held here: as far as its own writes, and its sign of life once a day, tell it. */
export interface DeviceStandingBody {
  readonly deviceId: string;
  readonly label: string;
  /** When it wrote what is held of it last; null for one that wrote nothing. */
  readonly lastSeenAt: string | null;
  /**
   * True: it said that it holds all. False: it wrote something since, and lacked some of it. Null: it has not spoken since
   * what it did not confirm was written, or what it said cannot be read.
   */
  readonly inStep: boolean | null;
  /** Batches of changes that it has not confirmed, of all scopes; null where that cannot be known. */
  readonly behind: number | null;
}

export interface DeviceListBody {
  readonly items: readonly {
    readonly deviceId: string;
    readonly label: string;
    /** Whose it is. */
    readonly userId: string;
    readonly role: string;
    readonly self: boolean;
    readonly revoked: boolean;
    /** When it wrote what is held of it last; null for one that wrote nothing. */
    readonly lastSeenAt: string | null;
    readonly scopes: readonly string[];
  }[];
}

export interface ScopeBody {
  readonly scopeId: string;
  readonly kind: ScopeKind;
  readonly name: string;
  readonly devices: number;
  readonly epoch: number;
  readonly holdsKey: boolean;
  /** Ed25519 key of its root, base64url: what proofs are held against, and what a relay that is not open may allow. */
  readonly rootKey: string;
  /** Collections that it serves on this device. */
  readonly serves: readonly string[];
}

/** What choosing a scope for a collection does on this device, or did. */
export interface ScopeUseBody {
  readonly collection: string;
  /** Which serves until then. */
  readonly from: string;
  readonly to: string;
  /** Live records that are not shown here any longer; they come back with the scope that has them. */
  readonly live: number;
  /** Questions about them, and changes that are held, which come again with them. */
  readonly questions: number;
  /** Linked folders and places that rest until their scope is chosen again. */
  readonly resting: readonly string[];
  /** Files of those that are not in step yet: they go on with their folder. Folders that have none are left out. */
  readonly notInStep: readonly { readonly path: string; readonly count: number }[];
  /** Those that rested for the chosen scope, and go on. */
  readonly goingOn: readonly string[];
  /** False for a plan. */
  readonly executed: boolean;
}

export interface InviteBody {
  readonly code: string;
  readonly expiresAt: string;
}

export interface PairingBody {
  readonly state: 'none' | 'waiting' | 'confirm' | 'finishing' | 'joined' | 'failed';
  readonly expiresAt: string | null;
  /** What the joining device says of itself, once it may be confirmed. */
  readonly candidate: {
    readonly deviceId: string;
    readonly label: string;
    readonly role: string;
    /** Who comes with it, where another person was invited; null for a further device of one's own. */
    readonly userId: string | null;
    /** How many devices enter: all of a person's. */
    readonly devices: number;
  } | null;
  readonly message: string | null;
}
