import { unreachable } from '../base/assert.ts';
import type { DeviceId, ScopeId } from '../base/ids.ts';
import type { RandomBytes } from '../crypto/keys.ts';
import { isAnswerValid } from '../sync/authenticate.ts';
import { type DeviceMessage, type RelayErrorCode, oldestVersion, protocolVersion } from '../sync/messages.ts';
import { storeEntry } from './mailbox/append-entry.ts';
import {
  type Connection,
  type ConnectionId,
  type ConnectionStanding,
  type MailboxEffect,
  type MailboxInput,
  type Subscription,
  type Turn,
  createConnection,
  createTurn,
  refuseRequest,
  sendTo,
  standingOf,
  whyOverdue,
  writes,
} from './mailbox/connection.ts';
import { confirm, deliver } from './mailbox/deliver.ts';
import { announceEntry, enter, hasBeenIn, mayRead, subscribe, tellOfRevocation } from './mailbox/members.ts';
import { createPairingMailboxes } from './mailbox/pairing.ts';
import { createScopeStates } from './mailbox/scope-states.ts';
import { noTokens } from './mailbox/may-found.ts';
import { type TakingDeps, takePush, takeSeed } from './mailbox/take-batches.ts';
import { passOn, tellLeft } from './mailbox/whispers.ts';
import type { RelayPolicy } from './policy.ts';
import type { RelayStore } from './port.ts';
import type { RegistrationTokens } from './registration/token-folder.ts';

export interface MailboxOptions {
  readonly store: RelayStore;
  /** Addresses under which devices dial this relay, as `originOf` writes them. */
  readonly origins: readonly string[];
  readonly policy: RelayPolicy;
  /** Left out: no token is good here. */
  readonly tokens?: RegistrationTokens;
}

export interface MailboxStats {
  readonly connections: number;
  readonly strangers: number;
  readonly pairingMailboxes: number;
  readonly batches: number;
  readonly batchBytes: number;
  readonly entries: number;
  readonly turns: number;
}

/**
 * A relay without its sockets: messages in, messages and orders out. It verifies, stores, and only then confirms and
 * forwards. Rules: SPEC.md in this folder.
 */
export interface Mailbox {
  /** All inputs of one turn in one transaction; what is returned may be sent, because it is durable. */
  stepMany(inputs: readonly MailboxInput[], nowMs: number, randomBytes: RandomBytes): readonly MailboxEffect[];
  /**
   * Sends away who is silent, and forgets what expired. Call it about every second; `blindMs` is time since the last call
   * in which nothing was read, and which therefore counts against nobody.
   */
  tick(nowMs: number, blindMs?: number): readonly MailboxEffect[];
  /** Undefined for a connection that has ended. */
  standingOf(connectionId: ConnectionId): ConnectionStanding | undefined;
  readonly stats: MailboxStats;
}

type Effects = readonly MailboxEffect[];
type Member = Connection & { readonly deviceId: DeviceId };

