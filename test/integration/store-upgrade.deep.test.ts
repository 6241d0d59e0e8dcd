import Database from 'better-sqlite3';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Home, type Stage, openStage, until } from '../helpers/processes.ts';

let stage: Stage;
let desk: Home;
let database: string;

beforeAll(async () => {
  stage = await openStage();
  desk = stage.home('desk');
  database = join(desk.folder, 'state', 'sourcesync.db');
  const relay = await stage.startRelay('relay', '--open');
  await desk.json('init', '--relay', relay.url, '--yes');
}, 120_000);

afterAll(async () => {
  await stage.close();
});

/** As a program of version 1 would have left it. */
function makeOlder(): void {
  const store = new Database(database);
  store.exec('alter table collection drop column collected; pragma user_version = 1;');
  store.close();
}

const write = async (id: string): Promise<void> => {
  expect(await desk.client().putRecord('workspace', id, { kind: 'task', title: id })).toMatchObject({ ok: true });
};

const isThere = async (id: string): Promise<boolean> => (await desk.client().record('workspace', id)).ok;

it('25, 27. a daemon upgrades its store when it starts, and the way back keeps what relays have', {
  timeout: 180_000,
}, async () => {
  await desk.startDaemon();
  await write('before');
  await desk.killDaemon('SIGTERM');
  makeOlder();
  expect(await desk.json('store', 'upgrade', '--dry-run')).toMatchObject({ found: 1, version: 2, failure: null });
  expect(readdirSync(join(desk.folder, 'state'))).not.toContain('upgrades');

  await desk.startDaemon();
  expect(desk.printed()).toContain('The store is upgraded. The way back is: sourcesync store rollback');
  expect(await isThere('before')).toBe(true);
  await write('since');
  await until('it was sent', async () => {
    const { engines } = await desk.json<{ engines: { counts: { outbox: number } }[] }>('status');
    return engines.every(({ counts }) => counts.outbox === 0);
  });
  const refused = await desk.run('store', 'rollback', '--yes');
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('Stop that daemon') });
  expect(await desk.run('store', 'upgrade', '--dry-run')).toMatchObject({ code: 1 });
  await desk.killDaemon('SIGTERM');

  const done = await desk.json<{ keptAt: string; changesLost: number }>('store', 'rollback', '--yes');
  expect(done).toMatchObject({ executed: true, from: 2, to: 1 });
  expect(done.changesLost).toBeGreaterThan(0);

  // This program upgrades it again; it takes from the relay what it had sent, and gives no place in its chain twice.
  await desk.startDaemon();
  await until('what was sent is back', async () => isThere('since'));
  await write('after');
  const { alarms } = await desk.json<{ alarms?: readonly unknown[] }>('status');
  expect(alarms ?? []).toEqual([]);
  expect(await isThere('before')).toBe(true);
});
