import { it } from 'vitest';

/** The configurations of `npm run test:deep` and `test:long` say so; every other run is the fast one. */
const isDeep = process.env['TEST_SUITE'] === 'deep';

/**
 * How much of one test each suite tries: a number of schedules, or the cases themselves. A file that asks is run by
 * both suites.
 */
export function runs<Amount>(fast: Amount, deep: Amount): Amount {
  return isDeep ? deep : fast;
}

/** A test that stands among fast ones and is slow itself: the fast suite skips it. */
export const itDeep: typeof it = it.runIf(isDeep) as typeof it;
