import { chmodSync, cpSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { loadBindings } from '../../../src/daemon/engines/bindings.ts';
import { packageRoot } from '../../../src/daemon/ground/package-root.ts';
import { migrationTo } from '../../../src/merge/values/migrations.ts';
import { temporaryFolder } from './temporary-folder.ts';

const example = join(packageRoot, 'docs', 'third-party-engine');
const readme = readFileSync(join(example, 'README.md'), 'utf8');

/** The example as its README says to install it. */
function installed() {
  const folder = temporaryFolder();
  cpSync(example, folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    chmodSync(join(folder, name), 0o644);
  }
  return loadBindings([folder], {});
}

/** Rows of the table in the README, by version. */
function shownFields(version: number): JsonObject {
  return JSON.parse(new RegExp(`^\\| ${version} \\| \`(.+)\` \\|$`, 'm').exec(readme)?.[1] ?? '') as JsonObject;
}

describe('the example of an engine by a third party', () => {
  it.each(['books.js', 'reading.js'])('%s is shown as it is', (name) => {
    expect(readme).toContain(`\`\`\`js\n${readFileSync(join(example, name), 'utf8')}\`\`\``);
  });

  it.each([1, 2])('reads a record of version %i as the README says, in the form of its schema', (version) => {
    const { bindings, problems } = installed();
    expect(problems).toEqual([]);
    const books = bindings.ofCollection('books');
    const migrate = books && migrationTo(books.manifest, books.engine, `${version}.0.0`);
    const current = shownFields(3);
    expect(migrate?.(shownFields(version))).toEqual({ ok: true, value: current });
    expect(books?.validate(current)).toEqual({ ok: true, value: current });
    expect(books?.validate(shownFields(version))).toMatchObject({ ok: false });
  });
});
