import { encodeMessage } from '../../sync/wire/codec.ts';
import { diskWords } from '../disk-words.ts';
import type { ConnectionId, MailboxEffect } from '../mailbox/connection.ts';
import type { TurnQueue } from '../turn-queue.ts';
import { type Peer, endSoon, readOrPause, send } from './peer.ts';

export type RelayLog = (level: 'info' | 'warn' | 'error', message: string) => void;

/** Everybody who is connected, what of them waits for its turn, and what is counted. */
export interface Crowd {
  readonly peers: Map<ConnectionId, Peer>;
  readonly arrived: TurnQueue;
  readonly log: RelayLog;
  /** Where the mailbox keeps what it has. */
  readonly storeName: string;
  cut: number;
  storeFailures: number;
}

/** Who is this far behind gets no whispers: they are old by the time they are read. */
const whisperBufferBytes = 64 * 1024;
const policyViolation = 1008;

/** Does what a mailbox orders. */
export function perform(crowd: Crowd, effects: readonly MailboxEffect[]): void {
  for (const effect of effects) {
    if (effect.type === 'store_failed') {
      crowd.storeFailures++;
      crowd.log('error', `the store failed: ${diskWords(crowd.storeName, effect.cause)}`);
      continue;
    }
    const peer = crowd.peers.get(effect.connectionId);
    if (peer !== undefined) {
      performFor(crowd, peer, effect);
    }
  }
}

/** Says why, and is rid of it; what it still sends goes nowhere. */
export function end({ peers }: Crowd, peer: Peer, code: number, reason: string): void {
  const { id, socket } = peer;
  peers.delete(id);
  clearTimeout(peer.throttle);
  socket.resume();
  socket.close(code, reason.slice(0, 100));
  endSoon(socket);
}

function performFor(crowd: Crowd, peer: Peer, effect: Exclude<MailboxEffect, { type: 'store_failed' }>): void {
  switch (effect.type) {
    case 'send':
      if (effect.message.type !== 'whispered' || peer.socket.bufferedAmount <= whisperBufferBytes) {
        sendOrCut(crowd, peer, encodeMessage(effect.message));
      }
      return;
    case 'close':
      crowd.cut++;
      return end(crowd, peer, policyViolation, effect.reason);
    case 'throttle':
      return throttle(crowd, peer, effect.forMs);
  }
}

function sendOrCut(crowd: Crowd, peer: Peer, bytes: Uint8Array): void {
  if (!send(peer, bytes)) {
    crowd.cut++;
    crowd.log('warn', `connection ${peer.id} does not read what it asked for and was cut`);
  }
}

function throttle({ arrived }: Crowd, peer: Peer, forMs: number): void {
  clearTimeout(peer.throttle);
  peer.throttle = setTimeout(() => {
    peer.throttle = undefined;
    readOrPause(peer, arrived.waitingBytes(peer.id));
  }, forMs);
  readOrPause(peer, arrived.waitingBytes(peer.id));
}
