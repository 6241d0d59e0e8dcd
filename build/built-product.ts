import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const isSource = /^(?:src|engines)\/.*\.ts$/;
const tests = join(root, 'test');

/** What Node itself loads, as it stands in `dist`. */
export const builtFiles = /\/dist\/(?:src|engines)\//;

/**
 * Tests take the product from `dist`, as people run it, and not from its sources: it is compiled once by the build and
 * not anew for each process of the tests.
 */
export const builtProduct = {
  name: 'built-product',
  enforce: 'pre' as const,
  resolveId(source: string, importer: string | undefined): string | undefined {
    if (importer === undefined || !source.startsWith('.') || !importer.startsWith(tests) || replacesModules(importer)) {
      return undefined;
    }
    const path = relative(root, join(dirname(importer), source));
    return isSource.test(path) ? join(root, 'dist', path.replace(/\.ts$/, '.js')) : undefined;
  },
};

/** A module that Node loaded cannot be replaced: such a test takes the sources. */
function replacesModules(importer: string): boolean {
  return readFileSync(importer, 'utf8').includes('vi.doMock(');
}