export function createMailbox({ store, origins, policy, tokens = noTokens }: MailboxOptions): Mailbox {
  const connections = new Map<ConnectionId, Connection>();
  const connectionByDevice = new Map<DeviceId, Connection>();
  const subscriptionsByScope = new Map<ScopeId, Set<Subscription>>();
  const deps = { store, policy };
  const states = createScopeStates(store, policy.cachedScopes);
  const taking: TakingDeps = { store, policy, stateOf: states.get };
  const pairing = createPairingMailboxes(policy);
  const counts = { batches: 0, batchBytes: 0, entries: 0, turns: 0 };
  let strangers = 0;

  function stepMany(inputs: readonly MailboxInput[], nowMs: number, randomBytes: RandomBytes): Effects {
    const turn = createTurn(nowMs);
    const work = (): void => inputs.forEach((input) => handle(turn, input, randomBytes));
    let isStored = false;
    try {
      if (inputs.some(writes)) {
        store.transaction(work);
      } else {
        work();
      }
      isStored = true;
      confirmAndDeliver(turn);
    } catch (cause) {
      return abandon(turn, inputs, cause, isStored);
    }
    return turn.effects;
  }

  /**
   * Who took part comes again and says the same once more. Where the turn was stored and only telling of it failed, who
   * should have been sent something comes again too, so that no cursor stands past what was never sent.
   */
  function abandon(failed: Turn, inputs: readonly MailboxInput[], cause: unknown, isStored: boolean): Effects {
    const turn = createTurn(failed.nowMs);
    const reason = `the relay could not ${inputs.some(writes) ? 'store this' : 'read what it holds'}`;
    states.clear();
    turn.effects.push({ type: 'store_failed', cause }, ...failed.effects.filter((effect) => effect.type === 'close'));
    for (const connectionId of new Set(inputs.map((input) => input.connectionId))) {
      const connection = connections.get(connectionId);
      if (connection === undefined) {
        turn.effects.push({ type: 'close', connectionId, reason });
      } else {
        close(turn, connection, reason);
      }
    }
    for (const { connection } of isStored ? listenersOf(failed) : []) {
      if (connections.has(connection.id)) {
        close(turn, connection, 'the relay could not read what it stored');
      }
    }
    return turn.effects;
  }

  function listenersOf(turn: Turn): Iterable<Subscription> {
    const arrived = [...turn.arrived.keys()].flatMap((scopeId) => [...(subscriptionsByScope.get(scopeId) ?? [])]);
    return new Set([...turn.pending, ...arrived]);
  }

  function confirmAndDeliver(turn: Turn): void {
    counts.turns++;
    turn.ended.forEach(unsubscribe);
    for (const [connection, byScope] of turn.acknowledged) {
      for (const [scopeId, sequence] of byScope) {
        sendTo(turn, connection, { type: 'acknowledge', scopeId, sequence });
      }
    }
    for (const { connection, scopeId, deviceId, sequence } of turn.seeded) {
      sendTo(turn, connection, { type: 'seeded', scopeId, deviceId, sequence });
    }
    for (const [scopeId, { batches }] of turn.arrived) {
      counts.batches += batches.length;
      counts.batchBytes += batches.reduce((sum, batch) => sum + batch.bytes.length, 0);
      for (const subscription of subscriptionsByScope.get(scopeId) ?? []) {
        turn.pending.add(subscription);
      }
    }
    for (const subscription of turn.pending) {
      deliver(turn, deps, subscription);
    }
  }

  function handle(turn: Turn, input: MailboxInput, randomBytes: RandomBytes): void {
    const { connectionId, event } = input;
    if (event === 'opened') {
      return open(turn, input, randomBytes);
    }
    const connection = connections.get(connectionId);
    if (connection === undefined) {
      return;
    }
    if (event === 'closed') {
      return forget(turn, connection);
    }
    if (event.type === 'bad_frame') {
      return expel(turn, connection, event.isTooLarge === true ? 'E_TOO_LARGE' : 'E_BAD_MESSAGE', event.message);
    }
    connection.heardMs = turn.nowMs;
    const forMs = connection.rate.spend(event.type, turn.nowMs);
    if (forMs > 0) {
      connection.heardMs += forMs;
      turn.effects.push({ type: 'throttle', connectionId, forMs });
    }
    if (connection.deviceId !== undefined) {
      onMember(turn, connection as Member, event);
    } else {
      onStranger(turn, connection, event);
    }
  }

  function open(turn: Turn, { connectionId: id, address = '' }: MailboxInput, randomBytes: RandomBytes): void {
    // The door keeps strangers within their own number, so that it is members who fill the relay.
    if (connections.size >= policy.connections + policy.strangers) {
      turn.effects.push({ type: 'close', connectionId: id, reason: 'the relay is full' });
      return;
    }
    const connection = createConnection({ id, nonce: randomBytes(32), address }, policy, turn.nowMs);
    connections.set(id, connection);
    strangers++;
    sendTo(turn, connection, { type: 'challenge', version: protocolVersion, nonce: connection.nonce });
  }

  function onStranger(turn: Turn, connection: Connection, message: DeviceMessage): void {
    switch (message.type) {
      case 'authenticate':
        return authenticate(turn, connection, message);
      case 'mailbox_open':
        return pairing.open(turn, connection, message);
      case 'mailbox_put':
        return pairing.put(turn, connection, message);
      case 'mailbox_delete':
        return pairing.remove(turn, connection);
      case 'ping':
        return sendTo(turn, connection, { type: 'pong' });
      case 'hello':
      case 'append_entry':
      case 'push':
      case 'seed':
      case 'whisper':
      case 'received':
        return expel(turn, connection, 'E_AUTH', `${message.type} comes after authenticate`);
      default:
        return unreachable(message);
    }
  }

  function authenticate(turn: Turn, connection: Connection, message: Extract<DeviceMessage, { type: 'authenticate' }>) {
    const { version, deviceId } = message;
    if (version < oldestVersion || version > protocolVersion) {
      const text = `this relay speaks protocol ${protocolVersion}, the device ${version}: upgrade the older side`;
      return expel(turn, connection, 'E_VERSION', text);
    }
    if (connection.pairing !== undefined || !isAnswerValid(message, connection.nonce, origins)) {
      const text =
        'the answer to the challenge is not valid for this relay; check the address under which it is dialled';
      return expel(turn, connection, 'E_AUTH', text);
    }
    const older = connectionByDevice.get(deviceId);
    if (older !== undefined) {
      close(turn, older, 'the device connected again');
    }
    connection.deviceId = deviceId;
    connection.version = version;
    strangers--;
    connectionByDevice.set(deviceId, connection);
    const scopes = [];
    for (const scopeId of store.scopesOf(deviceId, policy.scopesPerConnection)) {
      const logSequence = store.entryCount(scopeId) - 1;
      scopes.push({ scopeId, logSequence });
      enter(deps, connection as Member, scopeId);
    }
    sendTo(turn, connection, { type: 'welcome', scopes });
  }

  function onMember(turn: Turn, connection: Member, message: DeviceMessage): void {
    switch (message.type) {
      case 'hello':
        return hello(turn, connection, message);
      case 'append_entry':
        return append(turn, connection, message);
      case 'push':
        return takePush(turn, taking, connection, message);
      case 'seed':
        return takeSeed(turn, taking, connection, message);
      case 'whisper':
        return passOn(turn, connection, message, subscriptionsByScope.get(message.scopeId) ?? []);
      case 'received':
        return received(turn, connection, message);
      case 'ping':
        return sendTo(turn, connection, { type: 'pong' });
      case 'authenticate':
      case 'mailbox_open':
      case 'mailbox_put':
      case 'mailbox_delete':
        return expel(turn, connection, 'E_BAD_MESSAGE', `${message.type} has no place in a session`);
      default:
        return unreachable(message);
    }
  }

  function hello(turn: Turn, connection: Member, message: Extract<DeviceMessage, { type: 'hello' }>): void {
    const { scopeId } = message;
    if (connection.subscriptions.has(scopeId) || connection.subscriptions.size >= policy.scopesPerConnection) {
      return expel(turn, connection, 'E_BAD_MESSAGE', 'one connection says hello once for each of its scopes');
    }
    const state = hasBeenIn(store, connection, scopeId) ? states.get(scopeId) : undefined;
    if (state === undefined || !mayRead(state, connection.deviceId)) {
      tellOfRevocation(turn, store, connection, state, message);
      // One answer for both, so that a stranger cannot ask which scopes exist.
      const text = 'the device is not a member of this scope here';
      return refuseRequest(turn, connection, { code: 'E_FORBIDDEN', about: 'hello', message: text, scopeId });
    }
    enter(deps, connection, scopeId);
    const subscription = subscribe(turn, store, connection, state, message);
    const others = subscriptionsByScope.get(scopeId) ?? new Set();
    subscriptionsByScope.set(scopeId, others.add(subscription));
    turn.pending.add(subscription);
  }

  function append(turn: Turn, connection: Member, message: Extract<DeviceMessage, { type: 'append_entry' }>): void {
    const { scopeId, sequence, entry } = message;
    const { deviceId: sender } = connection;
    const stored = storeEntry({ store, states, policy, tokens, nowMs: turn.nowMs, sender }, message);
    if (!stored.ok) {
      return refuseRequest(turn, connection, { ...stored.error, about: 'entry', scopeId });
    }
    enter(deps, connection, scopeId);
    sendTo(turn, connection, { type: 'entry_appended', scopeId, sequence });
    if (stored.value !== 'known') {
      counts.entries++;
      const subscriptions = subscriptionsByScope.get(scopeId) ?? [];
      announceEntry(turn, connection, stored.value, entry, subscriptions);
    }
  }

  function received(turn: Turn, connection: Member, message: Extract<DeviceMessage, { type: 'received' }>): void {
    const subscription = connection.subscriptions.get(message.scopeId);
    if (subscription === undefined) {
      return;
    }
    if (!confirm(subscription, message.delivery)) {
      return expel(turn, connection, 'E_BAD_MESSAGE', 'a delivery was confirmed that was never sent');
    }
    for (const waiting of connection.subscriptions.values()) {
      turn.pending.add(waiting);
    }
  }

  /** Says why, and ends the connection. */
  function expel(turn: Turn, connection: Connection, code: RelayErrorCode, message: string) {
    refuseRequest(turn, connection, { code, about: 'connection', message });
    close(turn, connection, message);
  }

  function close(turn: Turn, connection: Connection, reason: string): void {
    if (!connection.isClosed) {
      turn.effects.push({ type: 'close', connectionId: connection.id, reason });
      forget(turn, connection);
    }
  }

  function forget(turn: Turn, connection: Connection): void {
    for (const subscription of connection.subscriptions.values()) {
      if (subscription.hasWhispered) {
        tellLeft(turn, subscription, subscriptionsByScope.get(subscription.scopeId) ?? []);
      }
    }
    connection.isClosed = true;
    connections.delete(connection.id);
    pairing.closed(connection, turn.nowMs);
    connection.subscriptions.forEach(unsubscribe);
    if (connection.deviceId === undefined) {
      strangers--;
    } else if (connectionByDevice.get(connection.deviceId) === connection) {
      connectionByDevice.delete(connection.deviceId);
    }
  }

  function unsubscribe(subscription: Subscription): void {
    const { connection, scopeId, outstandingBytes } = subscription;
    connection.subscriptions.delete(scopeId);
    connection.outstandingBytes -= outstandingBytes;
    const others = subscriptionsByScope.get(scopeId);
    others?.delete(subscription);
    if (others?.size === 0) {
      subscriptionsByScope.delete(scopeId);
    }
  }

  function tick(nowMs: number, blindMs = 0): Effects {
    const turn = createTurn(nowMs);
    for (const connection of connections.values()) {
      connection.openedMs += blindMs;
      connection.heardMs += blindMs;
      const overdue = whyOverdue(connection, policy, nowMs);
      if (overdue !== undefined) {
        close(turn, connection, overdue);
      }
    }
    for (const connection of pairing.tick(turn)) {
      close(turn, connection, 'the pairing code expired');
    }
    return turn.effects;
  }

  return {
    stepMany,
    tick,
    standingOf(connectionId) {
      const connection = connections.get(connectionId);
      return connection && standingOf(connection);
    },
    get stats(): MailboxStats {
      return { ...counts, connections: connections.size, strangers, pairingMailboxes: pairing.count };
    },
  };
}
