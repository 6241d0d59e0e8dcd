import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineBody, PageBody, RecordBody, StatusBody } from '../../src/api/types/bodies.ts';
import type { ScopeBody, ScopeUseBody } from '../../src/api/types/devices.ts';
import type { LinkBody } from '../../src/api/types/links.ts';
import {
  type Home,
  type RunningRelay,
  type Stage,
  filesBelow,
  openStage,
  pairedHomes,
  sameFiles,
  until,
} from '../helpers/processes.ts';

let stage: Stage;
let relay: RunningRelay;
let desk: Home;
let laptop: Home;
let left: string;
let right: string;

const names = Array.from({ length: 120 }, (_, index) => `note-${index}.md`);

beforeEach(async () => {
  stage = await openStage();
  relay = await stage.startRelay();
  ({ desk, laptop } = await pairedHomes(stage, relay));
  [left, right] = [join(stage.root, 'left'), join(stage.root, 'right')];
  for (const folder of [left, right, join(stage.root, 'ours')]) {
    await mkdir(folder);
  }
  for (const name of names) {
    await writeFile(join(left, name), `mine: ${name}\n`);
  }
  await desk.json('link', 'notes', left);
  await laptop.json('link', 'notes', right);
  await until('all files have come', async () => sameFiles(left, right));
  await until('all is in step', async () => isInStep(laptop));
  await desk.json('scopes', 'create', 'workspace', 'team');
  await until('the laptop has joined', async () => (await scopesOn(laptop)).some(({ name }) => name === 'team'));
});

afterEach(async () => {
  await stage.close();
});

