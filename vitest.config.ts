import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,contract,simulation,integration,tidy}/**/*.test.ts'],
    exclude: ['**/*.long.test.ts', '**/node_modules/**', 'test/tidy/canaries/**'],
    pool: 'forks',
    maxWorkers: 2,
    // Far beyond what any takes on a busy machine: a limit is for what hangs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 5_000,
    reporters: ['default'],
    setupFiles: ['test/helpers/property-seed.ts'],
    restoreMocks: true,
    // A test that asserts nothing proves nothing.
    expect: { requireAssertions: true },
  },
});
