import { WebSocket } from 'ws';
import type { RelayAddress } from '../base/relay-address.ts';
import type { DeviceKeys } from '../crypto/keys.ts';
import { answerChallenge, originOf } from '../sync/authenticate.ts';
import { decodeRelayMessage, encodeMessage } from '../sync/codec.ts';
import type { DeviceMessage } from '../sync/messages.ts';
import type { RelayState, Session, SessionEffect, SessionEvent } from '../sync/session.ts';
import { isIdentityFault, isRouteFault, openRelaySocket } from './open-socket.ts';
import type { RelayLinkHandlers, Delivery, RelayLink } from './relay-link.ts';

/** What writes on this device; all of it is told again on a new connection. */
const writing: ReadonlySet<SessionEffect['type']> = new Set([
  'receive',
  'acknowledged',
  'caught_up',
  'own_chain_complete',
  'own_chain_behind',
  'relay_behind',
  'relay_seen',
  'relay_whole',
  'seeded',
  'not_forwarded',
]);

const tickIntervalMs = 1000;
const closingTimeoutMs = 1000;

export function createRelayLink(options: {
  readonly address: RelayAddress;
  readonly session: Session;
  readonly keys: DeviceKeys;
  readonly handlers: RelayLinkHandlers;
  /**
   * True for an error of the disk under what the handlers write. From then on nothing more is written, or confirmed to the
   * relay, until the disk is well; what stands in membership logs is tried all the same, and sending goes on.
   */
  readonly storeFailed?: (cause: unknown) => boolean;
}): RelayLink {
  const { address, session, keys, handlers, storeFailed } = options;
  let socket: WebSocket | undefined;
  let connectTimer: NodeJS.Timeout | undefined;
  let stopped = false;
  let isWithheld = false;
  const ticker = setInterval(() => {
    step({ type: 'tick' });
  }, tickIntervalMs);
  // Events that arise while effects are performed wait their turn: a session is stepped by one event at a time.
  const waiting: SessionEvent[] = [];
  const effects: SessionEffect[] = [];
  let stepping = false;
  /** What goes on with a delivery that is taken in little by little: until its end everything else waits. */
  let goingOn: NodeJS.Immediate | undefined;

  function step(event: SessionEvent): void {
    waiting.push(event);
    work();
  }

  function work(): void {
    if (stepping) {
      return;
    }
    stepping = true;
    try {
      while (goingOn === undefined && effects.length + waiting.length > 0) {
        const effect = effects.shift();
        const event = effect === undefined ? waiting.shift() : undefined;
        if (effect !== undefined) {
          attempt(effect);
        } else if (event !== undefined) {
          effects.push(...session.step(event, performance.now()));
        }
      }
    } finally {
      stepping = false;
    }
  }

  function receive(delivery: Delivery, batches: readonly Uint8Array[], mustAskAgain: boolean): void {
    const { scopeId, caughtUp } = delivery;
    const { left, askAgain } = handlers.receive(scopeId, batches, caughtUp);
    if (left.length > 0) {
      const goOn = (): void => {
        goingOn = undefined;
        attempt({ ...delivery, batches: left }, mustAskAgain || askAgain);
        work();
      };
      // Not at the end of this round of the loop, which had a batch to take in, but of the next.
      goingOn = setImmediate(() => {
        goingOn = setImmediate(goOn);
      });
    } else if (mustAskAgain || askAgain) {
      startOver('a delivery did not follow what is held here; asking again');
    } else {
      // Before what came meanwhile, as if it had taken no time.
      waiting.unshift({ type: 'committed', scopeId, delivery: delivery.delivery });
    }
  }

  function attempt(effect: SessionEffect, mustAskAgain = false): void {
    if (isWithheld && writing.has(effect.type)) {
      return;
    }
    try {
      perform(effect, mustAskAgain);
    } catch (cause) {
      withhold(cause);
    }
  }

  function withhold(cause: unknown): void {
    if (storeFailed?.(cause) !== true) {
      throw cause;
    }
    isWithheld = true;
  }

  function perform(effect: SessionEffect, mustAskAgain: boolean): void {
    switch (effect.type) {
      case 'connect':
        clearTimeout(connectTimer);
        connectTimer = setTimeout(connect, effect.afterMs);
        return;
      case 'disconnect':
        drop();
        return;
      case 'send':
        send(effect.message);
        return;
      case 'answer_challenge':
        send(answerChallenge(keys, effect.nonce, originOf(address.url) ?? address.url, Date.now(), effect.version));
        return;
      case 'read_own': {
        const { scopeId, after, limitBytes } = effect;
        waiting.push({ type: 'own_batches', scopeId, ...handlers.readOwn(scopeId, after, limitBytes) });
        return;
      }
      case 'read_chain': {
        const { scopeId, deviceId, after, limitBytes } = effect;
        const batches = handlers.readChain(scopeId, deviceId, after, limitBytes);
        waiting.push({ type: 'chain_batches', scopeId, deviceId, batches });
        return;
      }
      case 'read_entries': {
        const { scopeId, from, limitBytes } = effect;
        waiting.push({ type: 'own_entries', scopeId, from, entries: handlers.readEntries(scopeId, from, limitBytes) });
        return;
      }
      case 'receive':
        receive(effect, effect.batches, mustAskAgain);
        return;
      case 'receive_entries':
        handlers.receiveEntries(effect.scopeId, effect.from, effect.entries);
        return;
      case 'entry_settled':
        handlers.entrySettled(effect.scopeId, effect.sequence, effect.accepted);
        return;
      case 'acknowledged':
        handlers.acknowledged(effect.scopeId, effect.sequence);
        return;
      case 'caught_up':
        handlers.caughtUp(effect.scopeId);
        return;
      case 'own_chain_complete':
        if (handlers.ownChainComplete(effect.scopeId)) {
          startOver('the own chain came back from the relay; going on with it');
        }
        return;
      case 'own_chain_behind':
      case 'relay_behind':
      case 'relay_seen':
      case 'relay_whole':
      case 'seeded':
      case 'not_forwarded':
        handlers.relayShown(effect);
        return;
      case 'whispered':
        handlers.whispered(effect.scopeId, effect.body);
        return;
      case 'left':
        handlers.left(effect.deviceId);
        return;
      case 'state_changed':
        handlers.stateChanged(effect.state);
        return;
    }
  }

  function startOver(reason: string): void {
    drop();
    waiting.push({ type: 'disconnected', reason });
  }

  function connect(): void {
    if (stopped) {
      return;
    }
    drop();
    const opened = openRelaySocket(address);
    socket = opened;
    let reason: string | undefined;
    let untrusted = false;
    let noRoute = false;
    opened.on('open', () => {
      try {
        whileCurrent(opened, { type: 'connected', views: handlers.views() });
      } catch (cause) {
        withhold(cause);
        reason = 'what this device holds cannot be read';
        opened.terminate();
      }
    });
    opened.on('message', (data: Buffer, isBinary) => {
      const decoded = isBinary ? decodeRelayMessage(data) : undefined;
      whileCurrent(
        opened,
        decoded?.ok === true
          ? { type: 'message', message: decoded.value }
          : { type: 'bad_frame', reason: decoded?.error.message ?? 'a text frame' },
      );
    });
    opened.on('error', (cause) => {
      reason = cause.message;
      untrusted = isIdentityFault(cause);
      noRoute = isRouteFault(cause);
    });
    opened.on('close', (_, word) => {
      reason ??= word.length > 0 ? `the relay ended the connection: ${word.toString()}` : 'the connection was closed';
      whileCurrent(opened, { type: 'disconnected', reason, untrusted, noRoute });
    });
  }

  function whileCurrent(from: WebSocket, event: SessionEvent): void {
    if (socket === from) {
      if (event.type === 'disconnected') {
        socket = undefined;
      }
      step(event);
    }
  }

  function drop(): void {
    const dropped = socket;
    socket = undefined;
    dropped?.terminate();
  }

  function send(message: DeviceMessage): void {
    if (socket?.readyState === WebSocket.OPEN) {
      socket.send(encodeMessage(message));
    }
  }

  return {
    get state(): RelayState {
      return session.state;
    },
    step,
    storeIsWell() {
      const { state } = session.state;
      if (isWithheld && !['paused', 'refused', 'untrusted'].includes(state)) {
        drop();
        step({ type: 'disconnected', reason: 'the disk of this device is well again' });
        step({ type: 'resume' });
      }
      isWithheld = false;
    },
    async stop() {
      stopped = true;
      clearInterval(ticker);
      clearTimeout(connectTimer);
      clearImmediate(goingOn);
      const closing = socket;
      socket = undefined;
      if (closing !== undefined) {
        await new Promise<void>((resolve) => {
          const impatience = setTimeout(() => {
            closing.terminate();
          }, closingTimeoutMs);
          closing.once('close', () => {
            clearTimeout(impatience);
            resolve();
          });
          closing.close();
        });
      }
    },
  };
}
