import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from '../../base/assert.ts';

/** The folder of this package, which holds manifests/ and schemas/; the same from source and from built code. */
export const packageRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)));

export const packageVersion: string = (
  JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }
).version;

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'manifests'))) {
    return folder;
  }
  const parent = dirname(folder);
  assert(parent !== folder, 'this code lies inside its package');
  return findRoot(parent);
}
