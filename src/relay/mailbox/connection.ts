import type { BatchId, DeviceId, ScopeId } from '../../base/ids.ts';
import type { DeviceMessage, ErrorSubject, RelayErrorCode, RelayMessage } from '../../sync/wire/messages.ts';
import type { RelayPolicy } from '../policy.ts';
import { type Allowance, createAllowance } from './allowance.ts';
import { type RequestRate, createRequestRate } from './request-rate.ts';

export type ConnectionId = number;

/** What a server does for a mailbox, in this order. */
export type MailboxEffect =
  | { readonly type: 'send'; readonly connectionId: ConnectionId; readonly message: RelayMessage }
  | { readonly type: 'close'; readonly connectionId: ConnectionId; readonly reason: string }
  /** Read nothing more of this connection for a while. */
  | { readonly type: 'throttle'; readonly connectionId: ConnectionId; readonly forMs: number }
  /** The store failed: nothing of this turn was kept, and everybody in it was sent away to come again. */
  | { readonly type: 'store_failed'; readonly cause: unknown };

export interface MailboxInput {
  readonly connectionId: ConnectionId;
  readonly event:
    | DeviceMessage
    | 'opened'
    | 'closed'
    | { readonly type: 'bad_frame'; readonly message: string; readonly isTooLarge?: boolean };
  /** With `opened`: whence it comes, for what connections from there have between them. */
  readonly address?: string;
}

/** How far a connection has got: not at all; at a pairing mailbox; a device, of no scope here; a device of a scope here. */
export type ConnectionStanding = 'stranger' | 'pairing' | 'guest' | 'member';

/** One scope on one connection: what was sent and what of it is not yet confirmed. */
export interface Subscription {
  readonly connection: Connection;
  readonly scopeId: ScopeId;
  /** What the device held when it asked. */
  readonly held: ReadonlyMap<DeviceId, number>;
  /** Batches of the device's own chain up to this one came over this very connection. */
  pushedOwn: number;
  /** Everything up to this arrival was sent, or was held already. */
  cursor: number;
  lastDelivery: number;
  outstanding: { readonly delivery: number; readonly sizeBytes: number }[];
  outstandingBytes: number;
  toldCaughtUp: boolean;
  /** Others may have heard of the device here, and are told when it is gone. */
  hasWhispered: boolean;
}

export interface Connection {
  readonly id: ConnectionId;
  readonly nonce: Uint8Array;
  readonly address: string;
  openedMs: number;
  readonly rate: RequestRate;
  readonly subscriptions: Map<ScopeId, Subscription>;
  deviceId: DeviceId | undefined;
  /** Of the protocol; 0 until it authenticated. */
  version: number;
  readonly whispers: Allowance;
  /** Name of the pairing mailbox it opened. */
  pairing: string | undefined;
  /** Its device reads a scope here. */
  isMember: boolean;
  /** Scopes that it read, or whose log it has shown to hold. */
  readonly shown: Set<ScopeId>;
  /** The last message, or when the socket is read again. */
  heardMs: number;
  outstandingBytes: number;
  isClosed: boolean;
}

export function createConnection(
  { id, nonce, address }: Pick<Connection, 'id' | 'nonce' | 'address'>,
  { requestsPerSecond, requestBurst }: Pick<RelayPolicy, 'requestsPerSecond' | 'requestBurst'>,
  nowMs: number,
): Connection {
  return {
    ...{ id, nonce, address },
    openedMs: nowMs,
    rate: createRequestRate(requestsPerSecond, requestBurst, nowMs),
    subscriptions: new Map(),
    deviceId: undefined,
    version: 0,
    whispers: createAllowance(nowMs),
    pairing: undefined,
    isMember: false,
    shown: new Set(),
    heardMs: nowMs,
    outstandingBytes: 0,
    isClosed: false,
  };
}

/** A batch that arrived in this turn, so that it can go out without being read back. */
export interface FreshBatch {
  readonly cursor: number;
  readonly deviceId: DeviceId;
  readonly sequence: number;
  readonly batchId: BatchId;
  readonly bytes: Uint8Array;
}

/** Everything that happens between two looks at the network: one transaction, answers after it. */
export interface Turn {
  readonly nowMs: number;
  readonly effects: MailboxEffect[];
  /** By connection and scope: highest own sequence that is durable once the turn is. */
  readonly acknowledged: Map<Connection, Map<ScopeId, number>>;
  /** Chains of other devices that were brought, with the last sequence that is durable once the turn is. */
  readonly seeded: {
    readonly connection: Connection;
    readonly scopeId: ScopeId;
    deviceId: DeviceId;
    sequence: number;
  }[];
  /** By scope: head cursor before the turn and what arrived since. */
  readonly arrived: Map<ScopeId, { readonly before: number; readonly batches: FreshBatch[] }>;
  /** May have something to send. */
  readonly pending: Set<Subscription>;
  /** Their devices were revoked in this turn. */
  readonly ended: Set<Subscription>;
}

export function createTurn(nowMs: number): Turn {
  return {
    nowMs,
    effects: [],
    acknowledged: new Map(),
    seeded: [],
    arrived: new Map(),
    pending: new Set(),
    ended: new Set(),
  };
}

export function sendTo(turn: Turn, connection: Pick<Connection, 'id' | 'isClosed'>, message: RelayMessage): void {
  if (!connection.isClosed) {
    turn.effects.push({ type: 'send', connectionId: connection.id, message });
  }
}

/** Says no to a request; the connection stays. */
export function refuseRequest(
  turn: Turn,
  connection: Pick<Connection, 'id' | 'isClosed'>,
  refusal: {
    readonly code: RelayErrorCode;
    readonly about: ErrorSubject;
    readonly message: string;
    readonly scopeId?: ScopeId;
  },
): void {
  sendTo(turn, connection, { type: 'error', scopeId: null, ...refusal });
}

/** True for what changes the store: a turn without any needs no transaction. */
export function writes({ event }: MailboxInput): boolean {
  const type = typeof event === 'object' ? event.type : event;
  return type === 'push' || type === 'seed' || type === 'append_entry';
}

export function standingOf({
  deviceId,
  pairing,
  isMember,
}: Pick<Connection, 'deviceId' | 'pairing' | 'isMember'>): ConnectionStanding {
  if (deviceId === undefined) {
    return pairing === undefined ? 'stranger' : 'pairing';
  }
  return isMember ? 'member' : 'guest';
}

/** Why a connection has had its time: it never said who it is, fell silent, or its pairing code expired. */
export function whyOverdue(
  { deviceId, pairing, openedMs, heardMs }: Pick<Connection, 'openedMs' | 'deviceId' | 'pairing' | 'heardMs'>,
  policy: Pick<RelayPolicy, 'mailboxLifetimeMs' | 'strangerTimeoutMs' | 'silenceTimeoutMs'>,
  nowMs: number,
): string | undefined {
  if (pairing !== undefined) {
    return nowMs - openedMs > policy.mailboxLifetimeMs ? 'the pairing code expired' : undefined;
  }
  if (deviceId === undefined && nowMs - openedMs > policy.strangerTimeoutMs) {
    return 'the device did not say who it is';
  }
  return nowMs - heardMs > policy.silenceTimeoutMs ? 'nothing was heard of the device for too long' : undefined;
}
