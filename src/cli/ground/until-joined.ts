import { setTimeout as pause } from 'node:timers/promises';
import type { Answer } from '../../client/call.ts';
import { exitCodes } from './exit-codes.ts';
import type { Running } from './run-command.ts';

const pollIntervalMs = 200;

/** Asks the daemon how a pairing goes until it has joined; ends the command with words when it came to nothing. */
export async function untilJoined<T extends { readonly state: string; readonly message: string | null }>(
  run: Running,
  first: T,
  ask: () => Answer<T>,
  otherwise: string,
): Promise<T> {
  for (let body = first; ; body = run.unwrap(await ask())) {
    if (body.state === 'joined') {
      return body;
    }
    if (body.state === 'failed' || body.state === 'none') {
      return run.fail(exitCodes.failed, body.message ?? otherwise);
    }
    await pause(pollIntervalMs);
  }
}
