import { WebSocket } from 'ws';
import type { Guest } from '../door/front-door.ts';
import type { RelaySocket } from '../door/relay-socket.ts';
import type { ConnectionId, ConnectionStanding } from '../mailbox/connection.ts';

/** Windows and membership logs stay far below; beyond it the client does not read, or someone abuses it. */
const bufferedLimitBytes = 64 * 1024 * 1024;
/** More than a session ever has under way. Beyond it a socket is not read until its turn came. */
const waitingLimitBytes = 8 * 1024 * 1024;
/** The same of whoever is no member: all messages of a pairing fit. */
export const guestLimitBytes: number = 512 * 1024;
const closingTimeoutMs = 1000;

/** A connection of a mailbox, as its socket has it. */
export interface Peer {
  readonly id: ConnectionId;
  readonly socket: RelaySocket;
  readonly guest: Guest;
  /** Ends the count of what it keeps the relay waiting with. */
  readonly unwatch: () => void;
  standing: ConnectionStanding;
  /** Until it fires nothing is read. */
  throttle: NodeJS.Timeout | undefined;
}

/** Who has become known may send more, and takes no place of a stranger any longer. */
export function settle(peer: Peer, standing: ConnectionStanding): void {
  if (standing === peer.standing) {
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
export function readOrPause({ socket, standing, throttle }: Peer, waitingBytes: number): void {
  const limitBytes = standing === 'member' ? waitingLimitBytes : guestLimitBytes;
  const isPaused = throttle !== undefined || waitingBytes > limitBytes;
  if (isPaused && !socket.isPaused) {
    socket.pause();
  } else if (!isPaused && socket.isPaused) {
    socket.resume();
  }
}

/** False for a connection that does not read, which is cut. */
export function send({ socket, standing }: Peer, bytes: Uint8Array): boolean {
  const limitBytes = standing === 'member' ? bufferedLimitBytes : guestLimitBytes;
  if (socket.bufferedAmount + bytes.length > limitBytes) {
    socket.terminate();
    return false;
  }
  if (socket.readyState === WebSocket.OPEN) {
    socket.send(bytes);
  }
  return true;
}

/** The other side has a moment to say goodbye too. */
export function endSoon(socket: RelaySocket): void {
  setTimeout(() => socket.terminate(), closingTimeoutMs).unref();
}
