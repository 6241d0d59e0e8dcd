import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Hours by which the clock of a daemon jumps ahead at each SIGUSR2. */
const jumpHours = 49;

/**
 * The environment of a daemon whose clock is off by some hours, and jumps at each SIGUSR2: by the hours that are named,
 * one after the other, or ahead where none are.
 */
export function movableClock(
  folder: string,
  offHours = 0,
  jumps: readonly number[] = [],
): Readonly<Record<string, string>> {
  const file = join(folder, `clock-${offHours}.mjs`);
  writeFileSync(
    file,
    `const hour = 3_600_000;
     const now = Date.now;
     let off = ${offHours} * hour;
     Date.now = () => now() + off;
     const jumps = ${JSON.stringify(jumps)};
     process.on('SIGUSR2', () => { off += (jumps.shift() ?? ${jumpHours}) * hour; });`,
  );
  return { NODE_OPTIONS: `--import=${pathToFileURL(file).href}` };
}
