import type { Core } from './core.ts';
import { learnAgain } from './learn-again.ts';
import { mendLog } from './mend-log.ts';
import type { Replica } from './port.ts';
import { writeAgain } from './write-again.ts';

/** What is done once after damage, in this order. */
export function mendingOf(core: Core): Pick<Replica, 'mendLog' | 'learnAgain' | 'writeAgain'> {
  return {
    mendLog: () => mendLog(core),
    learnAgain: () => learnAgain(core),
    writeAgain: () => writeAgain(core),
  };
}
