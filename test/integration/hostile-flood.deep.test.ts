import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { PageBody, RecordBody } from '../../src/api/types/bodies.ts';
import type { DeviceListBody } from '../../src/api/types/devices.ts';
import { type Home, openStage, pairedHomes, until } from '../helpers/processes.ts';
import { sendFlood } from '../helpers/send-flood.ts';

const puts = 4000;
const patches = 2000;

it('315 a member that sends 6,000 versions of one record that stand on nothing stops nobody, also across a restart', async () => {
  const stage = await openStage();
  onTestFinished(async () => {
    await stage.close();
  });
  const { desk: victim, laptop: hostile } = await pairedHomes(stage, await stage.startRelay());
  await victim.json('sync', 'now');
  await hostile.killDaemon('SIGTERM');
  sendFlood(hostile, { puts, patches });
  await hostile.startDaemon();

  await until('it arrives', async () => (await heldOn(victim)) > 0);
  await isOfUse(victim, 'first');
  await victim.killDaemon('SIGTERM');
  await victim.startDaemon();
  await isOfUse(victim, 'second');
  const { items } = await victim.json<DeviceListBody>('devices', 'ls');
  const liar = items.find(({ label }) => label === 'laptop')?.deviceId ?? '';
  await victim.json('devices', 'revoke', liar, '--execute');

  await until('all of it is judged', async () => (await heldOn(victim)) > puts + patches - 64);
  await isOfUse(victim, 'third');
});

/** Its owner asks and writes, and is answered. */
async function isOfUse(home: Home, id: string): Promise<void> {
  const file = join(home.folder, 'mine.json');
  await writeFile(file, '{"kind":"task","title":"mine"}');
  await home.json('records', 'put', 'workspace', id, '--file', file);
  const { items } = await home.json<PageBody<RecordBody>>('records', 'ls', 'workspace', '--limit', '100');
  expect(items.map(({ id: one }) => one)).toContain(id);
}

async function heldOn(home: Home): Promise<number> {
  const status = await home.client().engine('sourceos.sync.workspace');
  expect(status.ok).toBe(true);
  return status.ok ? status.value.counts.quarantined : 0;
}
