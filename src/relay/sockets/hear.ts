import { decodeDeviceMessage } from '../../sync/wire/codec.ts';
import type { FrameFault } from '../../sync/wire/frame.ts';
import type { MailboxInput } from '../mailbox/connection.ts';
import { type Peer, endSoon, guestLimitBytes, readOrPause } from './peer.ts';
import { type Crowd, end } from './perform.ts';

const tryAgainLater = 1013;

/** Puts what a socket brings before the mailbox, until its connection is over. */
export function hear(crowd: Crowd, peer: Peer, put: (input: MailboxInput, sizeBytes?: number) => void): void {
  const { id: connectionId, socket, guest } = peer;
  const leave = (): void => {
    clearTimeout(peer.throttle);
    if (crowd.peers.delete(connectionId)) {
      put({ connectionId, event: 'closed' });
    }
  };
  guest.onDismiss((reason) => {
    put({ connectionId, event: 'closed' });
    end(crowd, peer, tryAgainLater, reason);
    socket.pause();
  });
  socket.on('message', (data, isBinary) => {
    if (!crowd.peers.has(connectionId)) {
      return;
    }
    if (!isBinary) {
      return put({ connectionId, event: { type: 'bad_frame', message: 'frames are binary' } });
    }
    put({ connectionId, event: eventOf(data as Buffer) }, (data as Buffer).length);
    readOrPause(peer, crowd.arrived.waitingBytes(connectionId));
  });
  socket.on('ping', (data) => {
    if (socket.bufferedAmount < guestLimitBytes) {
      socket.pong(data);
    }
  });
  // A limit of frames was broken, or the network failed.
  socket.on('error', () => {
    crowd.cut++;
    leave();
    peer.unwatch();
    guest.release();
    endSoon(socket);
    // The socket would read on and throw away; what is not read stays with its sender.
    process.nextTick(() => socket.pause());
  });
  socket.on('close', leave);
}

function eventOf(data: Buffer): MailboxInput['event'] {
  const decoded = decodeDeviceMessage(data);
  return decoded.ok ? decoded.value : badFrame(decoded.error);
}

function badFrame({ kind, message }: FrameFault): MailboxInput['event'] {
  return { type: 'bad_frame', message, isTooLarge: kind === 'too_large' };
}
