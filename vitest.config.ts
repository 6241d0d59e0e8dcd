import { statfsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const memoryDisk = '/dev/shm';
const roomForTests = 4 * 1024 ** 3;

/**
 * Files that keep to themselves: they share a process, so that the product is not loaded anew for each. Programs that
 * integration tests start are processes of their own anyhow.
 */
const together = ['test/{unit,contract,tidy,integration}/**/*.test.ts'];
/** Simulations put something of their own into the product, and share processes with each other alone. */
const apart = ['test/simulation/**/*.test.ts'];
const never = ['**/*.long.test.ts', '**/node_modules/**', 'test/tidy/canaries/**'];

/**
 * The fast suite: `npm test`. Its homes and stores lie in memory where there is room: it looks at what is written, and a
 * busy disk would add what it waits for. The deep suite writes to the disk.
 */
export default suite(
  { together, apart },
  ['**/*.deep.test.ts', ...never],
  hasMemoryDisk() ? { TMPDIR: memoryDisk } : {},
);

function hasMemoryDisk(): boolean {
  try {
    const disk = statfsSync(memoryDisk);
    return disk.bavail * disk.bsize >= roomForTests;
  } catch {
    return false;
  }
}

/** What both suites agree on; the deep one names other files and says that it is deep. */
export function suite(
  files: { readonly together: string[]; readonly apart: string[] },
  exclude: string[],
  env: Record<string, string>,
): ReturnType<typeof defineConfig> {
  return defineConfig({
    test: {
      pool: 'forks',
      maxWorkers: 2,
      // Rounds of faults run three daemons each, beside what the other worker does.
      maxConcurrency: 3,
      // Far beyond what any takes on a busy machine: a limit is for what hangs.
      testTimeout: 240_000,
      hookTimeout: 240_000,
      teardownTimeout: 5_000,
      reporters: ['default'],
      setupFiles: ['test/helpers/property-seed.ts'],
      restoreMocks: true,
      // A test that asserts nothing proves nothing.
      expect: { requireAssertions: true },
      exclude,
      env,
      projects: [
        { extends: true, test: { name: 'together', include: files.together, isolate: false } },
        { extends: true, test: { name: 'apart', include: files.apart, isolate: false } },
      ],
    },
  });
}
