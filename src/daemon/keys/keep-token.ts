import { dirname } from 'node:path';
import type { Logger } from 'pino';
import type { HomePaths } from '../../cli/ground/context.ts';
import { readToken } from './api-token.ts';
import { deviceOf, readKeyFile, writePrivateFile } from './key-file.ts';
import { lookAgain } from '../ground/look-again.ts';

/**
 * Sees to it that the token by which a daemon lets commands in stands in its file for as long as it runs: without it nobody could
 * even stop it. The answer ends that.
 */
export function keepToken(paths: HomePaths, token: string, log: Pick<Logger, 'warn'>): () => void {
  const look = tokenKeeper(paths, token, log);
  look();
  return lookAgain(dirname(paths.token), async () => Promise.resolve(look()));
}

/** Writes the token of the home as it is now, each time that it finds another one or none. */
export function tokenKeeper(paths: HomePaths, token: string, log: Pick<Logger, 'warn'>): () => void {
  const device = deviceHere(paths);
  let isToldOf = false;

  return () => {
    const read = readToken(paths.token);
    // Where the keys are gone, or those of another device, this is not the home that the token belongs to.
    if ((read.kind === 'whole' && read.token === token) || device === undefined || deviceHere(paths) !== device) {
      return;
    }
    try {
      writePrivateFile(paths.token, token);
      isToldOf = false;
      log.warn({ token: paths.token }, 'the token of the API was lost, and is there again');
    } catch (cause) {
      if (!isToldOf) {
        log.warn({ err: cause }, 'the token of the API is lost and cannot be written again; it is tried again');
      }
      isToldOf = true;
    }
  };
}

function deviceHere({ keys }: HomePaths): string | undefined {
  const file = readKeyFile(keys);
  return file.ok ? deviceOf(file.value) : undefined;
}
