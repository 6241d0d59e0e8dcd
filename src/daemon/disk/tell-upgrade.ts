import type { UpgradeStep } from '../../store/sqlite/upgrade/upgrade.ts';

/** For whoever waits for a daemon to start: a large store takes a while, in which nothing else is said. */
export function tellUpgrade(step: UpgradeStep): void {
  if (step === 'copying') {
    process.stderr.write('The store of this home is of an older version: it is copied, and then upgraded.\n');
  } else if (step === 'done') {
    process.stderr.write('The store is upgraded. The way back is: sourcesync store rollback\n');
  }
}
