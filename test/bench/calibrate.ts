import { createHash } from 'node:crypto';

const rounds = 400;

/** Milliseconds for a fixed piece of work on one core: what a busy neighbour costs shows here as well. */
export function calibrate(): number {
  const bytes = new Uint8Array(64 * 1024);
  const startedMs = performance.now();
  for (let round = 0; round < rounds; round++) {
    bytes[round % bytes.length] = round & 0xff;
    createHash('sha256').update(bytes).digest();
    JSON.parse(JSON.stringify({ round, values: Array.from({ length: 500 }, (_, index) => index * round) }));
  }
  return performance.now() - startedMs;
}
