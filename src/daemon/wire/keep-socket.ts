import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import type { ApiServer } from './api-server.ts';

/** Programs that tidy up remove folders whole, and with them what watches them. */
const lookEveryMs = 30_000;

/** Sees to it that the socket of a daemon can be found for as long as it runs. The answer ends that. */
export function keepSocket(server: Pick<ApiServer, 'restore'>, socket: string, log: Pick<Logger, 'warn'>): () => void {
  let watcher: FSWatcher | undefined;
  let looking = Promise.resolve();

  async function look(): Promise<void> {
    try {
      if (await server.restore()) {
        log.warn({ socket }, 'the socket of the API was gone, and is there again');
        follow();
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
