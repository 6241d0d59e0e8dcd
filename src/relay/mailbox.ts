import type { RandomBytes } from '../crypto/keys.ts';
import {
  type ConnectionId,
  type ConnectionStanding,
  type MailboxEffect,
  type MailboxInput,
  type Subscription,
  type Turn,
  createTurn,
  sendTo,
  standingOf,
  writes,
} from './mailbox/connection.ts';
import { type Member, createConnections } from './mailbox/connections.ts';
import { deliver } from './mailbox/deliver.ts';
import { noTokens } from './mailbox/may-found.ts';
import { createPairingMailboxes } from './mailbox/pairing.ts';
import { type RequestDeps, onMember, onStranger } from './mailbox/requests.ts';
import { createScopeStates } from './mailbox/scope-states.ts';
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

export function createMailbox({ store, origins, policy, tokens = noTokens }: MailboxOptions): Mailbox {
  const states = createScopeStates(store, policy.cachedScopes);
  const pairing = createPairingMailboxes(policy);
  const connections = createConnections(policy, pairing.closed);
  const counts = { batches: 0, batchBytes: 0, entries: 0, turns: 0 };
  const entryStored = (): void => void counts.entries++;
  const deps: RequestDeps = { store, policy, origins, tokens, states, connections, pairing, entryStored };

  return {
    stepMany(inputs, nowMs, randomBytes) {
      const turn = createTurn(nowMs);
      const work = (): void => inputs.forEach((input) => handle(deps, turn, input, randomBytes));
      let isStored = false;
      try {
        if (inputs.some(writes)) {
          store.transaction(work);
        } else {
          work();
        }
        isStored = true;
        counts.turns++;
        for (const { batches } of turn.arrived.values()) {
          counts.batches += batches.length;
          counts.batchBytes += batches.reduce((sum, batch) => sum + batch.bytes.length, 0);
        }
        confirmAndDeliver(deps, turn);
      } catch (cause) {
        return abandon(deps, turn, inputs, cause, isStored);
      }
      return turn.effects;
    },
    tick(nowMs, blindMs = 0) {
      const turn = createTurn(nowMs);
      connections.closeOverdue(turn, blindMs);
      for (const connection of pairing.tick(turn)) {
        connections.close(turn, connection, 'the pairing code expired');
      }
      return turn.effects;
    },
    standingOf(connectionId) {
      const connection = connections.get(connectionId);
      return connection && standingOf(connection);
    },
    get stats(): MailboxStats {
      const { count, strangers } = connections;
      return { ...counts, connections: count, strangers, pairingMailboxes: pairing.count };
    },
  };
}

function handle(deps: RequestDeps, turn: Turn, input: MailboxInput, randomBytes: RandomBytes): void {
  const { connections } = deps;
  const { connectionId, event } = input;
  if (event === 'opened') {
    return connections.open(turn, input, randomBytes);
  }
  const connection = connections.get(connectionId);
  if (connection === undefined) {
    return;
  }
  if (event === 'closed') {
    return connections.forget(turn, connection);
  }
  if (event.type === 'bad_frame') {
    const code = event.isTooLarge === true ? 'E_TOO_LARGE' : 'E_BAD_MESSAGE';
    return connections.expel(turn, connection, code, event.message);
  }
  connection.heardMs = turn.nowMs;
  const forMs = connection.rate.spend(event.type, turn.nowMs);
  if (forMs > 0) {
    connection.heardMs += forMs;
    turn.effects.push({ type: 'throttle', connectionId, forMs });
  }
  if (connection.deviceId !== undefined) {
    onMember(deps, turn, connection as Member, event);
  } else {
    onStranger(deps, turn, connection, event);
  }
}

function confirmAndDeliver({ store, policy, connections }: RequestDeps, turn: Turn): void {
  turn.ended.forEach(connections.unsubscribe);
  for (const [connection, byScope] of turn.acknowledged) {
    for (const [scopeId, sequence] of byScope) {
      sendTo(turn, connection, { type: 'acknowledge', scopeId, sequence });
    }
  }
  for (const { connection, scopeId, deviceId, sequence } of turn.seeded) {
    sendTo(turn, connection, { type: 'seeded', scopeId, deviceId, sequence });
  }
  for (const scopeId of turn.arrived.keys()) {
    for (const subscription of connections.listenersOf(scopeId)) {
      turn.pending.add(subscription);
    }
  }
  for (const subscription of turn.pending) {
    deliver(turn, { store, policy }, subscription);
  }
}

/**
 * Who took part comes again and says the same once more. Where the turn was stored and only telling of it failed, who
 * should have been sent something comes again too, so that no cursor stands past what was never sent.
 */
function abandon(
  deps: RequestDeps,
  failed: Turn,
  inputs: readonly MailboxInput[],
  cause: unknown,
  isStored: boolean,
): readonly MailboxEffect[] {
  const { states, connections } = deps;
  const turn = createTurn(failed.nowMs);
  const reason = `the relay could not ${inputs.some(writes) ? 'store this' : 'read what it holds'}`;
  states.clear();
  turn.effects.push({ type: 'store_failed', cause }, ...failed.effects.filter((effect) => effect.type === 'close'));
  for (const connectionId of new Set(inputs.map((input) => input.connectionId))) {
    const connection = connections.get(connectionId);
    if (connection === undefined) {
      turn.effects.push({ type: 'close', connectionId, reason });
    } else {
      connections.close(turn, connection, reason);
    }
  }
  for (const { connection } of isStored ? listenersOf(deps, failed) : []) {
    if (connections.get(connection.id) !== undefined) {
      connections.close(turn, connection, 'the relay could not read what it stored');
    }
  }
  return turn.effects;
}

function listenersOf({ connections }: RequestDeps, turn: Turn): Iterable<Subscription> {
  const arrived = [...turn.arrived.keys()].flatMap((scopeId) => [...connections.listenersOf(scopeId)]);
  return new Set([...turn.pending, ...arrived]);
}
