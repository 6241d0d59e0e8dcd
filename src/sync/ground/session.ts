import type { DeviceId, ScopeId } from '../../base/ids.ts';
import type { ChainHead } from '../../contract/chain.ts';
import type { Behind, DeviceMessage, Frontier, RelayErrorCode, RelayMessage } from '../wire/messages.ts';

/** What a device knows of one scope when a session begins or a batch is committed. */
export interface ScopeView {
  readonly scopeId: ScopeId;
  /** All that is held, the own chain included. */
  readonly frontier: Frontier;
  readonly logSequence: number;
  readonly ownHead: ChainHead | null;
  /** Own batch up to which this relay ever confirmed the chain, as the disk remembers it; null for none. */
  readonly confirmed: ChainHead | null;
  /** What this relay was seen to hold; null for one that was never seen. */
  readonly seen: RelayView | null;
}

/** What one relay was seen to hold of a scope: when it holds less later on, it was wiped or restored from an old copy. */
export interface RelayView {
  /** Position of the last membership entry; -1 for none. */
  readonly logSequence: number;
  readonly chains: Behind;
}

/** Everything that can happen to a session. Times are milliseconds of a monotonic clock, passed in. */
export type SessionEvent =
  /** `views`: what the disk holds now; the hello is made of them. Without, of what was told last. */
  | { readonly type: 'connected'; readonly views?: readonly ScopeView[] }
  | { readonly type: 'message'; readonly message: RelayMessage }
  | { readonly type: 'bad_frame'; readonly reason: string }
  /** `untrusted`: the relay could not show that it is the one that was meant. `noRoute`: there is no network to it. */
  | {
      readonly type: 'disconnected';
      readonly reason: string;
      readonly untrusted?: boolean;
      readonly noRoute?: boolean;
    }
  /** A local transaction appended to the own chain: the bytes ride along, so that one push needs no question. */
  | { readonly type: 'appended'; readonly scopeId: ScopeId; readonly sequence: number; readonly bytes: Uint8Array }
  /** Answer to `read_own`. */
  | {
      readonly type: 'own_batches';
      readonly scopeId: ScopeId;
      readonly batches: readonly { readonly sequence: number; readonly bytes: Uint8Array }[];
      readonly more: boolean;
    }
  /** Answer to `read_chain`: consecutive batches of another device. */
  | {
      readonly type: 'chain_batches';
      readonly scopeId: ScopeId;
      readonly deviceId: DeviceId;
      readonly batches: readonly { readonly sequence: number; readonly bytes: Uint8Array }[];
    }
  /** Answer to `read_entries`: consecutive entries from `from` on. */
  | {
      readonly type: 'own_entries';
      readonly scopeId: ScopeId;
      readonly from: number;
      readonly entries: readonly Uint8Array[];
    }
  /** A delivery was admitted and committed, or judged; either way it is dealt with. */
  | { readonly type: 'committed'; readonly scopeId: ScopeId; readonly delivery: number }
  | { readonly type: 'scope_added'; readonly view: ScopeView }
  /** Membership entries up to here came from elsewhere, perhaps another relay. */
  | { readonly type: 'entries_held'; readonly scopeId: ScopeId; readonly logSequence: number }
  | { readonly type: 'entry_wanted'; readonly scopeId: ScopeId; readonly sequence: number; readonly entry: Uint8Array }
  /** To be handed to whoever is there, if anybody is: dropped while that cannot be at once. */
  | { readonly type: 'whisper'; readonly scopeId: ScopeId; readonly body: Uint8Array }
  | { readonly type: 'tick' }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' };

