import { appendFile, cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EngineCountsBody } from '../../src/api/types/bodies.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

const root = join(import.meta.dirname, '..', '..');

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(async () => {
  await stage.close();
});

it('a home that was made before notes shipped has the engine after an upgrade, what waited for it, and its links', async () => {
  const relay = await stage.startRelay();
  const { desk, laptop } = await pairedHomes(stage, relay, await buildWithoutNotes(join(stage.root, 'older')));
  const [left, right, kept] = ['left', 'right', 'kept'].map((name) => join(stage.root, name)) as [
    string,
    string,
    string,
  ];
  await Promise.all([left, right, kept].map(async (folder) => mkdir(folder)));
  await writeFile(join(left, 'new.md'), 'written where notes are known\n');
  await writeFile(join(kept, 'old.md'), 'linked to presence\n');
  await laptop.json('link', 'presence', kept);
  await desk.json('link', 'notes', left);
  await until('what the older build can take is there', async () => (await countsOf(desk, 'presence'))?.live === 1);
  expect(await countsOf(laptop, 'notes')).toBeUndefined();

  await laptop.killDaemon('SIGTERM');
  const upgraded = stage.home('laptop');
  await upgraded.startDaemon();
  await until('the note that waited is live', async () => (await countsOf(upgraded, 'notes'))?.live === 1);
  expect(await countsOf(upgraded, 'notes')).toMatchObject({ review: 0, conflicts: 0, quarantined: 0 });
  await upgraded.json('link', 'notes', right);
  await until('it is a file', async () => (await textOf(join(right, 'new.md'))) === 'written where notes are known\n');

  await appendFile(join(kept, 'old.md'), 'and edited after the upgrade\n');
  await until('the folder of presence goes on', async () => {
    const { fields } = await desk.json<{ fields: { text: string } }>('records', 'get', 'presence', 'old.md');
    return fields.text === 'linked to presence\nand edited after the upgrade\n';
  });
  expect(await upgraded.json('reviews', 'ls')).toMatchObject({ items: [] });
});

/** This build as it was before the engine shipped, in a folder of its own; answers its command line. */
async function buildWithoutNotes(folder: string): Promise<string> {
  await mkdir(folder);
  for (const part of ['bin', 'dist', 'manifests', 'schemas', 'package.json']) {
    await cp(join(root, part), join(folder, part), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await rm(join(folder, 'manifests', 'notes.json'));
  await rm(join(folder, 'schemas', 'records', 'notes.json'));
  return join(folder, 'bin', 'sourcesync.js');
}

async function countsOf(home: Home, collection: string): Promise<EngineCountsBody | undefined> {
  const status = await home.client().status();
  const engines = status.ok ? status.value.engines : [];
  return engines.find((engine) => engine.collection === collection)?.counts;
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
