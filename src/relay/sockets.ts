import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import { decodeDeviceMessage, encodeMessage } from '../sync/codec.ts';
import type { FrameFault } from '../sync/frame.ts';
import type { Mailbox } from './mailbox.ts';
import type { ConnectionId, MailboxEffect, MailboxInput } from './mailbox/connection.ts';
import { createTurnQueue } from './turn-queue.ts';

export type RelayLog = (level: 'info' | 'warn' | 'error', message: string) => void;

/** The sockets of a mailbox: gathers what arrives in one turn of the event loop, and performs what comes back. */
export interface Sockets {
  accept(socket: WebSocket): void;
  tick(): void;
  /** Handles what has arrived, then ends every connection. */
  closeAll(): void;
  readonly cut: number;
  readonly storeFailures: number;
}

/** A stranger has no reason to send more than a sealed pairing message. */
const strangerFrameBytes = 64 * 1024;
/** Windows and membership logs stay far below; beyond it the client does not read, or someone abuses it. */
const bufferedLimitBytes = 64 * 1024 * 1024;
/** More than a session ever has under way. Beyond it a socket is not read until its turn came. */
const waitingLimitBytes = 8 * 1024 * 1024;
/** Who is this far behind gets no whispers: they are old by the time they are read. */
const whisperBufferBytes = 64 * 1024;
const closingTimeoutMs = 1000;
const policyViolation = 1008;
const goingAway = 1001;

interface Peer {
  readonly socket: WebSocket;
  throttle: NodeJS.Timeout | undefined;
}

export function createSockets(mailbox: Mailbox, log: RelayLog): Sockets {
  const peers = new Map<ConnectionId, Peer>();
  const arrived = createTurnQueue();
  let isFlushDue = false;
  let lastId = 0;
  let cut = 0;
  let storeFailures = 0;

  function put(input: MailboxInput, sizeBytes = 0): void {
    arrived.put(input, sizeBytes);
    flushSoon();
  }

  function flushSoon(): void {
    if (!isFlushDue) {
      isFlushDue = true;
      setImmediate(flush);
    }
  }

  /** Everything that arrived meanwhile shares one transaction, and so one sync of the disk. */
  function flush(): void {
    isFlushDue = false;
    const inputs = arrived.take();
    perform(mailbox.stepMany(inputs, nowMs(), (size) => new Uint8Array(randomBytes(size))));
    for (const connectionId of new Set(inputs.map((input) => input.connectionId))) {
      readOrPause(connectionId);
    }
    if (!arrived.isEmpty) {
      flushSoon();
    }
  }

  /** Pressure goes back to the sender: its socket is read only while there is room and it has not asked too much. */
  function readOrPause(connectionId: ConnectionId): void {
    const peer = peers.get(connectionId);
    if (peer === undefined) {
      return;
    }
    const { socket, throttle: isThrottled } = peer;
    const isPaused = isThrottled !== undefined || arrived.waitingBytes(connectionId) > waitingLimitBytes;
    if (isPaused && !socket.isPaused) {
      socket.pause();
    } else if (!isPaused && socket.isPaused) {
      socket.resume();
    }
  }

  function perform(effects: readonly MailboxEffect[]): void {
    for (const effect of effects) {
      if (effect.type === 'store_failed') {
        storeFailures++;
        log('error', `the store failed: ${effect.cause instanceof Error ? effect.cause.message : 'unknown cause'}`);
        continue;
      }
      const peer = peers.get(effect.connectionId);
      if (peer === undefined) {
        continue;
      }
      switch (effect.type) {
        case 'send':
          if (effect.message.type !== 'whispered' || peer.socket.bufferedAmount <= whisperBufferBytes) {
            send(effect.connectionId, peer, encodeMessage(effect.message));
          }
          break;
        case 'close':
          cut++;
          end(effect.connectionId, peer, policyViolation, effect.reason);
          break;
        case 'throttle':
          throttle(effect.connectionId, peer, effect.forMs);
          break;
      }
    }
  }

  function send(id: ConnectionId, { socket }: Peer, bytes: Uint8Array): void {
    if (socket.bufferedAmount + bytes.length > bufferedLimitBytes) {
      cut++;
      socket.terminate();
      log('warn', `connection ${id} does not read what it asked for and was cut`);
    } else if (socket.readyState === WebSocket.OPEN) {
      socket.send(bytes);
    }
  }

  function end(id: ConnectionId, peer: Peer, code: number, reason: string): void {
    const { socket } = peer;
    peers.delete(id);
    clearTimeout(peer.throttle);
    socket.resume();
    socket.close(code, reason.slice(0, 100));
    setTimeout(() => socket.terminate(), closingTimeoutMs).unref();
  }

  function throttle(connectionId: ConnectionId, peer: Peer, forMs: number): void {
    clearTimeout(peer.throttle);
    peer.throttle = setTimeout(() => {
      peer.throttle = undefined;
      readOrPause(connectionId);
    }, forMs);
    readOrPause(connectionId);
  }

  function read(connectionId: ConnectionId, data: Buffer, isBinary: boolean): void {
    if (!isBinary || (data.length > strangerFrameBytes && !mailbox.isKnown(connectionId))) {
      const message = isBinary ? 'a frame this large comes after authenticate' : 'frames are binary';
      return put({ connectionId, event: { type: 'bad_frame', message, isTooLarge: isBinary } });
    }
    const decoded = decodeDeviceMessage(data);
    const event = decoded.ok ? decoded.value : badFrame(decoded.error);
    put({ connectionId, event }, data.length);
    readOrPause(connectionId);
  }

  return {
    accept(socket) {
      const connectionId = ++lastId;
      const peer: Peer = { socket, throttle: undefined };
      peers.set(connectionId, peer);
      socket.binaryType = 'nodebuffer';
      socket.on('message', (data, isBinary) => {
        if (peers.has(connectionId)) {
          read(connectionId, data as Buffer, isBinary);
        }
      });
      // An error is always followed by close.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        clearTimeout(peer.throttle);
        if (peers.delete(connectionId)) {
          put({ connectionId, event: 'closed' });
        }
      });
      put({ connectionId, event: 'opened' });
    },
    tick: () => perform(mailbox.tick(nowMs())),
    closeAll() {
      while (!arrived.isEmpty) {
        flush();
      }
      for (const [id, peer] of peers) {
        end(id, peer, goingAway, 'the relay stops');
      }
    },
    get cut(): number {
      return cut;
    },
    get storeFailures(): number {
      return storeFailures;
    },
  };
}

function badFrame({ kind, message }: FrameFault): MailboxInput['event'] {
  return { type: 'bad_frame', message, isTooLarge: kind === 'too_large' };
}

/** Wall-clock milliseconds that never jump back. */
function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
