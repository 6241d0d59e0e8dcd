import { chmodSync, cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from '../../src/base/assert.ts';
import type { MergeStrategyName } from '../../src/contract/manifest.ts';
import { loadBindings } from '../../src/daemon/engines/bindings.ts';
import type { Bindings } from '../../src/replica/names/binding.ts';
import { ledgerFolder } from './ledger.ts';
import { temporaryFolder } from '../unit/daemon/temporary-folder.ts';

const samples = fileURLToPath(new URL('../../samples/', import.meta.url));

/** A third-party engine as it is installed: version 1, or version 2, which brings a migration. */
export function installRecipes(folder: string, major: 1 | 2, mergeStrategy: MergeStrategyName = 'graph_merge'): void {
  cpSync(join(samples, `recipes-${major}`), folder, { recursive: true });
  // A checkout may leave files that a group may write, and such a script is refused.
  for (const name of readdirSync(folder)) {
    chmodSync(join(folder, name), 0o644);
  }
  chmodSync(folder, 0o700);
  const path = join(folder, 'recipes.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as object;
  writeFileSync(path, JSON.stringify({ ...manifest, mergeStrategy }));
}

const loaded = new Map<string, Bindings>();

/** Every shipped engine, a ledger and recipes of that major, as the daemon binds them. */
export function withRecipes(major: 1 | 2, mergeStrategy: MergeStrategyName = 'graph_merge'): Bindings {
  const name = `${major} ${mergeStrategy}`;
  const known = loaded.get(name);
  if (known !== undefined) {
    return known;
  }
  const folder = temporaryFolder();
  installRecipes(folder, major, mergeStrategy);
  const { bindings, problems } = loadBindings([folder, ledgerFolder], {});
  assert(problems.length === 0, `recipes have no problem: ${problems.join(' ')}`);
  loaded.set(name, bindings);
  return bindings;
}
