import type { Logger } from 'pino';
import type { ControlFault } from '../../api/ports/fault.ts';
import type { KeysBody } from '../../api/types/keys.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { HomePaths } from '../../cli/ground/context.ts';
import { readKeyFile } from '../keys/key-file.ts';
import { type CurrentPhase, waiting } from './current-phase.ts';
import { lower } from './raise-daemon.ts';

const nothingLocks =
  'The keys of this device are a bare file, which nothing would keep locked. Protect them first: sourcesync keys protect --passphrase';

/** Ends the daemon of the home and forgets its keys, unless they could not be unlocked again. */
export async function lockKeys(
  { keys: keyFile }: HomePaths,
  phase: CurrentPhase,
  log: Logger,
): Promise<Result<KeysBody, ControlFault>> {
  if (phase.now.kind === 'locked') {
    return ok(phase.keys());
  }
  const file = readKeyFile(keyFile);
  if (!file.ok || file.value.kind === 'bare') {
    return err({
      kind: 'conflict',
      message: file.ok ? nothingLocks : `${file.error.message} The keys stay unlocked.`,
    });
  }
  const { daemon, keys } = phase.now;
  phase.lock(waiting, 'keys');
  await lower(daemon, keys);
  log.info('the keys are locked');
  return ok(phase.keys());
}
