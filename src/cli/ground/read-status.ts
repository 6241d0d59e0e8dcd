import type { StatusBody } from '../../api/types/bodies.ts';
import type { ClientFault } from '../../client/call.ts';
import type { Result } from '../../base/result.ts';
import { exitCodes } from './exit-codes.ts';
import type { Running } from './run-command.ts';

/** How all of it stands, from a daemon as new as this program: one that was upgraded while its daemon ran on cannot say it. */
export function readStatus(run: Pick<Running, 'unwrap' | 'fail'>, answer: Result<StatusBody, ClientFault>): StatusBody {
  const status = run.unwrap(answer);
  return isOlder(status) ? run.fail(exitCodes.failed, olderDaemon) : status;
}

/** What an older daemon answers lacks the sentence; everything else of it may be read differently, too. */
export function isOlder({ glance }: Partial<StatusBody>): boolean {
  return glance === undefined;
}

export const olderDaemon =
  'The daemon that runs is of an older version than this program, and does not say how all of it stands. Restart it: sourcesync daemon restart';
