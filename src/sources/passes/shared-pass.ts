import type { ScanReport } from '../ground/scan-report.ts';
import type { Turns } from './turns.ts';

/** A pass over the whole folder. `thorough` reads every file; `isAsked` is for one that a person wants. */
export type Pass = (thorough: boolean, isAsked: boolean) => Promise<ScanReport>;

/** Requests that come before their pass has begun share one, which is as thorough as the most thorough of them. */
export function createSharedPass(turns: Turns, pass: Pass): Pass {
  let waiting: { thorough: boolean; isAsked: boolean; readonly report: Promise<ScanReport> } | undefined;

  return (thorough, isAsked) => {
    if (waiting !== undefined) {
      waiting.thorough ||= thorough;
      waiting.isAsked ||= isAsked;
      return waiting.report;
    }
    const report = turns.run(() => {
      const asked = waiting ?? { thorough, isAsked };
      waiting = undefined;
      return pass(asked.thorough, asked.isAsked);
    });
    waiting = { thorough, isAsked, report };
    return report;
  };
}
