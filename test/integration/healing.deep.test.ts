import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DoctorBody, RecordBody, StatusBody } from '../../src/api/types/bodies.ts';
import type { AuditEvent } from '../../src/contract/audit.ts';
import { type Home, type RunningRelay, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(async () => {
  await stage.close();
});

async function write(home: Home, id: string, title: string): Promise<void> {
  await home.client().putRecord('workspace', id, { kind: 'task', title });
}

async function titleOf(home: Home, id: string): Promise<unknown> {
  const found = await home.client().record('workspace', id);
  return found.ok ? (found.value as RecordBody).fields?.['title'] : undefined;
}

const holds = (home: Home, id: string, title: string): Promise<void> =>
  until(`${id} is ${title}`, async () => (await titleOf(home, id)) === title);

async function isSettled(home: Home): Promise<boolean> {
  const { engines, relay } = await home.json<StatusBody>('status');
  return (
    relay.state === 'online' && engines.every(({ counts, state }) => counts.outbox === 0 && state !== 'engine_syncing')
  );
}

async function auditTypes(home: Home): Promise<readonly string[]> {
  const { items } = await home.json<{ items: readonly AuditEvent[] }>('audit', 'ls');
  return items.map(({ eventType }) => eventType);
}

/**
 * Restarts the relay; a device that it was away from for long would ask again only after a minute. One whose own chain
 * comes back connects twice, and may be told between the two that the relay is not there.
 */
async function comesBack(relay: RunningRelay, ...homes: readonly Home[]): Promise<void> {
  await relay.restart();
  for (const home of homes) {
    await home.run('sync', 'now');
  }
}

/** Puts back a copy of a folder that was made while nobody wrote there. */
async function putBack(copy: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true });
  await cp(copy, folder, { recursive: true });
}

async function join3(relay: RunningRelay, inviter: Home, name: string): Promise<Home> {
  const home = stage.home(name);
  const { code } = await inviter.json<{ code: string }>('pair', 'invite', '--trust-code');
  await home.json('pair', 'join', code, '--label', name, '--trust-code');
  await home.startDaemon();
  expect(relay.url).not.toBe('');
  return home;
}

describe('healing', () => {
  it("a relay that is given yesterday's database back is named and healed, also of a device that is gone", async () => {
    const relay = await stage.startRelay();
    const { desk, laptop } = await pairedHomes(stage, relay);
    await write(desk, 'one', 'before');
    await holds(laptop, 'one', 'before');
    await until('everything is confirmed', async () => (await isSettled(desk)) && (await isSettled(laptop)));
    await relay.kill('SIGTERM');
    const yesterday = join(stage.root, 'yesterday');
    await cp(relay.folder, yesterday, { recursive: true });
    await comesBack(relay, desk, laptop);
    await write(laptop, 'two', 'of the laptop');
    await write(desk, 'three', 'of the desk');
    await holds(desk, 'two', 'of the laptop');
    await holds(laptop, 'three', 'of the desk');
    await until('everything is confirmed', async () => (await isSettled(desk)) && (await isSettled(laptop)));
    await laptop.killDaemon('SIGKILL');
    await relay.kill('SIGTERM');
    await putBack(yesterday, relay.folder);
    await comesBack(relay, desk);

    await until('it was named', async () => (await auditTypes(desk)).includes('sync.alarm.raised'));
    await until('it is whole again', async () => (await auditTypes(desk)).includes('sync.alarm.cleared'));
    expect((await desk.json<StatusBody>('status')).alarms).toEqual([]);
    const third = await join3(relay, desk, 'third');
    await holds(third, 'one', 'before');
    await holds(third, 'two', 'of the laptop');
    await holds(third, 'three', 'of the desk');
    expect((await desk.json<DoctorBody>('doctor')).ok).toBe(true);
  });

  it('a home that is restored from an old copy takes its own batches back, and loses nothing that it wrote meanwhile', async () => {
    const relay = await stage.startRelay();
    const { desk, laptop } = await pairedHomes(stage, relay);
    await write(laptop, 'one', 'before');
    await holds(desk, 'one', 'before');
    await until('everything is confirmed', async () => isSettled(laptop));
    await laptop.killDaemon('SIGTERM');
    const yesterday = join(stage.root, 'yesterday');
    await cp(laptop.folder, yesterday, { recursive: true });
    await laptop.startDaemon();
    await write(laptop, 'one', 'after the copy');
    await write(laptop, 'two', 'after the copy');
    await holds(desk, 'two', 'after the copy');
    await laptop.killDaemon('SIGKILL');
    await relay.kill('SIGTERM');
    await putBack(yesterday, laptop.folder);
    await laptop.startDaemon();
    await write(laptop, 'three', 'while nobody listened');
    await laptop.killDaemon('SIGKILL');
    await laptop.startDaemon();
    await comesBack(relay, desk, laptop);

    await holds(desk, 'three', 'while nobody listened');
    await holds(laptop, 'one', 'after the copy');
    await holds(laptop, 'two', 'after the copy');
    await until('everything is confirmed', async () => (await isSettled(laptop)) && (await isSettled(desk)));
    expect(await auditTypes(laptop)).toContain('sync.own_chain.restored');
    for (const home of [desk, laptop]) {
      expect((await home.json<StatusBody>('status')).alarms).toEqual([]);
    }
    const third = await join3(relay, desk, 'third');
    await holds(third, 'three', 'while nobody listened');
    await holds(third, 'one', 'after the copy');
  });
});
