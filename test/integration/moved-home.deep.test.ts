import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Home, type Stage, openStage, until } from '../helpers/processes.ts';

let stage: Stage;
let home: Home;

beforeEach(async () => {
  stage = await openStage();
  home = stage.home('desk');
  await home.json('init', '--label', 'desk');
  await home.startDaemon();
});

afterEach(async () => {
  await stage.close();
});

const database = (): string => join(home.folder, 'state', 'sourcesync.db');
const write = async (id: string) => home.client().putRecord('workspace', id, { kind: 'task', title: id });

async function isSaid(state: string): Promise<void> {
  await until(`the store is ${state}`, async () => {
    const status = await home.client().status();
    return status.ok && status.value.store.state === state;
  });
}

async function saysSo(): Promise<void> {
  const words = 'was removed or replaced while it was in use';
  expect((await home.run('status')).stdout).toContain(words);
  expect((await home.run('doctor')).stdout).toContain(words);
  expect(home.printed()).toContain(words);
  const detail = expect.stringContaining(words);
  expect(await write('refused')).toMatchObject({ ok: false, error: { problem: { status: 507, detail } } });
}

async function secondRefuses(): Promise<void> {
  const second = await home.run('daemon', 'run');
  expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('A daemon of this home runs already') });
}

it('30. a database that is moved away is noticed, nobody else opens another one, and it goes on once it is back', async () => {
  expect(await write('before')).toMatchObject({ ok: true });
  const files = ['', '-wal'].map((end) => `${database()}${end}`);
  files.forEach((file) => renameSync(file, `${file}.away`));
  await isSaid('failing');
  await saysSo();
  await secondRefuses();
  files.forEach((file) => renameSync(`${file}.away`, file));
  await isSaid('well');
  expect(await write('after')).toMatchObject({ ok: true });
  await home.killDaemon('SIGTERM');
  await home.startDaemon();
  for (const id of ['before', 'after']) {
    expect(await home.client().record('workspace', id)).toMatchObject({ ok: true });
  }
});

it('30. one that is replaced is left alone, and taken up by the next daemon', async () => {
  rmSync(database());
  writeFileSync(database(), '');
  expect(await write('lost')).toMatchObject({ ok: false });
  await isSaid('failing');
  await saysSo();
  await secondRefuses();
  expect(await home.run('daemon', 'stop')).toMatchObject({ code: 0 });
  await home.startDaemon();
  await isSaid('well');
  expect(await write('after')).toMatchObject({ ok: true });
});