describe('a workspace that a person chooses for their notes', () => {
  it('50d 50e 50g shows its records, and the other one comes back with its folder, which was never touched', async () => {
    const before = await filesBelow(right);
    const planned = await laptop.json<ScopeUseBody>('scopes', 'use', 'team', '--collection', 'notes');
    expect(planned).toMatchObject({ executed: false, live: names.length, resting: [right], goingOn: [] });
    expect(await servingOn(laptop)).toBe('workspace');

    await use(laptop, 'team');
    expect(await servingOn(laptop)).toBe('team');
    expect(await idsOn(laptop)).toEqual([]);
    expect(await filesBelow(right)).toEqual(before);
    expect(await linksOf(laptop)).toMatchObject([{ path: right, state: 'paused', rests: true, files: names.length }]);

    // What is saved in a folder that rests waits there, and what is new goes to the other workspace.
    await writeFile(join(right, 'note-1.md'), 'mine: edited while it rests\n');
    await writeFile(join(stage.root, 'ours', 'plan.md'), 'ours\n');
    await laptop.json('link', 'notes', join(stage.root, 'ours'));
    await writeFile(join(left, 'note-2.md'), 'mine: edited at the desk\n');
    await until('it is a record of the team', async () => (await idsOn(laptop)).includes('plan.md'));
    await until('the desk has sent its edit', async () => isInStep(desk));
    await laptop.json('sync', 'now');
    expect(await idsOn(laptop)).toEqual(['plan.md']);
    expect((await idsOn(desk)).length).toBe(names.length);

    await laptop.killDaemon('SIGKILL');
    await laptop.startDaemon();
    expect(await servingOn(laptop)).toBe('team');
    await use(laptop, 'workspace');
    await until('both edits are everywhere', async () => {
      const [here, there] = [await filesBelow(left), await filesBelow(right)];
      const said = [here, there].map((files) => [files.get('note-1.md'), files.get('note-2.md')]);
      return said.every(([one, two]) => one?.includes('while it rests') === true && two?.includes('desk') === true);
    });
    expect(await sameFiles(left, right)).toBe(true);
    expect((await filesBelow(right)).size).toBe(names.length);
    expect(await filesBelow(join(stage.root, 'ours'))).toEqual(new Map([['plan.md', 'ours\n']]));
  });

  it('50e is the same for everybody in it, and a folder that is linked then takes what it has', async () => {
    await use(laptop, 'team');
    await writeFile(join(stage.root, 'plan.json'), JSON.stringify({ kind: 'note', text: 'ours\n' }));
    await laptop.json('records', 'put', 'notes', 'plan.md', '--file', join(stage.root, 'plan.json'));
    const before = await filesBelow(left);
    await use(desk, 'team');
    await until('the record of the team is here', async () => (await idsOn(desk)).join() === 'plan.md');
    expect(await filesBelow(left)).toEqual(before);
    const linked = await desk.run('link', 'notes', join(stage.root, 'ours'));
    expect([linked.code, linked.stderr]).toEqual([0, expect.not.stringContaining('already')]);
    await until('it is a file', async () => (await filesBelow(join(stage.root, 'ours'))).get('plan.md') === 'ours\n');
    for (const words of [
      ['link', 'resume', left],
      ['link', 'show', left],
      ['link', 'notes', left],
    ]) {
      const refused = await desk.run(...words);
      expect([refused.code === 0, refused.stderr]).toEqual([
        false,
        expect.stringContaining(`${left} rests. The folder`),
      ]);
      expect(refused.stderr).toContain('It goes on by itself once its workspace is chosen again');
    }
    for (const words of [['link', 'ls', left], ['status']]) {
      const { stdout } = await desk.run(...words);
      expect(stdout).toContain(`${names.length} files when it was last followed`);
      expect(stdout).toMatch(/Nothing\s+in\s+it\s+is\s+looked\s+at\s+meanwhile/);
      expect(stdout).not.toContain(`${names.length} files in step`);
    }
    expect((await desk.run('doctor')).stdout).toContain('rests, as another workspace serves');
    for (const home of [desk, laptop]) {
      await use(home, 'workspace');
      await until('its notes are back', async () => (await idsOn(home)).length === names.length);
      await until('all is in step', async () => isInStep(home));
    }
    expect(await filesBelow(left)).toEqual(before);
    expect(await sameFiles(left, right)).toBe(true);
  });

  it('50g names the files that were not sent yet, which go on once the workspace is chosen again', async () => {
    await relay.kill('SIGTERM');
    await writeFile(join(right, 'film.bin'), Buffer.alloc(2_000_000, 7));
    await until('it is known to wait', async () => (await linksOf(laptop))[0]?.notInStep.count === 1);
    const notInStep = [{ path: right, count: 1 }];
    const planned = await laptop.json<ScopeUseBody>('scopes', 'use', 'team', '--collection', 'notes');
    expect(planned).toMatchObject({ executed: false, notInStep });
    const shown = await laptop.run('scopes', 'use', 'team', '--collection', 'notes', '--execute');
    expect(shown.stdout).toMatch(/1 file of it is not in step yet, and goes on with it then/);
    await untilRead(laptop);
    await use(laptop, 'workspace');
    await until('it waits again', async () => (await linksOf(laptop))[0]?.notInStep.count === 1);
    await relay.restart();
    await until('it has come', async () => (await filesBelow(left)).has('film.bin'));
  });

  it('50f says why what cannot be chosen is not, and a folder can be unlinked while it rests', async () => {
    const refused = await laptop.run('scopes', 'use', 'team', '--collection', 'policy', '--execute');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('says what others may do')]);
    const unknown = await laptop.run('scopes', 'use', 'nobody', '--collection', 'notes');
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('No scope is called nobody')]);
    const shown = await laptop.run('scopes', 'use', 'team', '--collection', 'notes');
    expect(shown.stdout).toContain(`${names.length} records`);
    expect(shown.stdout).toContain('sourcesync scopes use team --collection notes --execute');
    await use(laptop, 'team');
    expect((await laptop.run('scopes', 'use', 'team', '--collection', 'notes')).stdout).toContain('already');
    const before = await filesBelow(right);
    await laptop.json('unlink', right);
    await use(laptop, 'workspace');
    await until('its notes are back', async () => (await idsOn(laptop)).length === names.length);
    expect(await linksOf(laptop)).toEqual([]);
    expect(await filesBelow(right)).toEqual(before);
    expect((await idsOn(desk)).length).toBe(names.length);
  });
});

/** Resolves once the log of the workspace is read. */
async function use(home: Home, scope: string): Promise<void> {
  const used = await home.json<ScopeUseBody>('scopes', 'use', scope, '--collection', 'notes', '--execute');
  expect(used.executed).toBe(true);
  await untilRead(home);
}

async function untilRead(home: Home): Promise<void> {
  await until('its log is read', async () => {
    const { items } = await home.json<PageBody<EngineBody>>('engines', 'ls');
    return items.find(({ collection }) => collection === 'notes')?.state !== 'engine_syncing';
  });
}

async function scopesOn(home: Home): Promise<readonly ScopeBody[]> {
  return (await home.json<PageBody<ScopeBody>>('scopes', 'ls')).items;
}

async function servingOn(home: Home): Promise<string | undefined> {
  return (await scopesOn(home)).find(({ serves }) => serves.includes('notes'))?.name;
}

async function idsOn(home: Home): Promise<readonly string[]> {
  const { items } = await home.json<PageBody<RecordBody>>('records', 'ls', 'notes', '--limit', '500');
  return items.map(({ id }) => id);
}

async function linksOf(home: Home): Promise<readonly LinkBody[]> {
  return (await home.json<PageBody<LinkBody>>('link', 'ls')).items;
}

async function isInStep(home: Home): Promise<boolean> {
  return (await home.json<StatusBody>('status')).glance.state === 'in_step';
}
