import type { DeviceKeys } from '../crypto/keys.ts';
import { answerChallenge } from '../sync/wire/authenticate.ts';
import type { SessionEffect, SessionEvent } from '../sync/ground/session.ts';
import type { RelayLine } from './relay-line.ts';
import type { Delivery, RelayLinkHandlers } from './relay-link.ts';
import type { SessionTurns } from './session-turns.ts';

/** What the effects of a session are performed with. */
export interface Performers {
  readonly line: RelayLine;
  readonly turns: SessionTurns;
  readonly handlers: RelayLinkHandlers;
  readonly keys: DeviceKeys;
  /** The address for which a challenge is answered. */
  readonly origin: string;
  readonly storeFailed: ((cause: unknown) => boolean) | undefined;
  /** The disk failed, and is not well yet: nothing is written. */
  isWithheld: boolean;
}

type Asking = Extract<SessionEffect, { type: 'read_own' | 'read_chain' | 'read_entries' }>;
type OfLine = Extract<SessionEffect, { type: 'connect' | 'disconnect' | 'send' | 'answer_challenge' }>;
type Telling = Exclude<SessionEffect, Asking | OfLine | Delivery>;

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

/** Performs an effect, unless it writes and the disk failed. */
export function attempt(performers: Performers, effect: SessionEffect): void {
  unlessWithheld(performers, effect, () => perform(performers, effect));
}

/** Nothing more is written after a failure of the disk; any other one is thrown on. */
export function withhold(performers: Performers, cause: unknown): void {
  if (performers.storeFailed?.(cause) !== true) {
    throw cause;
  }
  performers.isWithheld = true;
}

function unlessWithheld(performers: Performers, effect: SessionEffect, work: () => void): void {
  if (performers.isWithheld && writing.has(effect.type)) {
    return;
  }
  try {
    work();
  } catch (cause) {
    withhold(performers, cause);
  }
}

function perform(performers: Performers, effect: SessionEffect): void {
  switch (effect.type) {
    case 'connect':
    case 'disconnect':
    case 'send':
    case 'answer_challenge':
      return performOnLine(performers, effect);
    case 'read_own':
    case 'read_chain':
    case 'read_entries':
      return performers.turns.answer(read(performers.handlers, effect));
    case 'receive':
      return receive(performers, effect, effect.batches, false);
    default:
      return tell(performers, effect);
  }
}

function performOnLine({ line, keys, origin }: Performers, effect: OfLine): void {
  switch (effect.type) {
    case 'connect':
      return line.connectAfter(effect.afterMs);
    case 'disconnect':
      return line.drop();
    case 'send':
      return line.send(effect.message);
    case 'answer_challenge':
      return line.send(answerChallenge(keys, effect.nonce, origin, Date.now(), effect.version));
  }
}

/** What the session asked of the disk. */
function read(
  handlers: Pick<RelayLinkHandlers, 'readOwn' | 'readEntries' | 'readChain'>,
  effect: Asking,
): SessionEvent {
  switch (effect.type) {
    case 'read_own': {
      const { scopeId, after, limitBytes } = effect;
      return { type: 'own_batches', scopeId, ...handlers.readOwn(scopeId, after, limitBytes) };
    }
    case 'read_chain': {
      const { scopeId, deviceId, after, limitBytes } = effect;
      const batches = handlers.readChain(scopeId, deviceId, after, limitBytes);
      return { type: 'chain_batches', scopeId, deviceId, batches };
    }
    case 'read_entries': {
      const { scopeId, from, limitBytes } = effect;
      return { type: 'own_entries', scopeId, from, entries: handlers.readEntries(scopeId, from, limitBytes) };
    }
  }
}

/** A delivery that is taken in little by little goes on until its end; everything else waits meanwhile. */
function receive(
  performers: Performers,
  delivery: Delivery,
  batches: readonly Uint8Array[],
  mustAskAgain: boolean,
): void {
  const { handlers, turns } = performers;
  const { scopeId, caughtUp } = delivery;
  const { left, askAgain } = handlers.receive(scopeId, batches, caughtUp);
  if (left.length > 0) {
    turns.interrupt(() => {
      unlessWithheld(performers, delivery, () => receive(performers, delivery, left, mustAskAgain || askAgain));
    });
  } else if (mustAskAgain || askAgain) {
    startOver(performers, 'a delivery did not follow what is held here; asking again');
  } else {
    // Before what came meanwhile, as if it had taken no time.
    turns.answerFirst({ type: 'committed', scopeId, delivery: delivery.delivery });
  }
}

function startOver({ line, turns }: Performers, reason: string): void {
  line.drop();
  turns.answer({ type: 'disconnected', reason });
}

function tell(performers: Performers, effect: Telling): void {
  const { handlers } = performers;
  switch (effect.type) {
    case 'receive_entries':
      return handlers.receiveEntries(effect.scopeId, effect.from, effect.entries);
    case 'entry_settled':
      return handlers.entrySettled(effect.scopeId, effect.sequence, effect.accepted);
    case 'acknowledged':
      return handlers.acknowledged(effect.scopeId, effect.sequence);
    case 'caught_up':
      return handlers.caughtUp(effect.scopeId);
    case 'own_chain_complete':
      if (handlers.ownChainComplete(effect.scopeId)) {
        startOver(performers, 'the own chain came back from the relay; going on with it');
      }
      return;
    case 'own_chain_behind':
    case 'relay_behind':
    case 'relay_seen':
    case 'relay_whole':
    case 'seeded':
    case 'not_forwarded':
      return handlers.relayShown(effect);
    case 'whispered':
      return handlers.whispered(effect.scopeId, effect.body);
    case 'left':
      return handlers.left(effect.deviceId);
    case 'state_changed':
      return handlers.stateChanged(effect.state);
  }
}
