import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from '../../src/base/assert.ts';
import { loadBindings } from '../../src/daemon/engines/bindings.ts';
import type { Migration } from '../../src/contract/engine.ts';
import type { Bindings, CollectionBinding } from '../../src/replica/names/binding.ts';
import { ledgerFolder } from '../helpers/ledger.ts';
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
    const { bindings, problems } = loadBindings([folder, ledgerFolder], {
      'sourceos.sync.policy-fabric': { scope: 'workspace' },
    });
    assert(problems.length === 0, `the governed engines have no problem: ${problems.join(' ')}`);
    return withKnownMigrations(bindings);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The realm in which a third party's migration runs is costly to enter: the same fields are brought there once. */
function withKnownMigrations(bindings: Bindings): Bindings {
  const all = bindings.all().map((binding) => {
    const { migrations } = binding.engine;
    return migrations === undefined
      ? binding
      : { ...binding, engine: { ...binding.engine, migrations: migrations.map(known) } };
  });
  const byName = new Map<string, CollectionBinding>(all.map((binding) => [binding.manifest.collection, binding]));
  return { all: () => all, ofCollection: (name) => byName.get(name) };
}

function known({ fromMajor, migrate }: Migration): Migration {
  const answers = new Map<string, ReturnType<Migration['migrate']>>();
  return {
    fromMajor,
    migrate(fields) {
      const question = JSON.stringify(fields);
      const answer = answers.get(question) ?? migrate(fields);
      answers.set(question, answer);
      return answer;
    },
  };
}
