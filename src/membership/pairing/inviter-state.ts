import type { DeviceId, UserId } from '../../base/ids.ts';
import type { RandomBytes } from '../../crypto/keys.ts';
import type { EnrolledScope } from './pairing-messages.ts';
import type { Ephemeral, PairingSession, SeenSlots } from './pairing-session.ts';
import type { Newcomer, PairingGrant } from './pairing-events.ts';
import type { ScopeState } from '../parse/state.ts';

export interface InviterOptions {
  /** 16 fresh random bytes: the code's secret. */
  readonly secret: Uint8Array;
  readonly deviceId: DeviceId;
  /** Every scope that the newcomer shall enter. */
  readonly scopes: readonly ScopeState[];
  /** Skips the digits: for unattended use, and then neither admin nor authorities are granted. */
  readonly trustCode: boolean;
  readonly grant?: PairingGrant;
  /** Another person is invited, who proves to be one; to one scope, named so. Left out for a device of one's own. */
  readonly person?: { readonly ownUserId: UserId; readonly scopeName: string };
  readonly randomBytes: RandomBytes;
  /** When the code was made; it expires ten minutes later. */
  readonly nowMs: number;
}

/** What holds from the first step to the last. */
interface Fixed {
  readonly psk: Uint8Array;
  readonly deviceId: DeviceId;
  readonly scopes: readonly ScopeState[];
  readonly trustCode: boolean;
  readonly grant: PairingGrant;
  readonly person: InviterOptions['person'];
  readonly expiresAtMs: number;
  readonly randomBytes: RandomBytes;
  readonly seen: SeenSlots;
}

export type InviterState = Fixed & InviterPhase;

export type InviterPhase =
  | { readonly phase: 'waiting_commit' }
  | {
      readonly phase: 'waiting_reveal';
      readonly commitment: Uint8Array;
      readonly m1: Uint8Array;
      readonly m2: Uint8Array;
      readonly ephemeral: Ephemeral;
    }
  | { readonly phase: 'waiting_approval'; readonly session: PairingSession; readonly newcomer: Newcomer }
  | { readonly phase: 'appending'; readonly session: PairingSession; readonly newcomer: Newcomer }
  | {
      readonly phase: 'waiting_joined';
      readonly session: PairingSession;
      readonly newcomer: Newcomer;
      readonly enrolled: readonly EnrolledScope[];
    }
  | { readonly phase: 'done' }
  | { readonly phase: 'burned' };
