import type { BatchId, DeviceId, ScopeId } from '../../base/ids.ts';

export const protocolVersion = 2;
/** Still spoken: all of it but whispers. */
export const oldestVersion = 1;
/** From here on both sides know whispers. */
export const whisperVersion = 2;

/** Per device of a scope: the highest sequence held without a gap, and its batch. */
export type Frontier = Readonly<Record<DeviceId, readonly [sequence: number, batchId: BatchId]>>;

/** Per device: the last sequence that a relay holds of its chain; 0 for none. */
export type Behind = Readonly<Record<DeviceId, number>>;

export type RelayErrorCode =
  | 'E_AUTH'
  | 'E_FORBIDDEN'
  | 'E_QUOTA'
  | 'E_TOO_LARGE'
  | 'E_CONFLICT'
  | 'E_BAD_BATCH'
  | 'E_BAD_MESSAGE'
  | 'E_VERSION';

/** What was refused: several requests of one scope may be under way. */
export const errorSubjects = ['connection', 'hello', 'entry', 'push', 'seed', 'mailbox'] as const;
export type ErrorSubject = (typeof errorSubjects)[number];

/** Device to relay. Byte fields are base64url in the JSON head; batches and entries ride behind it as raw bytes. */
export type DeviceMessage =
  | {
      readonly type: 'authenticate';
      readonly version: number;
      readonly deviceId: DeviceId;
      readonly signKey: Uint8Array;
      readonly boxKey: Uint8Array;
      readonly timeMs: number;
      readonly signature: Uint8Array;
    }
  /** A mailbox connection, which pairs without being a member; the bearer proves knowledge of the code. */
  | { readonly type: 'mailbox_open'; readonly version: number; readonly mailbox: string; readonly bearer: Uint8Array }
  | { readonly type: 'mailbox_put'; readonly slot: number; readonly body: Uint8Array }
  | { readonly type: 'mailbox_delete' }
  /** The one question: everything after this frontier, and membership entries after this position. */
  | {
      readonly type: 'hello';
      readonly scopeId: ScopeId;
      readonly frontier: Frontier;
      /** Position of the last membership entry held; -1 for none. */
      readonly logSequence: number;
    }
  /** Appends a membership entry; refused with E_CONFLICT unless it is exactly the next. Sequence 0 founds the scope. */
  | {
      readonly type: 'append_entry';
      readonly scopeId: ScopeId;
      readonly sequence: number;
      /** The operator's leave to found a scope, where the relay asks for one; null from sequence 1 on. */
      readonly token: string | null;
      /** False for an entry that is in the sender's log already: a relay that lacks it must take it as it is. */
      readonly isNew: boolean;
      readonly entry: Uint8Array;
    }
  | { readonly type: 'push'; readonly scopeId: ScopeId; readonly batches: readonly Uint8Array[] }
  /** Batches of one other device, next to each other in its chain: the relay lost them, or never had them. */
  | {
      readonly type: 'seed';
      readonly scopeId: ScopeId;
      readonly deviceId: DeviceId;
      readonly batches: readonly Uint8Array[];
    }
  /** For whoever of the scope is connected now: sealed, handed on, and neither kept nor confirmed. */
  | { readonly type: 'whisper'; readonly scopeId: ScopeId; readonly body: Uint8Array }
  /** Deliveries up to this number are durable here: the relay may send more. */
  | { readonly type: 'received'; readonly scopeId: ScopeId; readonly delivery: number }
  | { readonly type: 'ping' };

/** Relay to device. */
export type RelayMessage =
  /** `version`: the latest that the relay speaks. */
  | { readonly type: 'challenge'; readonly version: number; readonly nonce: Uint8Array }
  /** Scopes of which the device is an active member, with the position of their logs. */
  | { readonly type: 'welcome'; readonly scopes: readonly { scopeId: ScopeId; logSequence: number }[] }
  | { readonly type: 'mailbox_opened' }
  | { readonly type: 'mailbox_message'; readonly slot: number; readonly body: Uint8Array }
  /**
   * Answer to hello, before deliveries: entries the device lacks (a first page; `entries` messages bring the rest up to
   * `logSequence`), what the relay holds of the device's own chain, and which other chains of the hello's frontier it
   * holds shorter than the device does.
   */
  | {
      readonly type: 'state';
      readonly scopeId: ScopeId;
      readonly logSequence: number;
      readonly ownHead: readonly [sequence: number, batchId: BatchId] | null;
      readonly behind: Behind;
      readonly entries: readonly Uint8Array[];
    }
  /** More entries the device lacks, or entries appended by someone else while connected. */
  | {
      readonly type: 'entries';
      readonly scopeId: ScopeId;
      readonly from: number;
      readonly entries: readonly Uint8Array[];
    }
  | { readonly type: 'entry_appended'; readonly scopeId: ScopeId; readonly sequence: number }
  /** `caughtUp`: nothing older than this delivery is left at the relay. An empty one says only that. */
  | {
      readonly type: 'deliver';
      readonly scopeId: ScopeId;
      readonly delivery: number;
      readonly caughtUp: boolean;
      readonly batches: readonly Uint8Array[];
    }
  /** Durable at the relay up to and with this sequence of the sender's own chain. */
  | { readonly type: 'acknowledge'; readonly scopeId: ScopeId; readonly sequence: number }
  /** Durable at the relay up to and with this sequence of another device's chain, of which the sender sent batches. */
  | { readonly type: 'seeded'; readonly scopeId: ScopeId; readonly deviceId: DeviceId; readonly sequence: number }
  | {
      readonly type: 'error';
      readonly code: RelayErrorCode;
      readonly message: string;
      readonly scopeId: ScopeId | null;
      readonly about: ErrorSubject;
    }
  /** What another device of the scope whispered. */
  | { readonly type: 'whispered'; readonly scopeId: ScopeId; readonly body: Uint8Array }
  /** A device that whispered in this scope has disconnected. */
  | { readonly type: 'left'; readonly scopeId: ScopeId; readonly deviceId: DeviceId }
  | { readonly type: 'pong' };
