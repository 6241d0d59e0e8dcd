import { unreachable } from '../base/assert.ts';
import type { ScopeId } from '../base/ids.ts';
import { type RelayMessage, whisperVersion } from './wire/messages.ts';
import type { SessionConnection } from './session-connection.ts';
import type { SessionScopes } from './session-scopes.ts';
import type { SessionEffect, SessionEvent } from './ground/session.ts';

type ScopeMessage = Exclude<Extract<RelayMessage, { scopeId: ScopeId }>, { type: 'error' }>;

/** What the relay says, and what only a relay that knows it is told. */
export interface SessionMessages {
  receive(message: RelayMessage, nowMs: number): void;
  whisper(event: Extract<SessionEvent, { type: 'whisper' }>): void;
}

/** Each reading answers a reason where the relay breaks the protocol, which ends the connection. */
export function createSessionMessages(
  scopes: Pick<SessionScopes, 'get' | 'begin' | 'deliver'>,
  connection: Pick<SessionConnection, 'phase' | 'fail' | 'heard' | 'answered' | 'welcomed' | 'refused'>,
  emit: (effect: SessionEffect) => void,
): SessionMessages {
  /** What the relay of this connection speaks. */
  let relayVersion = 0;

  /** Before the welcome. */
  function greeting(message: RelayMessage, nowMs: number): string | undefined {
    const { phase } = connection;
    const isAnswered = phase.is === 'authenticating' && phase.isAnswered;
    switch (message.type) {
      case 'challenge':
        if (isAnswered) {
          return 'the relay sent a second challenge';
        }
        connection.answered();
        relayVersion = message.version;
        emit({ type: 'answer_challenge', nonce: message.nonce, version: message.version });
        return undefined;
      case 'welcome':
        if (!isAnswered) {
          return 'the relay sent a welcome before its challenge';
        }
        connection.welcomed(nowMs);
        scopes.begin(new Map(message.scopes.map((scope) => [scope.scopeId, scope.logSequence])));
        return undefined;
      case 'error':
        return onError(message, nowMs);
      default:
        return `the relay sent ${message.type} before its welcome`;
    }
  }

  function onlineMessage(message: RelayMessage, nowMs: number): string | undefined {
    switch (message.type) {
      case 'pong':
        return undefined;
      case 'error':
        return onError(message, nowMs);
      case 'challenge':
      case 'welcome':
      case 'mailbox_opened':
      case 'mailbox_message':
        return `the relay sent ${message.type} in the middle of a session`;
      default:
        return scopeMessage(scopes, message, emit, nowMs);
    }
  }

  function onError(error: Extract<RelayMessage, { type: 'error' }>, nowMs: number): string | undefined {
    if (error.scopeId !== null) {
      return scopes.get(error.scopeId)?.refused(error, nowMs);
    }
    if (error.code === 'E_AUTH' || error.code === 'E_VERSION' || error.code === 'E_FORBIDDEN') {
      connection.refused({ code: error.code, reason: error.message });
    }
    return error.message;
  }

  return {
    receive(message, nowMs) {
      connection.heard(nowMs);
      const read = connection.phase.is === 'online' ? onlineMessage : greeting;
      const fault = read(message, nowMs);
      if (fault !== undefined) {
        connection.fail(fault, nowMs);
      }
    },
    /** Only to a relay that knows what it is, and has let this device into the scope. */
    whisper({ scopeId, body }) {
      if (connection.phase.is === 'online' && relayVersion >= whisperVersion && scopes.get(scopeId)?.isOpen === true) {
        emit({ type: 'send', message: { type: 'whisper', scopeId, body } });
      }
    },
  };
}

function scopeMessage(
  scopes: Pick<SessionScopes, 'get' | 'deliver'>,
  message: ScopeMessage,
  emit: (effect: SessionEffect) => void,
  nowMs: number,
): string | undefined {
  const { scopeId } = message;
  const scope = scopes.get(scopeId);
  if (scope === undefined) {
    return `the relay sent ${message.type} of a scope that was not asked for`;
  }
  switch (message.type) {
    case 'state':
      return scope.opened(message);
    case 'entries':
      return scope.entries.receive(message.from, message.entries) ? undefined : 'the relay left out membership entries';
    case 'entry_appended':
      scope.entryAppended(message.sequence);
      return undefined;
    case 'acknowledge':
      return scope.acknowledged(message.sequence);
    case 'seeded':
      return scope.seeded(message.deviceId, message.sequence);
    case 'whispered':
      emit({ type: 'whispered', scopeId, body: message.body });
      return undefined;
    case 'left':
      emit({ type: 'left', deviceId: message.deviceId });
      return undefined;
    case 'deliver':
      return scopes.deliver(scope, message, nowMs);
    default:
      return unreachable(message);
  }
}
