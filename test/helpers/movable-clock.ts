import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Hours by which the clock of a daemon jumps ahead at SIGUSR2. */
const jumpHours = 49;

/** The environment of a daemon whose clock is off by some hours, and jumps ahead at SIGUSR2. */
export function movableClock(folder: string, offHours = 0): Readonly<Record<string, string>> {
  const file = join(folder, `clock-${offHours}.mjs`);
  writeFileSync(
    file,
    `const hour = 3_600_000;
     const now = Date.now;
     let off = ${offHours} * hour;
     Date.now = () => now() + off;
     process.on('SIGUSR2', () => { off += ${jumpHours} * hour; });`,
  );
  return { NODE_OPTIONS: `--import=${pathToFileURL(file).href}` };
}
