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
    if (importer?.startsWith(tests) !== true || !source.startsWith('.')) {
      return undefined;
    }
    const path = relative(root, join(dirname(importer), source));
    const isTaken = isSource.test(path) && !replacesModules(importer);
    return isTaken ? join(root, 'dist', path.replace(/\.ts$/, '.js')) : undefined;
  },
};

const replacing = new Map<string, boolean>();

/** A module that Node loaded cannot be replaced: such a test takes the sources. Each file is read once, not at each import. */
function replacesModules(importer: string): boolean {
  const known = replacing.get(importer) ?? readFileSync(importer, 'utf8').includes('vi.doMock(');
  replacing.set(importer, known);
  return known;
}
