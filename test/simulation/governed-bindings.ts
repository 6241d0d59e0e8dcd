import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from '../../src/base/assert.ts';
import { loadBindings } from '../../src/daemon/bindings.ts';
import type { Bindings } from '../../src/replica/port.ts';
import { installRecipes } from '../helpers/recipes.ts';

export type Major = 1 | 2;

const loaded = new Map<Major, Bindings>();

/** Every shipped engine, policy in the workspace, and recipes of that major, which a third party wrote. */
export function governedBindings(major: Major): Bindings {
  const bindings = loaded.get(major) ?? load(major);
  loaded.set(major, bindings);
  return bindings;
}

function load(major: Major): Bindings {
  const folder = mkdtempSync(join(tmpdir(), 'sourcesync-simulation-'));
  try {
    installRecipes(folder, major);
    const { bindings, problems } = loadBindings([folder], { 'sourceos.sync.policy-fabric': { scope: 'workspace' } });
    assert(problems.length === 0, `the governed engines have no problem: ${problems.join(' ')}`);
    return bindings;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
