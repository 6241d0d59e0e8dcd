import { randomBytes } from 'node:crypto';
import type { Guest } from './door/front-door.ts';
import { watchHeldBytes } from './door/held-bytes.ts';
import type { RelaySocket } from './door/relay-socket.ts';
import type { Mailbox } from './mailbox.ts';
import type { ConnectionId, MailboxInput } from './mailbox/connection.ts';
import { hear } from './sockets/hear.ts';
import { type Peer, readOrPause, settle } from './sockets/peer.ts';
import { type Crowd, type RelayLog, end, perform } from './sockets/perform.ts';
import { createTurnQueue } from './turn-queue.ts';

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

const goingAway = 1001;

/** `storeName` is where the mailbox keeps what it has. */
export function createSockets(mailbox: Mailbox, log: RelayLog, storeName: string): Sockets {
  const peers = new Map<ConnectionId, Peer>();
  const arrived = createTurnQueue();
  const crowd: Crowd = { peers, arrived, log, storeName, cut: 0, storeFailures: 0 };
  let isFlushDue = false;
  let lastId = 0;

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
    connectionIds.forEach(settleById);
    perform(crowd, effects);
    connectionIds.forEach(readOrPauseById);
    if (!arrived.isEmpty) {
      flushSoon();
    }
  }

  function settleById(connectionId: ConnectionId): void {
    const peer = peers.get(connectionId);
    const standing = mailbox.standingOf(connectionId);
    if (peer !== undefined && standing !== undefined) {
      settle(peer, standing);
    }
  }

  function readOrPauseById(connectionId: ConnectionId): void {
    const peer = peers.get(connectionId);
    if (peer !== undefined) {
      readOrPause(peer, arrived.waitingBytes(connectionId));
    }
  }

  return {
    accept(socket, guest) {
      const id = ++lastId;
      const unwatch = watchHeldBytes(socket, guest.stream, guest.hold);
      const peer: Peer = { id, socket, guest, unwatch, standing: 'stranger', throttle: undefined };
      peers.set(id, peer);
      socket.binaryType = 'nodebuffer';
      hear(crowd, peer, put);
      put({ connectionId: id, event: 'opened', address: guest.address });
    },
    tick: (blindMs) => perform(crowd, mailbox.tick(nowMs(), blindMs)),
    closeAll() {
      while (!arrived.isEmpty) {
        flush();
      }
      for (const peer of peers.values()) {
        end(crowd, peer, goingAway, 'the relay stops');
      }
    },
    get cut(): number {
      return crowd.cut;
    },
    get storeFailures(): number {
      return crowd.storeFailures;
    },
  };
}

/** Wall-clock milliseconds that never jump back. */
function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
