import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { StatusBody } from '../../src/api/types/bodies.ts';
import type { DeviceListBody } from '../../src/api/types/devices.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(async () => {
  await stage.close();
});

it('a device is renamed on another one, and both its own settings and every other device say so', async () => {
  const { desk, laptop } = await pairedHomes(stage, await stage.startRelay());
  await until('the desk knows the laptop', async () => (await labelsOf(desk)).includes('laptop'));
  const { label } = await desk.json<{ label: string }>('devices', 'rename', 'laptop', 'Anna\u2019s laptop');
  expect(label).toBe('Anna\u2019s laptop');
  expect(await labelsOf(desk)).toEqual(expect.arrayContaining(['desk', label]));
  await until('the laptop goes by it', async () => (await ownLabelOf(laptop)) === label);
  const config = join(laptop.folder, 'config', 'config.toml');
  await until('its settings say so', async () => Promise.resolve(readFileSync(config, 'utf8').includes(label)));
  expect(await laptop.json('config', 'get', 'device.label')).toMatchObject({ value: label });

  await laptop.json('devices', 'rename', label, 'travel');
  await until('the desk hears of it', async () => (await labelsOf(desk)).includes('travel'));
  await desk.killDaemon('SIGKILL');
  await desk.startDaemon();
  expect(await labelsOf(desk)).toEqual(expect.arrayContaining(['desk', 'travel']));

  const refused = await desk.run('devices', 'rename', 'travel', 'tra\u200bvel');
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toContain('without hidden characters');
  expect((await desk.run('devices', 'rename', 'nobody', 'x')).stderr).toContain('sourcesync devices ls');
});

it('a name that is taken is given to no second device or scope', async () => {
  const { desk, laptop } = await pairedHomes(stage, await stage.startRelay());
  const taken = await desk.run('devices', 'rename', 'laptop', 'desk');
  expect([taken.code, taken.stderr]).toEqual([1, expect.stringContaining('sourcesync devices rename')]);
  await desk.json('scopes', 'create', 'org', 'Team');
  const again = await desk.run('scopes', 'create', 'org', 'Team');
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('Choose another name')]);

  const { code } = await desk.json<{ code: string }>('pair', 'invite', '--trust-code');
  const third = stage.home('third');
  const joined = await third.run('pair', 'join', code, '--trust-code', '--label', 'laptop');
  expect([joined.code, joined.stdout]).toEqual([0, expect.stringContaining('this one is laptop 2')]);
  expect([...(await labelsOf(desk))].sort()).toEqual(['desk', 'laptop', 'laptop 2']);
  expect(await third.json('config', 'get', 'device.label')).toMatchObject({ value: 'laptop 2' });
  await until('the laptop knows it', async () => (await labelsOf(laptop)).includes('laptop 2'));
});

async function labelsOf(home: Home): Promise<readonly string[]> {
  return (await home.json<DeviceListBody>('devices', 'ls')).items.map(({ label }) => label);
}

async function ownLabelOf(home: Home): Promise<string> {
  return (await home.json<StatusBody>('status')).device.label;
}
