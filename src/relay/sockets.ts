import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import { decodeDeviceMessage, encodeMessage } from '../sync/codec.ts';
import type { FrameFault } from '../sync/frame.ts';
import type { Guest } from './door/front-door.ts';
import { diskWords } from './disk-words.ts';
import { watchHeldBytes } from './door/held-bytes.ts';
import type { RelaySocket } from './door/relay-socket.ts';
import type { Mailbox } from './mailbox.ts';
import type { ConnectionId, ConnectionStanding, MailboxEffect, MailboxInput } from './mailbox/connection.ts';
import { createTurnQueue } from './turn-queue.ts';

export type RelayLog = (level: 'info' | 'warn' | 'error', message: string) => void;

/** The sockets of a mailbox: gathers what arrives in one turn of the event loop, and performs what comes back. */
export interface Sockets {
  accept(socket: RelaySocket, guest: Guest): void;
  /** `blindMs` is time since the last tick in which nothing was read. */
  tick(blindMs: number): void;
  /** Handles what has arrived, then ends every connection. */
  closeAll(): void;
  readonly cut: number;
  readonly storeFailures: number;
}

/** Windows and membership logs stay far below; beyond it the client does not read, or someone abuses it. */
const bufferedLimitBytes = 64 * 1024 * 1024;
/** More than a session ever has under way. Beyond it a socket is not read until its turn came. */
const waitingLimitBytes = 8 * 1024 * 1024;
/** The same of whoever is no member: all messages of a pairing fit. */
const guestLimitBytes = 512 * 1024;
/** Who is this far behind gets no whispers: they are old by the time they are read. */
const whisperBufferBytes = 64 * 1024;
const closingTimeoutMs = 1000;
const policyViolation = 1008;
const goingAway = 1001;
const tryAgainLater = 1013;

interface Peer {
  readonly socket: RelaySocket;
  readonly guest: Guest;
  /** Ends the count of what it keeps the relay waiting with. */
  readonly unwatch: () => void;
  standing: ConnectionStanding;
  throttle: NodeJS.Timeout | undefined;
}

/** `storeName` is where the mailbox keeps what it has. */
export function createSockets(mailbox: Mailbox, log: RelayLog, storeName: string): Sockets {
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
    const effects = mailbox.stepMany(inputs, nowMs(), (size) => new Uint8Array(randomBytes(size)));
    const connectionIds = new Set(inputs.map((input) => input.connectionId));
    connectionIds.forEach(settle);
    perform(effects);
    connectionIds.forEach(readOrPause);
    if (!arrived.isEmpty) {
      flushSoon();
    }
  }

  /** Who has become known may send more, and takes no place of a stranger any longer. */
  function settle(connectionId: ConnectionId): void {
    const peer = peers.get(connectionId);
    const standing = mailbox.standingOf(connectionId);
    if (peer === undefined || standing === undefined || standing === peer.standing) {
      return;
    }
    peer.standing = standing;
    peer.socket.allow(standing);
    if (standing === 'member') {
      peer.unwatch();
      peer.guest.release();
    } else {
      peer.guest.become(standing === 'stranger' ? 'stranger' : 'settled');
    }
  }

  /** Pressure goes back to the sender: its socket is read only while there is room and it has not asked too much. */
  function readOrPause(connectionId: ConnectionId): void {
    const peer = peers.get(connectionId);
    if (peer === undefined) {
      return;
    }
    const { socket, standing, throttle: isThrottled } = peer;
    const limitBytes = standing === 'member' ? waitingLimitBytes : guestLimitBytes;
    const isPaused = isThrottled !== undefined || arrived.waitingBytes(connectionId) > limitBytes;
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
        log('error', `the store failed: ${diskWords(storeName, effect.cause)}`);
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

  function send(id: ConnectionId, { socket, standing }: Peer, bytes: Uint8Array): void {
    const limitBytes = standing === 'member' ? bufferedLimitBytes : guestLimitBytes;
    if (socket.bufferedAmount + bytes.length > limitBytes) {
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
    endSoon(socket);
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
    if (!isBinary) {
      return put({ connectionId, event: { type: 'bad_frame', message: 'frames are binary' } });
    }
    const decoded = decodeDeviceMessage(data);
    const event = decoded.ok ? decoded.value : badFrame(decoded.error);
    put({ connectionId, event }, data.length);
    readOrPause(connectionId);
  }

  return {
    accept(socket, guest) {
      const connectionId = ++lastId;
      const unwatch = watchHeldBytes(socket, guest.stream, guest.hold);
      const peer: Peer = { socket, guest, unwatch, standing: 'stranger', throttle: undefined };
      peers.set(connectionId, peer);
      socket.binaryType = 'nodebuffer';
      guest.onDismiss((reason) => {
        put({ connectionId, event: 'closed' });
        end(connectionId, peer, tryAgainLater, reason);
        socket.pause();
      });
      socket.on('message', (data, isBinary) => {
        if (peers.has(connectionId)) {
          read(connectionId, data as Buffer, isBinary);
        }
      });
      socket.on('ping', (data) => {
        if (socket.bufferedAmount < guestLimitBytes) {
          socket.pong(data);
        }
      });
      const leave = (): void => {
        clearTimeout(peer.throttle);
        if (peers.delete(connectionId)) {
          put({ connectionId, event: 'closed' });
        }
      };
      // A limit of frames was broken, or the network failed.
      socket.on('error', () => {
        cut++;
        leave();
        unwatch();
        guest.release();
        endSoon(socket);
        // The socket would read on and throw away; what is not read stays with its sender.
        process.nextTick(() => socket.pause());
      });
      socket.on('close', leave);
      put({ connectionId, event: 'opened', address: guest.address });
    },
    tick: (blindMs) => perform(mailbox.tick(nowMs(), blindMs)),
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

/** The other side has a moment to say goodbye too. */
function endSoon(socket: RelaySocket): void {
  setTimeout(() => socket.terminate(), closingTimeoutMs).unref();
}

function badFrame({ kind, message }: FrameFault): MailboxInput['event'] {
  return { type: 'bad_frame', message, isTooLarge: kind === 'too_large' };
}

/** Wall-clock milliseconds that never jump back. */
function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
