import type { DeviceId, ScopeId } from '../../base/ids.ts';
import type { PublicKeys } from '../../crypto/keys.ts';
import type { Authority, Role, ScopeState } from '../parse/state.ts';
import type { ProvenUser } from '../log/user-proof.ts';
import type { Refusal } from '../../contract/verdict.ts';
import type { Slot } from './pairing-messages.ts';

/** What the newcomer becomes; writer without authorities unless the person who invites chose otherwise. */
export interface PairingGrant {
  readonly role: Role;
  readonly authorities: readonly Authority[];
}

/** The device to add to each offered scope. */
export interface Newcomer extends PairingGrant {
  readonly deviceId: DeviceId;
  readonly keys: PublicKeys;
  readonly label: string;
  /** Whose device it is, where another person was invited: all of that person's devices enter with it. */
  readonly person: ProvenUser | null;
}

/** A scope that the joiner entered; every check has passed. */
export interface JoinedLog {
  readonly scopeId: ScopeId;
  readonly state: ScopeState;
  readonly entries: readonly Uint8Array[];
  /** By epoch number; the one in force is always there. */
  readonly epochKeys: ReadonlyMap<number, Uint8Array>;
}

export type InviterEvent =
  | CommonEvent
  /** The digits that the joiner shows, as a person typed them. */
  | { readonly type: 'approve'; readonly digits: string }
  /** The add entries were appended: the offered scopes as they are now. */
  | { readonly type: 'added'; readonly scopes: readonly ScopeState[] };

export type JoinerEvent =
  | CommonEvent
  /** A fetched log, genesis first. */
  | { readonly type: 'log'; readonly scopeId: ScopeId; readonly entries: readonly Uint8Array[] };

export type InviterEffect =
  | Put
  | Burned
  /** Answer with `approve` or `deny`. */
  | {
      readonly type: 'ask_approval';
      readonly deviceId: DeviceId;
      readonly role: Role;
      readonly authorities: readonly Authority[];
      readonly label: string;
      readonly person: ProvenUser | null;
    }
  /** Append an add entry to each offered scope, then say `added`. */
  | { readonly type: 'append_add'; readonly member: Newcomer }
  /** The newcomer confirmed: delete the mailbox. */
  | { readonly type: 'done'; readonly member: Newcomer };

export type JoinerEffect =
  | Put
  | Burned
  | { readonly type: 'show_digits'; readonly digits: string }
  /** Fetch each log up to at least this position and hand it in as `log`. */
  | {
      readonly type: 'fetch_logs';
      readonly scopes: readonly { readonly scopeId: ScopeId; readonly logSequence: number }[];
    }
  | {
      readonly type: 'done';
      readonly by: DeviceId;
      readonly scopes: readonly JoinedLog[];
      readonly invitedTo: string | null;
    };

type CommonEvent =
  | { readonly type: 'start' }
  /** A body in a slot of the mailbox: new, repeated after a reconnection, or the echo of an own one. */
  | { readonly type: 'message'; readonly slot: number; readonly body: Uint8Array }
  /** A person breaks off. */
  | { readonly type: 'deny' }
  /** What the driver was asked to do cannot be done. */
  | { readonly type: 'failed'; readonly refusal: Refusal }
  /** Sent before every message, and when the code's lifetime is over. */
  | { readonly type: 'time'; readonly nowMs: number };

export interface Put {
  readonly type: 'put';
  readonly slot: Slot;
  readonly body: Uint8Array;
}

/** The code is used up: delete the mailbox. `added`: the newcomer may stand in the log already. */
export interface Burned {
  readonly type: 'burned';
  readonly refusal: Refusal;
  readonly added: boolean;
}
