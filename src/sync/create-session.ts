import { unreachable } from '../base/assert.ts';
import { createSessionConnection } from './session-connection.ts';
import { createSessionMessages } from './session-messages.ts';
import { relayStateOf } from './session-phase.ts';
import { type SessionScopes, createSessionScopes } from './session-scopes.ts';
import type { RelayState, Session, SessionEffect, SessionEvent, SessionOptions } from './ground/session.ts';

/** Creates a session in state offline; the first `tick` or `resume` connects. Rules: SPEC.md in this folder. */
export function createSession(options: SessionOptions): Session {
  let effects: SessionEffect[] = [];
  const emit = (effect: SessionEffect): void => void effects.push(effect);
  const scopes = createSessionScopes(options, emit);
  const connection = createSessionConnection(options, scopes, emit);
  const messages = createSessionMessages(scopes, connection, emit);
  let shown = '';

  const stateNow = (): RelayState => relayStateOf(connection.phase, scopes.states);

  /** Reports a change that a person would see. */
  function showState(): void {
    const { phase } = connection;
    const key = phase.is === 'offline' ? `offline ${phase.nextAttemptMs}` : phase.is;
    const wanted = phase.is === 'online' ? key + scopes.mark() : key;
    if (wanted !== shown) {
      shown = wanted;
      emit({ type: 'state_changed', state: stateNow() });
    }
  }

  function handle(event: SessionEvent, nowMs: number): void {
    switch (event.type) {
      case 'connected':
        return connection.connected(event.views ?? [], nowMs);
      case 'message':
        return connection.isConnected ? messages.receive(event.message, nowMs) : undefined;
      case 'bad_frame':
        return connection.isConnected
          ? connection.fail(`the relay sent a frame that cannot be read: ${event.reason}`, nowMs)
          : undefined;
      case 'disconnected':
        return connection.phase.is === 'paused' ? undefined : connection.dropped(event, nowMs);
      case 'scope_added':
        return scopes.added(event.view, connection.phase.is === 'online');
      case 'whisper':
        return messages.whisper(event);
      case 'tick':
        return connection.tick(nowMs);
      case 'pause':
        return connection.pause();
      case 'resume':
        return connection.resume(nowMs);
      default:
        return ofScopes(scopes, event);
    }
  }

  return {
    step(event, nowMs) {
      effects = [];
      handle(event, nowMs);
      showState();
      return effects;
    },
    get state(): RelayState {
      return stateNow();
    },
  };
}

type OfScopes = Extract<
  SessionEvent,
  { type: 'appended' | 'own_batches' | 'chain_batches' | 'own_entries' | 'committed' | 'entries_held' | 'entry_wanted' }
>;

/** What this device did, or was asked for, in one of its scopes. */
function ofScopes(scopes: Pick<SessionScopes, 'get' | 'committed'>, event: OfScopes): void {
  switch (event.type) {
    case 'appended':
      return scopes.get(event.scopeId)?.pushes.appended(event);
    case 'own_batches':
      return scopes.get(event.scopeId)?.ownBatches(event.batches);
    case 'chain_batches':
      return scopes.get(event.scopeId)?.seeds.chainBatches(event.deviceId, event.batches);
    case 'own_entries':
      return scopes.get(event.scopeId)?.entries.ownEntries(event.from, event.entries);
    case 'committed':
      return scopes.committed(event.delivery);
    case 'entries_held':
      return scopes.get(event.scopeId)?.entriesHeld(event.logSequence);
    case 'entry_wanted':
      return scopes.get(event.scopeId)?.entries.want(event.sequence, event.entry);
    default:
      return unreachable(event);
  }
}