/** What the driver does for a session, in this order. */
export type SessionEffect =
  | { readonly type: 'connect'; readonly afterMs: number }
  | { readonly type: 'disconnect'; readonly reason: string }
  | { readonly type: 'send'; readonly message: DeviceMessage }
  /** Sign this challenge and send `authenticate`. */
  | { readonly type: 'answer_challenge'; readonly nonce: Uint8Array; readonly version: number }
  /** Read own batches above a sequence from the log. */
  | { readonly type: 'read_own'; readonly scopeId: ScopeId; readonly after: number; readonly limitBytes: number }
  /** Read batches of another device above a sequence from the log: the relay lacks them. */
  | {
      readonly type: 'read_chain';
      readonly scopeId: ScopeId;
      readonly deviceId: DeviceId;
      readonly after: number;
      readonly limitBytes: number;
    }
  /** Read membership entries from a position on: the relay lacks them (a new scope, or a relay that was wiped). */
  | { readonly type: 'read_entries'; readonly scopeId: ScopeId; readonly from: number; readonly limitBytes: number }
  | {
      readonly type: 'receive';
      readonly scopeId: ScopeId;
      readonly delivery: number;
      readonly caughtUp: boolean;
      readonly batches: readonly Uint8Array[];
    }
  | {
      readonly type: 'receive_entries';
      readonly scopeId: ScopeId;
      readonly from: number;
      readonly entries: readonly Uint8Array[];
    }
  | { readonly type: 'entry_settled'; readonly scopeId: ScopeId; readonly sequence: number; readonly accepted: boolean }
  | { readonly type: 'acknowledged'; readonly scopeId: ScopeId; readonly sequence: number }
  /** The relay holds more of the own chain than this disk, or another: the own batches come back as deliveries. */
  | { readonly type: 'own_chain_behind'; readonly scopeId: ScopeId; readonly relayHead: number }
  /** Everything the relay had when it said so was dealt with here; told with each such delivery. */
  | { readonly type: 'caught_up'; readonly scopeId: ScopeId }
  /** All that the relay holds of the own chain was handed out. Where it moved here, a new connection goes on with it. */
  | { readonly type: 'own_chain_complete'; readonly scopeId: ScopeId }
  /**
   * The relay holds less than it was seen to hold (wiped, or restored from an old copy). Entries, pushes and seeds that
   * follow heal it.
   */
  | {
      readonly type: 'relay_behind';
      readonly scopeId: ScopeId;
      readonly chains: readonly { readonly deviceId: DeviceId; readonly had: number; readonly has: number }[];
      readonly log: { readonly had: number; readonly has: number } | null;
    }
  /** What the relay holds now, told once after each hello. */
  | { readonly type: 'relay_seen'; readonly scopeId: ScopeId; readonly relayView: RelayView }
  /** The relay holds every chain as far as this device did at hello; told once for each hello. */
  | { readonly type: 'relay_whole'; readonly scopeId: ScopeId }
  /** Another device's chain is durable at the relay up to this sequence. */
  | { readonly type: 'seeded'; readonly scopeId: ScopeId; readonly deviceId: DeviceId; readonly sequence: number }
  /** Own batches stay unconfirmed for half a minute while later ones of others arrive. */
  | { readonly type: 'not_forwarded'; readonly scopeId: ScopeId; readonly sequence: number }
  /** What another device whispered; nothing follows from it but what it says. */
  | { readonly type: 'whispered'; readonly scopeId: ScopeId; readonly body: Uint8Array }
  /** A device that whispered is gone from this relay. */
  | { readonly type: 'left'; readonly deviceId: DeviceId }
  | { readonly type: 'state_changed'; readonly state: RelayState };

/** What is shown of a relay connection. */
export type RelayState =
  /** `noRoute`: this device has no network on which to try it. */
  | { readonly state: 'offline'; readonly reason: string; readonly nextAttemptMs: number; readonly noRoute?: true }
  | { readonly state: 'connecting' }
  | { readonly state: 'authenticating' }
  | { readonly state: 'online'; readonly scopes: Readonly<Record<ScopeId, ScopeSyncState>> }
  | { readonly state: 'refused'; readonly code: RelayErrorCode; readonly reason: string }
  /** Its TLS identity is not the pinned one, or no authority vouches for it. */
  | { readonly state: 'untrusted'; readonly reason: string }
  | { readonly state: 'paused' };

export interface ScopeSyncState {
  /** Everything the relay had when we asked, and since, is here. */
  readonly caughtUp: boolean;
  /** Highest own sequence that the relay has confirmed as durable. */
  readonly acknowledged: number;
  readonly inFlight: number;
  /** The relay refuses this scope; other scopes go on. */
  readonly refused?: { readonly code: RelayErrorCode; readonly reason: string };
}

export interface SessionOptions {
  readonly self: DeviceId;
  readonly views: readonly ScopeView[];
  /** The relay operator's leave to found scopes, where the relay asks for one. */
  readonly registrationToken?: string | null;
  /** Uniform in [0, 1): jitter of the backoff. */
  readonly random: () => number;
}

/** One relay connection as a state machine without I/O: one event in, effects out. Memory is bounded by its windows. */
export interface Session {
  step(event: SessionEvent, nowMs: number): readonly SessionEffect[];
  readonly state: RelayState;
}
