import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { PageBody, RecordBody } from '../../src/api/types/bodies.ts';
import type { CollectionName, DeviceId, ScopeId } from '../../src/base/ids.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { AuditEvent } from '../../src/contract/audit.ts';
import type { Store } from '../../src/store/ground/port.ts';
import { auditEvent, entryChange } from '../helpers/audit-entries.ts';
import { craftChange } from '../helpers/crafted-batch.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';
import { withKeysOf } from '../helpers/stolen-keys.ts';

it('13b, 320 what nobody but a daemon may enter in the audit: refused by the API, the command line and every other device', async () => {
  const { stage, desk, laptop } = await pairOnStage();

  for (const home of [desk, laptop]) {
    await until('its engines are through', async () => (await runsOf(home, 'shell')).length === 2);
    expect(await runsOf(home, 'shell')).toEqual(['sync.engine.started', 'sync.engine.completed']);
  }
  const file = join(stage.root, 'event.json');
  const { items } = await desk.json<{ items: readonly AuditEvent[] }>('audit', 'ls');
  await writeFile(file, JSON.stringify(items[0]));
  for (const args of [
    ['put', 'audit', 'event', '--file', file],
    ['rm', 'audit', 'event'],
  ]) {
    const refused = await desk.run('records', ...args);
    expect([refused.code, refused.stderr]).toEqual([6, expect.stringContaining('sourcesync records ls audit')]);
  }
  expect((await desk.run('link', 'audit', stage.root)).code).not.toBe(0);

  await laptop.killDaemon('SIGTERM');
  const deviceOfDesk = items[0]?.deviceId ?? '';
  const sound = forgeOn(laptop, deviceOfDesk);
  await laptop.startDaemon();
  await desk.client().putRecord('workspace', 'after', { kind: 'task', title: 'goes on' });
  await until('it goes on', async () => (await laptop.client().record('workspace', 'after')).ok);
  await until('the entries of the laptop were judged', async () => (await rejectedOn(desk)).length >= 4);
  // The next sound entry of its daemon does not follow the forged ones either.
  const gaps = (await rejectedOn(desk)).filter((detail) => detail === 'audit_gap').length;
  expect([1, 2]).toContain(gaps);
  expect((await rejectedOn(desk)).filter((detail) => detail !== 'audit_gap')).toEqual([
    'audit_actor',
    'audit_actor',
    'audit_hash',
  ]);
  const entries = await entriesOn(desk);
  expect(entries.find(({ id }) => id === sound)).toMatchObject({ managedBy: 'system' });
  const sayings = entries.filter(({ fields }) => String(fields?.['id']).startsWith('urn:srcos:audit:forged-'));
  expect(sayings.map(({ id }) => id)).toEqual([sound]);
  expect(await desk.json('audit', 'verify')).toMatchObject({ valid: true });
});

it('346 what a device noted stands on the others once it is signed, and nothing of its vault', async () => {
  const { stage, desk, laptop } = await pairOnStage();
  const file = join(stage.root, 'value');
  await writeFile(file, 'a value of no shape');
  await desk.json('secrets', 'set', 'canary-of-the-vault', '--file', file);
  await desk.client().putRecord('workspace', 'one', { kind: 'task', title: 'one' });
  const accepted = (await eventsOf(desk)).findLast(({ policyDomain }) => policyDomain === 'workspace');
  // A proof asks for a checkpoint, and what a checkpoint covers is entered.
  await desk.json('audit', 'prove', accepted?.id ?? '');
  await until('the laptop holds the entry', async () =>
    (await entriesOn(laptop)).some(({ fields }) => fields?.['id'] === accepted?.id),
  );
  const entered = JSON.stringify(await entriesOn(laptop));
  expect(JSON.stringify(await eventsOf(desk))).toContain('canary-of-the-vault');
  expect(entered).not.toContain('canary-of-the-vault');
  expect((await laptop.json<PageBody<unknown>>('quarantine', 'ls')).items).toEqual([]);
  expect(await desk.json('audit', 'verify')).toMatchObject({ valid: true });
});

/** Two homes of one person, gone once the test is over. */
async function pairOnStage(): Promise<{ readonly stage: Stage; readonly desk: Home; readonly laptop: Home }> {
  const stage = await openStage();
  onTestFinished(async () => {
    await stage.close();
  });
  return { stage, ...(await pairedHomes(stage, await stage.startRelay())) };
}

async function entriesOn(home: Home): Promise<readonly RecordBody[]> {
  return (await home.json<PageBody<RecordBody>>('records', 'ls', 'audit', '--limit', '1000')).items;
}

async function eventsOf(home: Home): Promise<readonly AuditEvent[]> {
  return (await home.json<{ items: readonly AuditEvent[] }>('audit', 'ls', '--oldest', '--limit', '1000')).items;
}

async function runsOf(home: Home, collection: string): Promise<readonly string[]> {
  return (await eventsOf(home))
    .filter(({ eventType, policyDomain }) => eventType.startsWith('sync.engine.') && policyDomain === collection)
    .map(({ eventType }) => eventType);
}

async function rejectedOn(home: Home): Promise<readonly string[]> {
  return (await eventsOf(home))
    .filter(({ policyDomain, outcome }) => policyDomain === 'audit' && outcome === 'deny')
    .map(({ details }) => String(details['detail']))
    .sort();
}

/** What the next entry of a device stands upon: the last that is live. */
function lastEntryOf(store: Store, deviceId: DeviceId): JsonObject {
  const fields = store.records
    .list('audit' as CollectionName, { cursor: null, limit: 10_000 })
    .items.flatMap((row) => (row.fields?.['deviceId'] === deviceId ? [row.fields] : []));
  const followed = new Set(fields.map(({ previousEventHash }) => previousEventHash));
  const last = fields.find(({ eventHash }) => !followed.has(eventHash));
  return last === undefined ? {} : { previousEventHash: String(last['eventHash']) };
}

/** The laptop's keys in the hands of somebody who enters what they like. Answers the id of the one that is sound. */
function forgeOn(laptop: Home, deviceOfDesk: string): string {
  return withKeysOf(laptop, ({ store, keys, replica, send }) => {
    const { deviceId } = keys;
    const first = auditEvent(deviceId, 'forged-first', lastEntryOf(store, deviceId));
    const link = { previousEventHash: String(first['eventHash']) };
    const scopeId = replica.scopes().find(({ kind, local }) => kind === 'profile' && !local)?.state.scopeId as ScopeId;
    const entry = (event: JsonObject): Uint8Array => craftChange(entryChange(deviceId, event));
    const records = [
      entry(first),
      entry(auditEvent(deviceId, 'forged-actor', { ...link, actorId: deviceOfDesk })),
      entry(auditEvent(deviceOfDesk as never, 'forged-foreign')),
      entry({ ...auditEvent(deviceId, 'forged-hash', link), outcome: 'deny' }),
      entry(auditEvent(deviceId, 'forged-gap', { previousEventHash: `sha256:${'0'.repeat(64)}` })),
    ];
    send(scopeId, records);
    return String(entryChange(deviceId, first).objectId);
  });
}
