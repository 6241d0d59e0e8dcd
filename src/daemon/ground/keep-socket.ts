import { dirname } from 'node:path';
import type { Logger } from 'pino';
import { lookAgain } from './look-again.ts';

/** What listens at a socket, and is listened for again. */
interface Listener {
  restore(): Promise<'kept' | 'restored' | 'taken'>;
}

/**
 * Sees to it that the socket of a daemon can be found for as long as it runs. The answer ends that. `taken` is called where
 * another daemon is found there: the home was removed, and another one put in its place.
 */
export function keepSocket(
  server: Listener,
  socket: string,
  log: Pick<Logger, 'warn' | 'error'>,
  taken: () => void,
): () => void {
  return lookAgain(dirname(socket), async () => {
    try {
      const found = await server.restore();
      if (found === 'restored') {
        log.warn({ socket }, 'the socket of the API was gone, and is there again');
      } else if (found === 'taken') {
        log.error(
          { socket },
          'another daemon answers at the socket of this home: this one, which nobody reaches any more, ends',
        );
        taken();
      }
    } catch (cause) {
      log.warn({ err: cause, socket }, 'the socket of the API is gone and cannot be made again; it is tried again');
    }
  });
}
