import { type Logger, pino } from 'pino';
import { isDamage, storeFailureOf } from '../../store/ground/failure.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';

/** What waits for a disk that takes no log; beyond it lines are dropped. */
const waitingLimitBytes = 256 * 1024;

/** The log of this process, on its standard error. What cannot be written waits, and ends nothing. */
export function createDaemonLog(level: string): Logger {
  const destination = pino.destination({ dest: 2, sync: true, maxLength: waitingLimitBytes });
  destination.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  return pino({ name: 'sourcesync', level }, destination);
}

/**
 * The last guard: an error of the home's disk ends no daemon, wherever it comes out. Anything else is a fault of the
 * program, which ends it, with its last words in the log. `mend` opens a store anew that is damaged. Answers what takes the
 * guard away.
 */
export function outliveStoreFailures(log: Logger, mend: () => void): () => void {
  const listener = (cause: unknown): void => {
    if (storeFailureOf(cause) !== undefined) {
      log.error({ err: cause }, 'the disk of this home failed; what was begun is given up');
      if (isDamage(cause)) {
        mend();
      }
      return;
    }
    log.fatal({ err: cause }, 'the daemon ends by a fault of its own; please report it');
    process.exit(exitCodes.failed);
  };
  process.on('uncaughtException', listener);
  return () => process.off('uncaughtException', listener);
}
