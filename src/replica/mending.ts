import type { Core } from './kernel/core.ts';
import { learnAgain } from './care/learn-again.ts';
import { mendLog } from './care/mend-log.ts';
import type { Replica } from './port.ts';
import { writeAgain } from './care/write-again.ts';

/** What is done once after damage, in this order. */
export function mendingOf(core: Core): Pick<Replica, 'mendLog' | 'learnAgain' | 'writeAgain'> {
  return {
    mendLog: () => mendLog(core),
    learnAgain: () => learnAgain(core),
    writeAgain: () => writeAgain(core),
  };
}
