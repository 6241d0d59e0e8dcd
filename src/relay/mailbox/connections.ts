import type { DeviceId, ScopeId } from '../../base/ids.ts';
import type { RandomBytes } from '../../crypto/keys.ts';
import { type RelayErrorCode, protocolVersion } from '../../sync/wire/messages.ts';
import type { ConnectionLimits, RelayPolicy } from '../policy.ts';
import {
  type Connection,
  type ConnectionId,
  type MailboxInput,
  type Subscription,
  type Turn,
  createConnection,
  refuseRequest,
  sendTo,
  whyOverdue,
} from './connection.ts';
import { tellLeft } from './whispers.ts';

/** Said to the connection that was there first; the protocol has room for 123 bytes. */
const connectedAgain =
  'the device connected again; if this comes back, a copy of this home runs elsewhere: stop one of them';

/** A connection whose device has said who it is. */
export type Member = Connection & { readonly deviceId: DeviceId };

/** Who is connected, as which device, and to which scopes each of them listens. */
export interface Connections {
  get(connectionId: ConnectionId): Connection | undefined;
  open(turn: Turn, input: MailboxInput, randomBytes: RandomBytes): void;
  /** The connection is this device's from now on; an older one of it is closed. */
  become(turn: Turn, connection: Connection, deviceId: DeviceId, version: number): Member;
  listen(subscription: Subscription): void;
  listenersOf(scopeId: ScopeId): Iterable<Subscription>;
  unsubscribe(subscription: Subscription): void;
  /** Says why, and ends the connection. */
  expel(turn: Turn, connection: Connection, code: RelayErrorCode, message: string): void;
  close(turn: Turn, connection: Connection, reason: string): void;
  /** It is closed. */
  forget(turn: Turn, connection: Connection): void;
  /** Sends away who is silent; `blindMs` counts against nobody. */
  closeOverdue(turn: Turn, blindMs: number): void;
  readonly count: number;
  readonly strangers: number;
}

export function createConnections(
  policy: ConnectionLimits & Pick<RelayPolicy, 'strangers' | 'strangerTimeoutMs' | 'mailboxLifetimeMs'>,
  /** A connection is gone, whatever it was. */
  gone: (connection: Connection, nowMs: number) => void,
): Connections {
  const connections = new Map<ConnectionId, Connection>();
  const byDevice = new Map<DeviceId, Connection>();
  const listeners = createListeners();
  let strangers = 0;

  function forget(turn: Turn, connection: Connection): void {
    tellThoseWhoHeard(turn, connection, listeners);
    connection.isClosed = true;
    connections.delete(connection.id);
    gone(connection, turn.nowMs);
    connection.subscriptions.forEach(listeners.unsubscribe);
    if (connection.deviceId === undefined) {
      strangers--;
    } else if (byDevice.get(connection.deviceId) === connection) {
      byDevice.delete(connection.deviceId);
    }
  }

  function close(turn: Turn, connection: Connection, reason: string): void {
    if (!connection.isClosed) {
      turn.effects.push({ type: 'close', connectionId: connection.id, reason });
      forget(turn, connection);
    }
  }

  return {
    ...listeners,
    forget,
    close,
    get: (connectionId) => connections.get(connectionId),
    open(turn, { connectionId: id, address = '' }, randomBytes) {
      // The door keeps strangers within their own number, so that it is members who fill the relay.
      if (connections.size >= policy.connections + policy.strangers) {
        turn.effects.push({ type: 'close', connectionId: id, reason: 'the relay is full' });
        return;
      }
      const connection = createConnection({ id, nonce: randomBytes(32), address }, policy, turn.nowMs);
      connections.set(id, connection);
      strangers++;
      sendTo(turn, connection, { type: 'challenge', version: protocolVersion, nonce: connection.nonce });
    },
    become(turn, connection, deviceId, version) {
      const older = byDevice.get(deviceId);
      if (older !== undefined) {
        close(turn, older, connectedAgain);
      }
      connection.deviceId = deviceId;
      connection.version = version;
      strangers--;
      byDevice.set(deviceId, connection);
      return connection as Member;
    },
    expel(turn, connection, code, message) {
      refuseRequest(turn, connection, { code, about: 'connection', message });
      close(turn, connection, message);
    },
    closeOverdue(turn, blindMs) {
      for (const connection of connections.values()) {
        connection.openedMs += blindMs;
        connection.heardMs += blindMs;
        const overdue = whyOverdue(connection, policy, turn.nowMs);
        if (overdue !== undefined) {
          close(turn, connection, overdue);
        }
      }
    },
    get count() {
      return connections.size;
    },
    get strangers() {
      return strangers;
    },
  };
}

/** Who heard whispers of a device is told that it is gone. */
function tellThoseWhoHeard(
  turn: Turn,
  { subscriptions }: Pick<Connection, 'subscriptions'>,
  listeners: Listeners,
): void {
  for (const subscription of subscriptions.values()) {
    if (subscription.hasWhispered) {
      tellLeft(turn, subscription, listeners.listenersOf(subscription.scopeId));
    }
  }
}

type Listeners = Pick<Connections, 'listen' | 'listenersOf' | 'unsubscribe'>;

function createListeners(): Listeners {
  const byScope = new Map<ScopeId, Set<Subscription>>();
  return {
    listen(subscription) {
      const others = byScope.get(subscription.scopeId) ?? new Set();
      byScope.set(subscription.scopeId, others.add(subscription));
    },
    listenersOf: (scopeId) => byScope.get(scopeId) ?? [],
    unsubscribe(subscription) {
      const { connection, scopeId, outstandingBytes } = subscription;
      connection.subscriptions.delete(scopeId);
      connection.outstandingBytes -= outstandingBytes;
      const others = byScope.get(scopeId);
      others?.delete(subscription);
      if (others?.size === 0) {
        byScope.delete(scopeId);
      }
    },
  };
}
