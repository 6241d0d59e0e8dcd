import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import type { ApiServer } from './api-server.ts';

/** Programs that tidy up remove folders whole, and with them what watches them. */
const lookEveryMs = 5000;

/**
 * Sees to it that the socket of a daemon can be found for as long as it runs. The answer ends that. `taken` is called where
 * another daemon is found there: the home was removed, and another one put in its place.
 */
export function keepSocket(
  server: Pick<ApiServer, 'restore'>,
  socket: string,
  log: Pick<Logger, 'warn' | 'error'>,
  taken: () => void,
): () => void {
  let watcher: FSWatcher | undefined;
  let looking = Promise.resolve();

  async function look(): Promise<void> {
    try {
      const found = await server.restore();
      if (found === 'restored') {
        log.warn({ socket }, 'the socket of the API was gone, and is there again');
        follow();
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
  }

  function lookSoon(): void {
    looking = looking.then(look);
  }

  function follow(): void {
    watcher?.close();
    watcher = watch(dirname(socket), lookSoon).on('error', () => undefined);
  }

  follow();
  const timer = setInterval(lookSoon, lookEveryMs).unref();
  return () => {
    clearInterval(timer);
    watcher?.close();
  };
}
