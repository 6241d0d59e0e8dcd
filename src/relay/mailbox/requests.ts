import { unreachable } from '../../base/assert.ts';
import { isAnswerValid } from '../../sync/wire/authenticate.ts';
import { type DeviceMessage, oldestVersion, protocolVersion } from '../../sync/wire/messages.ts';
import type { RelayPolicy } from '../policy.ts';
import type { RelayStore } from '../port.ts';
import type { RegistrationTokens } from '../registration/token-folder.ts';
import { storeEntry } from './append-entry.ts';
import { type Connection, type Turn, refuseRequest, sendTo } from './connection.ts';
import type { Connections, Member } from './connections.ts';
import { confirm } from './deliver.ts';
import { announceEntry, enter, hasBeenIn, mayRead, subscribe, tellOfRevocation } from './members.ts';
import type { PairingMailboxes } from './pairing.ts';
import type { ScopeStates } from './scope-states.ts';
import { takePush, takeSeed } from './take-batches.ts';
import { passOn } from './whispers.ts';

export interface RequestDeps {
  readonly store: RelayStore;
  readonly policy: RelayPolicy;
  readonly origins: readonly string[];
  readonly tokens: RegistrationTokens;
  readonly states: ScopeStates;
  readonly connections: Connections;
  readonly pairing: PairingMailboxes;
  /** A membership entry was stored that was not known. */
  readonly entryStored: () => void;
}

type Of<Type extends DeviceMessage['type']> = Extract<DeviceMessage, { type: Type }>;

/** What somebody asks who has not said yet who it is. */
export function onStranger(deps: RequestDeps, turn: Turn, connection: Connection, message: DeviceMessage): void {
  const { connections, pairing } = deps;
  switch (message.type) {
    case 'authenticate':
      return authenticate(deps, turn, connection, message);
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
      return connections.expel(turn, connection, 'E_AUTH', `${message.type} comes after authenticate`);
    default:
      return unreachable(message);
  }
}

/** What a device asks that has said who it is. */
export function onMember(deps: RequestDeps, turn: Turn, connection: Member, message: DeviceMessage): void {
  const { connections, store, policy, states } = deps;
  const taking = { store, policy, stateOf: states.get };
  switch (message.type) {
    case 'hello':
      return hello(deps, turn, connection, message);
    case 'append_entry':
      return append(deps, turn, connection, message);
    case 'push':
      return takePush(turn, taking, connection, message);
    case 'seed':
      return takeSeed(turn, taking, connection, message);
    case 'whisper':
      return passOn(turn, connection, message, connections.listenersOf(message.scopeId));
    case 'received':
      return received(deps, turn, connection, message);
    case 'ping':
      return sendTo(turn, connection, { type: 'pong' });
    case 'authenticate':
    case 'mailbox_open':
    case 'mailbox_put':
    case 'mailbox_delete':
      return connections.expel(turn, connection, 'E_BAD_MESSAGE', `${message.type} has no place in a session`);
    default:
      return unreachable(message);
  }
}

function authenticate(deps: RequestDeps, turn: Turn, connection: Connection, message: Of<'authenticate'>): void {
  const { connections, store, policy, origins } = deps;
  const { version, deviceId } = message;
  if (version < oldestVersion || version > protocolVersion) {
    const text = `this relay speaks protocol ${protocolVersion}, the device ${version}: upgrade the older side`;
    return connections.expel(turn, connection, 'E_VERSION', text);
  }
  if (connection.pairing !== undefined || !isAnswerValid(message, connection.nonce, origins)) {
    const text = 'the answer to the challenge is not valid for this relay; check the address under which it is dialled';
    return connections.expel(turn, connection, 'E_AUTH', text);
  }
  const member = connections.become(turn, connection, deviceId, version);
  const scopes = [];
  for (const scopeId of store.scopesOf(deviceId, policy.scopesPerConnection)) {
    const logSequence = store.entryCount(scopeId) - 1;
    scopes.push({ scopeId, logSequence });
    enter(deps, member, scopeId);
  }
  sendTo(turn, connection, { type: 'welcome', scopes });
}

function hello(deps: RequestDeps, turn: Turn, connection: Member, message: Of<'hello'>): void {
  const { connections, store, policy, states } = deps;
  const { scopeId } = message;
  if (connection.subscriptions.has(scopeId) || connection.subscriptions.size >= policy.scopesPerConnection) {
    const text = 'one connection says hello once for each of its scopes';
    return connections.expel(turn, connection, 'E_BAD_MESSAGE', text);
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
  connections.listen(subscription);
  turn.pending.add(subscription);
}

function append(deps: RequestDeps, turn: Turn, connection: Member, message: Of<'append_entry'>): void {
  const { scopeId, sequence, entry } = message;
  const stored = storeEntry({ ...deps, nowMs: turn.nowMs, sender: connection.deviceId }, message);
  if (!stored.ok) {
    return refuseRequest(turn, connection, { ...stored.error, about: 'entry', scopeId });
  }
  enter(deps, connection, scopeId);
  sendTo(turn, connection, { type: 'entry_appended', scopeId, sequence });
  if (stored.value !== 'known') {
    deps.entryStored();
    announceEntry(turn, connection, stored.value, entry, deps.connections.listenersOf(scopeId));
  }
}

function received({ connections }: RequestDeps, turn: Turn, connection: Member, message: Of<'received'>): void {
  const subscription = connection.subscriptions.get(message.scopeId);
  if (subscription === undefined) {
    return;
  }
  if (!confirm(subscription, message.delivery)) {
    return connections.expel(turn, connection, 'E_BAD_MESSAGE', 'a delivery was confirmed that was never sent');
  }
  for (const waiting of connection.subscriptions.values()) {
    turn.pending.add(waiting);
  }
}
