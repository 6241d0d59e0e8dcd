import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PageBody, RecordBody } from '../../src/api/types/bodies.ts';
import type { ScopeUseBody } from '../../src/api/types/devices.ts';
import type { PlaceBody } from '../../src/api/types/places.ts';
import { livesIn } from '../helpers/asked.ts';
import { type Home, type Stage, openStage, until } from '../helpers/processes.ts';

let stage: Stage;
let desk: Home;

const id = 'repositories/repo/github.com%2Fo%2Fr';

beforeAll(async () => {
  stage = await openStage();
  desk = stage.home('desk');
  await desk.json('init', '--label', 'desk', '--yes');
  await desk.startDaemon();
  const git = join(stage.root, 'ann', 'src', 'r', '.git');
  mkdirSync(git, { recursive: true });
  writeFileSync(join(git, 'HEAD'), 'ref: refs/heads/main\n');
  writeFileSync(join(git, 'config'), '[remote "origin"]\n\turl = https://github.com/o/r.git\n');
  await livesIn(desk, join(stage.root, 'ann'), {});
  await desk.run('setup', '--yes', '--engines', 'workspace');
  await until('its clone is known', async () => (await idsOf()).includes(id));
  await desk.json('scopes', 'create', 'workspace', 'team');
});

afterAll(async () => {
  await stage.close();
});

it('42 a place rests with its workspace, is a new one where it is followed in the other, and takes nothing along', async () => {
  const own = (await use('team')).from;
  expect([await idsOf(), await isOn()]).toEqual([[], false]);
  expect((await desk.run('places', 'off', 'repositories')).stderr).toContain('is not followed');
  await use(own);
  await until('it goes on by itself', async () => isOn());
  expect(await idsOf()).toContain(id);

  await use('team');
  await desk.json('places', 'on', 'repositories');
  await until('its clone is known there, too', async () => (await idsOf()).includes(id));
  await use(own);
  expect([await idsOf(), await isOn()]).toEqual([[id], false]);
  await desk.json('places', 'on', 'repositories');
  await desk.json('sync', 'now');
  expect([await idsOf(), await isOn()]).toEqual([[id], true]);
});

async function use(scope: string): Promise<ScopeUseBody> {
  const used = await desk.json<ScopeUseBody>('scopes', 'use', scope, '--collection', 'workspace', '--execute');
  await until('its log is read', async () => {
    const written = await desk.run('records', 'rm', 'workspace', 'nothing of this name');
    return !written.stderr.includes('still being read');
  });
  return used;
}

async function idsOf(): Promise<readonly string[]> {
  return (await desk.json<PageBody<RecordBody>>('records', 'ls', 'workspace')).items.map((record) => record.id);
}

async function isOn(): Promise<boolean> {
  const { items } = await desk.json<PageBody<PlaceBody>>('places', 'ls');
  return items.find(({ name }) => name === 'repositories')?.on === true;
}
