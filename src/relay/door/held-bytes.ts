import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/**
 * Tells, whenever something arrives, how many bytes of a connection are kept because their message is not complete.
 * Call it before anything is read; what it returns ends it. Sizes of headers: RFC 6455, section 5.2, masked.
 */
export function watchHeldBytes(socket: WebSocket, stream: Duplex, tell: (sizeBytes: number) => void): () => void {
  let heldBytes = 0;
  const arrive = (chunk: Buffer): void => {
    heldBytes += chunk.length;
  };
  const complete = (payload: Buffer): void => {
    const { length } = payload;
    const headBytes = length < 126 ? 6 : length < 65_536 ? 8 : 14;
    // Heads of fragments are not counted here, and so stay counted: they are few.
    heldBytes = Math.max(0, heldBytes - headBytes - length);
  };
  const tellNow = (): void => tell(heldBytes);
  // The socket reads the bytes between the two.
  stream.prependListener('data', arrive);
  stream.on('data', tellNow);
  socket.on('message', complete);
  socket.on('ping', complete);
  socket.on('pong', complete);
  return () => {
    stream.off('data', arrive);
    stream.off('data', tellNow);
    socket.off('message', complete);
    socket.off('ping', complete);
    socket.off('pong', complete);
  };
}
