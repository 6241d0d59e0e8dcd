import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Home, type Stage, openStage, until } from '../helpers/processes.ts';

let stage: Stage;
let home: Home;
let token: string;

beforeEach(async () => {
  stage = await openStage();
  home = stage.home('desk');
  token = join(home.folder, 'state', 'keys', 'api.token');
  await home.json('init', '--label', 'desk');
  await home.startDaemon();
  await home.client().putRecord('workspace', 'kept', { kind: 'task', title: 'kept' });
});

afterEach(async () => {
  await stage.close();
});

const isKept = async (): Promise<void> => {
  expect(await home.client().record('workspace', 'kept')).toMatchObject({ value: { state: 'live' } });
};

it.each<[string, () => void]>([
  ['removed', () => rmSync(token)],
  ['emptied', () => writeFileSync(token, '')],
])('34. a token that is %s: the running daemon and the next one put it right', async (_n, lose) => {
  lose();
  await until('it is there again', async () => (await home.run('status')).code === 0);
  await isKept();
  expect(await home.run('daemon', 'stop')).toMatchObject({ code: 0 });
  lose();
  expect(await home.run('doctor')).toMatchObject({ code: 4, stderr: expect.stringContaining('Nothing else') });
  await home.startDaemon();
  expect(statSync(token).mode & 0o777).toBe(0o600);
  expect(await home.run('status')).toMatchObject({ code: 0 });
  await isKept();
});

it('35. keys that are gone are put back, and nothing has changed meanwhile', async () => {
  await home.killDaemon('SIGTERM');
  const keys = join(home.folder, 'state', 'keys');
  renameSync(keys, `${keys}-away`);
  for (const command of [['status'], ['doctor'], ['init', '--yes'], ['daemon', 'start']]) {
    const { code, stderr } = await home.run(...command);
    expect(code).toBe(5);
    expect(stderr).toMatch(/The keys of this home are gone: .* Put the folder \S+ back as it was/);
  }
  renameSync(`${keys}-away`, keys);
  await home.startDaemon();
  await isKept();
});
