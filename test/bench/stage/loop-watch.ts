import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs inside a daemon that is measured, before everything else: notes in its home when the loop was held up, and for
 * how long. A line is `end of the gap in ms since 1970, length in ms`.
 */
const intervalMs = 2;
const notedMs = 5;

const file = join(process.argv[process.argv.indexOf('--home') + 1] ?? '.', 'loop-gaps');
let lastMs = performance.now();
setInterval(() => {
  const nowMs = performance.now();
  if (nowMs - lastMs > notedMs) {
    appendFileSync(file, `${performance.timeOrigin + nowMs} ${nowMs - lastMs}\n`);
  }
  lastMs = nowMs;
}, intervalMs).unref();
