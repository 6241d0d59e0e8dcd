import { WebSocket } from 'ws';
import type { ScopeId } from '../base/ids.ts';
import type { RelayAddress } from '../base/relay-address.ts';
import { type Result, err, ok } from '../base/result.ts';
import type { DeviceKeys } from '../crypto/keys.ts';
import { answerChallenge, originOf } from '../sync/wire/authenticate.ts';
import { decodeRelayMessage, encodeMessage } from '../sync/wire/codec.ts';
import type { DeviceMessage, RelayMessage } from '../sync/wire/messages.ts';
import { openRelaySocket } from './open-socket.ts';

/**
 * A short stay at a relay, to look at scopes as a whole and to append membership entries: recovery, which holds nothing
 * yet. Everything is handed out as it came, unverified. Each call answers a fault in words when the relay refuses, falls
 * silent or breaks the protocol, and none answers after that.
 */
export interface RelayVisit {
  /** Scopes that this identity may read here, with the position of their logs. */
  readonly scopes: readonly { readonly scopeId: ScopeId; readonly logSequence: number }[];
  /**
   * The membership log. Then every batch, in order of arrival, goes to what `begin` answered to the log. Once a scope.
   */
  read(scopeId: ScopeId, begin: (entries: readonly Uint8Array[]) => BatchReader): Promise<ReadLog>;
  /** Appends one entry as exactly the next; false when another one came first. */
  append(scopeId: ScopeId, sequence: number, entry: Uint8Array): Promise<Result<boolean, string>>;
  close(): void;
}

export type BatchReader = (batch: Uint8Array) => void;
export type ReadLog = Result<readonly Uint8Array[], string>;

/** Longest silence of a relay that is asked something. */
const patienceMs = 20_000;

/** Calls at a relay under the given keys, which may be those of a root. */
export async function visitRelay(address: RelayAddress, keys: DeviceKeys): Promise<Result<RelayVisit, string>> {
  const link = openLink(address);
  const scopes = await greet(link, address.url, keys);
  if (!scopes.ok) {
    link.close();
    return scopes;
  }
  return ok({
    scopes: scopes.value,
    read: async (scopeId, begin) => readScope(link, scopeId, begin),
    append: async (scopeId, sequence, entry) => {
      link.send({ type: 'append_entry', scopeId, sequence, token: null, isNew: true, entry });
      return link.until<boolean>((message) => {
        if (message.type === 'entry_appended' && message.scopeId === scopeId && message.sequence === sequence) {
          return ok(true);
        }
        const isRefusal = message.type === 'error' && message.about === 'entry';
        return isRefusal ? (message.code === 'E_CONFLICT' ? ok(false) : err(message.message)) : undefined;
      });
    },
    close: () => {
      link.close();
    },
  });
}

async function greet(link: Link, url: string, keys: DeviceKeys): Promise<Result<RelayVisit['scopes'], string>> {
  return link.until((message) => {
    switch (message.type) {
      case 'challenge':
        link.send(answerChallenge(keys, message.nonce, originOf(url) ?? url, Date.now(), message.version));
        return undefined;
      case 'welcome':
        return ok(message.scopes);
      case 'error':
        return err(message.message);
      default:
        return err(`the relay sent ${message.type} before its welcome`);
    }
  });
}

async function readScope(
  link: Link,
  scopeId: ScopeId,
  begin: (entries: readonly Uint8Array[]) => BatchReader,
): Promise<ReadLog> {
  const entries: Uint8Array[] = [];
  let reader: BatchReader | undefined;
  link.send({ type: 'hello', scopeId, frontier: {}, logSequence: -1 });
  return link.until((message) => {
    if (message.type === 'error') {
      return err(message.message);
    }
    if (!('scopeId' in message) || message.scopeId !== scopeId) {
      return undefined;
    }
    switch (message.type) {
      case 'state':
        entries.push(...message.entries);
        return undefined;
      case 'entries':
        if (message.from === entries.length) {
          entries.push(...message.entries);
        }
        return undefined;
      case 'deliver':
        // The relay sends the whole log before the first delivery.
        reader ??= begin(entries);
        message.batches.forEach(reader);
        link.send({ type: 'received', scopeId, delivery: message.delivery });
        return message.caughtUp ? ok(entries) : undefined;
      default:
        return undefined;
    }
  });
}

interface Link {
  send(message: DeviceMessage): void;
  /** Hands each message to `look` until it answers; silence and the end of the connection are faults. */
  until<T>(look: (message: RelayMessage) => Result<T, string> | undefined): Promise<Result<T, string>>;
  close(): void;
}

function openLink(address: RelayAddress): Link {
  const socket = openRelaySocket(address);
  const early: RelayMessage[] = [];
  let fault: string | undefined;
  let hear: ((message: RelayMessage | undefined) => void) | undefined;

  function end(reason: string): void {
    fault ??= reason;
    hear?.(undefined);
  }

  socket.on('message', (data: Buffer, isBinary) => {
    const decoded = isBinary ? decodeRelayMessage(data) : undefined;
    if (decoded?.ok !== true) {
      end('the relay sent a frame that cannot be read');
      socket.terminate();
    } else if (hear === undefined) {
      early.push(decoded.value);
    } else {
      hear(decoded.value);
    }
  });
  socket.on('error', (cause) => {
    end(cause.message);
  });
  socket.on('close', () => {
    end('the relay ended the connection');
  });

  return {
    send(message) {
      if (socket.readyState === WebSocket.OPEN) {
        socket.send(encodeMessage(message));
      }
    },
    until: async (look) =>
      new Promise((resolve) => {
        const silence = setTimeout(() => {
          end('the relay does not answer');
          socket.terminate();
        }, patienceMs);
        const settle = (answer: Parameters<typeof resolve>[0]): void => {
          clearTimeout(silence);
          hear = undefined;
          resolve(answer);
        };
        hear = (message) => {
          silence.refresh();
          const answer = message === undefined ? err(fault ?? 'the relay does not answer') : look(message);
          if (answer !== undefined) {
            settle(answer);
          }
        };
        while (hear !== undefined && early.length > 0) {
          hear(early.shift());
        }
        if (hear !== undefined && fault !== undefined) {
          settle(err(fault));
        }
      }),
    close() {
      fault ??= 'the visit is over';
      socket.close();
    },
  };
}
