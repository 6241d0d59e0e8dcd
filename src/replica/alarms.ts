import { clearAlarms, raiseAlarm } from './kernel/alarms.ts';
import type { Core } from './kernel/core.ts';
import type { Alarm, AlarmFacts, AlarmMatch } from './names/alarm.ts';

/** Alarms, each raised once. */
export interface Alarms {
  /** Alarms that stand, and those that were cleared, oldest first. */
  alarms(): readonly Alarm[];
  /** Raised once; audited and told of. */
  raiseAlarm(facts: AlarmFacts): void;
  clearAlarms(match: AlarmMatch): void;
}

export function alarmsOf(core: Core): Alarms {
  return {
    alarms: () => core.notices.alarms.all(),
    raiseAlarm: (facts) => {
      raiseAlarm(core, facts);
    },
    clearAlarms: (match) => {
      clearAlarms(core, match);
    },
  };
}
