import type { IncomingMessage, Server } from 'node:http';
import { type Server as NetServer, type Socket, createServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { neighbourhoodOf } from '../addresses.ts';
import type { RelayPolicy, StrangerLimits } from '../policy.ts';
import { type Caller, type Callers, createCallers } from './callers.ts';
import { type Gate, type GateOrder, createGate } from './gate.ts';
import { type Lookout, createLookout } from './lookout.ts';
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

interface Parts {
  readonly gate: Gate;
  readonly callers: Callers;
  readonly lookout: Lookout;
  /** Addresses whose word is taken for whence a request comes. */
  readonly proxies: ReadonlySet<string | undefined>;
}

const refusalGraceMs = 1000;

export function createFrontDoor(
  server: Server,
  limits: StrangerLimits,
  around: {
    readonly isSecure: boolean;
    readonly proxies: RelayPolicy['proxies'];
    readonly dismissed: () => void;
  },
): FrontDoor {
  const { isSecure, proxies, dismissed } = around;
  const gate = createGate(limits);
  const callers = createCallers();
  const lookout = createLookout(gate, obey);
  const parts: Parts = { gate, callers, lookout, proxies: new Set(proxies.map(neighbourhoodOf)) };

  function obey(order: GateOrder): void {
    const caller = callers.get(order.id);
    if (caller !== undefined && order.type === 'admit') {
      letIn(caller);
    } else if (caller !== undefined && order.type === 'dismiss') {
      dismissed();
      sendAway(caller, order.reason, isSecure);
    }
  }

  function letIn(caller: Caller): void {
    caller.isIn = true;
    server.emit('connection', caller.socket);
    if (!isSecure) {
      caller.socket.resume();
    }
  }

  return {
    listener: createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: !isSecure }, (socket) => {
      accept(parts, socket);
    }),
    guestOf: (request) => guestOf(parts, request),
    tick(blindMs) {
      gate.tick(performance.now(), blindMs);
      lookout.now();
    },
    closeIdle() {
      for (const { socket, dismiss } of callers.all()) {
        if (dismiss === undefined) {
          socket.destroy();
        }
      }
    },
    closeAll() {
      for (const { socket } of callers.all()) {
        socket.destroy();
      }
    },
    get waiting(): number {
      return gate.waiting;
    },
    get heldBytes(): number {
      return gate.heldBytes;
    },
  };
}

function accept({ gate, callers, lookout, proxies }: Parts, socket: Socket): void {
  const address = neighbourhoodOf(socket.remoteAddress ?? '');
  if (address === undefined) {
    socket.destroy();
    return;
  }
  const id = callers.add(socket, (gone) => {
    gate.leave(gone);
    lookout.soon();
  });
  gate.arrive(id, proxies.has(address) ? undefined : address, performance.now());
  lookout.soon();
}

function sendAway({ socket, isIn, dismiss }: Caller, reason: string, isSecure: boolean): void {
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

function guestOf({ gate, callers, lookout, proxies }: Parts, request: IncomingMessage): Guest {
  const id = callers.idOf(request.socket);
  const direct = neighbourhoodOf(request.socket.remoteAddress ?? '') ?? '';
  const told = proxies.has(direct) ? addressFromProxy(request) : undefined;
  if (told !== undefined) {
    gate.move(id, told, performance.now());
  }
  gate.become(id, 'stranger');
  return {
    address: told ?? direct,
    stream: request.socket,
    become: (stage) => gate.become(id, stage),
    hold(sizeBytes) {
      gate.hold(id, sizeBytes);
      lookout.soon();
    },
    release() {
      gate.leave(id);
      lookout.soon();
    },
    onDismiss(end) {
      const caller = callers.get(id);
      if (caller !== undefined) {
        caller.dismiss = end;
      }
    },
  };
}

/** The last address is the one that the proxy itself saw; what stands before it may be made up. */
function addressFromProxy({ headers }: IncomingMessage): string | undefined {
  const forwarded = headers['x-forwarded-for'];
  const text = Array.isArray(forwarded) ? forwarded.join() : (forwarded ?? '');
  return neighbourhoodOf(text.split(',').at(-1)?.trim() ?? '');
}
