import type { Socket } from 'node:net';
import type { GuestId } from './neighbours.ts';

/** A connection at the door. */
export interface Caller {
  readonly socket: Socket;
  isIn: boolean;
  /** Ends it in the manner of who took it over. */
  dismiss: ((reason: string) => void) | undefined;
}

/** Every connection that came to the door and is not closed. */
export interface Callers {
  add(socket: Socket, gone: (id: GuestId) => void): GuestId;
  get(id: GuestId): Caller | undefined;
  /** Whose socket this is, or lies below; 0 for nobody's. */
  idOf(socket: Socket): GuestId;
  all(): Iterable<Caller>;
}

export function createCallers(): Callers {
  const callers = new Map<GuestId, Caller>();
  const idByPeer = new Map<string, GuestId>();
  let lastId = 0;
  return {
    add(socket, gone) {
      const id = ++lastId;
      const peer = peerOf(socket);
      callers.set(id, { socket, isIn: false, dismiss: undefined });
      idByPeer.set(peer, id);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        callers.delete(id);
        if (idByPeer.get(peer) === id) {
          idByPeer.delete(peer);
        }
        gone(id);
      });
      return id;
    },
    get: (id) => callers.get(id),
    idOf: (socket) => idByPeer.get(peerOf(socket)) ?? 0,
    all: () => callers.values(),
  };
}

/** Remote address and port, which the request of a TLS socket knows too. */
function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
