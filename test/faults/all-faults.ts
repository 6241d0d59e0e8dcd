import { clockFaults } from './clock-faults.ts';
import { diskFaults, shortDiskFaults } from './disk-faults.ts';
import type { Fault } from './fault.ts';
import { databaseFaults, pageFaults, shortPageFaults } from './file-faults.ts';
import { linkFaults, shortLinkFaults } from './link-faults.ts';
import { shortStrangerFaults, strangerFaults } from './stranger-faults.ts';

/** The table, in its order. */
export const allFaults: readonly Fault[] = [
  ...diskFaults,
  ...pageFaults,
  ...databaseFaults,
  ...strangerFaults,
  ...linkFaults,
  ...clockFaults,
];

/** Every kind of it in its shortest form: several pages at once, fewer strangers, one error for each call. */
export const shortestFaults: readonly Fault[] = [
  ...shortDiskFaults,
  ...shortPageFaults,
  ...databaseFaults,
  ...shortStrangerFaults,
  ...shortLinkFaults,
  ...clockFaults,
];
