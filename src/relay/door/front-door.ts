import type { IncomingMessage, Server } from 'node:http';
import { type Server as NetServer, type Socket, createServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { neighbourhoodOf } from '../addresses.ts';
import type { RelayPolicy } from '../policy.ts';
import { createGate } from './gate.ts';
import type { GuestId } from './neighbours.ts';
import type { Stage } from './seats.ts';

/** A connection at the door that has asked for a WebSocket. */
export interface Guest {
  /** Whom it is counted as. */
  readonly address: string;
  /** The bytes below its WebSocket. */
  readonly stream: Duplex;
  become(stage: Stage): void;
  hold(sizeBytes: number): void;
  /** A member's, or ending: it is no matter of the door any more. */
  release(): void;
  /** Called instead of cutting the connection; it must end soon. */
  onDismiss(end: (reason: string) => void): void;
}

/** Accepts connections of an address and passes them on to the server behind it, as the gate says. */
export interface FrontDoor {
  /** Binds and accepts; every socket is unread until it is let in. */
  readonly listener: NetServer;
  guestOf(request: IncomingMessage): Guest;
  tick(blindMs: number): void;
  /** Ends every connection that is no WebSocket. */
  closeIdle(): void;
  closeAll(): void;
  readonly waiting: number;
  /** Bytes of incomplete messages that are kept for who is no member. */
  readonly heldBytes: number;
}

interface Caller {
  readonly socket: Socket;
  isIn: boolean;
  dismiss: ((reason: string) => void) | undefined;
}

/** How often those who wait are looked at again. */
const waitingIntervalMs = 50;
const refusalGraceMs = 1000;

export function createFrontDoor(
  server: Server,
  policy: RelayPolicy,
  { isSecure, dismissed }: { readonly isSecure: boolean; readonly dismissed: () => void },
): FrontDoor {
  const gate = createGate(policy);
  const callers = new Map<GuestId, Caller>();
  /** By remote address and port, which the request of a TLS socket knows too. */
  const idByPeer = new Map<string, GuestId>();
  const proxies = new Set(policy.proxies.map(neighbourhoodOf));
  let isLookDue = false;
  let waitingTimer: NodeJS.Timeout | undefined;
  let lastId = 0;

  function accept(socket: Socket): void {
    const { remoteAddress, remotePort } = socket;
    const address = neighbourhoodOf(remoteAddress ?? '');
    if (address === undefined) {
      socket.destroy();
      return;
    }
    const id = ++lastId;
    const peer = `${remoteAddress} ${remotePort}`;
    callers.set(id, { socket, isIn: false, dismiss: undefined });
    idByPeer.set(peer, id);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      callers.delete(id);
      if (idByPeer.get(peer) === id) {
        idByPeer.delete(peer);
      }
      gate.leave(id);
      lookSoon();
    });
    gate.arrive(id, proxies.has(address) ? undefined : address, nowMs());
    lookSoon();
  }

  function lookSoon(): void {
    if (!isLookDue) {
      isLookDue = true;
      setImmediate(look);
    }
  }

  function look(): void {
    isLookDue = false;
    for (const order of gate.look(nowMs())) {
      const caller = callers.get(order.id);
      if (caller !== undefined && order.type === 'admit') {
        letIn(caller);
      } else if (caller !== undefined && order.type === 'dismiss') {
        sendAway(caller, order.reason);
      }
    }
    if (gate.waiting > 0) {
      waitingTimer ??= setTimeout(() => {
        waitingTimer = undefined;
        look();
      }, waitingIntervalMs).unref();
    }
  }

  function letIn(caller: Caller): void {
    caller.isIn = true;
    server.emit('connection', caller.socket);
    if (!isSecure) {
      caller.socket.resume();
    }
  }

  function sendAway({ socket, isIn, dismiss }: Caller, reason: string): void {
    dismissed();
    if (dismiss !== undefined) {
      dismiss(reason);
      return;
    }
    // Behind TLS nothing can be said before the handshake, and within it nothing by this socket.
    if (isSecure || socket.destroyed) {
      socket.destroy();
      return;
    }
    const [status, body] = [isIn ? '408 Request Timeout' : '503 Service Unavailable', `${reason}\n`];
    const head = ['content-type: text/plain', `content-length: ${body.length}`, 'connection: close', 'retry-after: 10'];
    socket.write(`HTTP/1.1 ${status}\r\n${head.join('\r\n')}\r\n\r\n${body}`);
    socket.destroySoon();
    setTimeout(() => socket.destroy(), refusalGraceMs).unref();
  }

  return {
    listener: createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: !isSecure }, accept),
    guestOf(request) {
      const { remoteAddress, remotePort } = request.socket;
      const id = idByPeer.get(`${remoteAddress} ${remotePort}`) ?? 0;
      const direct = neighbourhoodOf(remoteAddress ?? '') ?? '';
      const told = proxies.has(direct) ? addressFromProxy(request) : undefined;
      if (told !== undefined) {
        gate.move(id, told, nowMs());
      }
      gate.become(id, 'stranger');
      return {
        address: told ?? direct,
        stream: request.socket,
        become: (stage) => gate.become(id, stage),
        hold(sizeBytes) {
          gate.hold(id, sizeBytes);
          lookSoon();
        },
        release() {
          gate.leave(id);
          lookSoon();
        },
        onDismiss(end) {
          const caller = callers.get(id);
          if (caller !== undefined) {
            caller.dismiss = end;
          }
        },
      };
    },
    tick(blindMs) {
      gate.tick(nowMs(), blindMs);
      look();
    },
    closeIdle() {
      callers.forEach(({ socket, dismiss }) => {
        if (dismiss === undefined) {
          socket.destroy();
        }
      });
    },
    closeAll() {
      callers.forEach(({ socket }) => socket.destroy());
    },
    get waiting(): number {
      return gate.waiting;
    },
    get heldBytes(): number {
      return gate.heldBytes;
    },
  };
}

/** The last address is the one that the proxy itself saw; what stands before it may be made up. */
function addressFromProxy({ headers }: IncomingMessage): string | undefined {
  const forwarded = headers['x-forwarded-for'];
  const text = Array.isArray(forwarded) ? forwarded.join() : (forwarded ?? '');
  return neighbourhoodOf(text.split(',').at(-1)?.trim() ?? '');
}

function nowMs(): number {
  return performance.now();
}
