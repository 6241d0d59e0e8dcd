import { defineConfig } from 'vitest/config';

const oneHourMs = 60 * 60 * 1000;

/** The long run: `npm run test:long`. One file at a time, so that two cores belong to the one that runs. */
export default defineConfig({
  test: {
    include: ['test/long/**/*.test.ts', 'test/**/*.long.test.ts'],
    exclude: ['**/node_modules/**', 'test/tidy/canaries/**'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 24 * oneHourMs,
    hookTimeout: oneHourMs,
    reporters: ['verbose'],
    passWithNoTests: true,
    expect: { requireAssertions: true },
    env: { TEST_SUITE: 'deep' },
  },
});
