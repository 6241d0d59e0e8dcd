import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeysVerifyBody, RotationBody } from '../../src/api/types/membership.ts';
import type { ForkBody } from '../../src/cli/ground/context.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(async () => {
  await stage.close();
});

describe('a membership log of which a relay showed two', () => {
  it('7e is named, and ended by the twelve words: every device takes the log that they decide for', async () => {
    const relay = await stage.startRelay();
    const { desk, laptop, phrase } = await pairedHomes(stage, relay);
    await desk.json('devices', 'role', 'laptop', 'admin');
    await until('the laptop may rotate', async () => (await planOf(laptop)).every(({ state }) => state === 'planned'));
    await laptop.killDaemon('SIGTERM');

    await relay.kill('SIGKILL');
    const yesterday = `${relay.folder}-yesterday`;
    await cp(relay.folder, yesterday, { recursive: true });
    await relay.restart();
    await desk.json('sync', 'now');
    await until('the desk rotated', async () => (await rotate(desk)).every(({ state }) => state === 'done'));
    await desk.killDaemon('SIGTERM');

    await relay.kill('SIGKILL');
    await rm(relay.folder, { recursive: true });
    await cp(yesterday, relay.folder, { recursive: true });
    await relay.restart();
    await laptop.startDaemon();
    await until('the laptop rotated', async () => (await rotate(laptop)).every(({ state }) => state === 'done'));
    await desk.startDaemon();
    await put(laptop, 'shared', 'of the laptop');
    await until('the desk names the fork', async () => (await alarmsOf(desk)).includes('log_fork'));

    const words = join(desk.folder, 'words.txt');
    await writeFile(words, phrase, { mode: 0o600 });
    const plan = await desk.json<{ scopes: ForkBody[] }>('recovery', 'resolve', '--words-file', words);
    expect(plan.scopes.map(({ forkedAt, resolved }) => [typeof forkedAt, resolved])).toEqual([
      ['number', false],
      ['number', false],
    ]);
    expect(await alarmsOf(desk)).toContain('log_fork');
    const done = await desk.json<{ scopes: ForkBody[] }>('recovery', 'resolve', '--execute', '--words-file', words);
    expect(done.scopes.map(({ resolved, message }) => [resolved, message])).toEqual([
      [true, null],
      [true, null],
    ]);
    await desk.killDaemon('SIGTERM');
    await desk.startDaemon();
    await until('the desk took it', async () => !(await alarmsOf(desk)).includes('log_fork'));
    await until('what the laptop wrote arrives', async () => (await titleOf(desk, 'shared')) === 'of the laptop');
    const after = await desk.json<{ scopes: ForkBody[] }>('recovery', 'resolve', '--words-file', words);
    expect(after.scopes.map(({ forkedAt }) => forkedAt)).toEqual([null, null]);
    expect(await desk.json<KeysVerifyBody>('keys', 'verify')).toMatchObject({ ok: true });
  });
});

async function planOf(home: Home): Promise<RotationBody['scopes']> {
  const planned = await home.client().rotateKeys({ execute: false });
  return planned.ok ? planned.value.scopes : [];
}

async function rotate(home: Home): Promise<RotationBody['scopes']> {
  const rotated = await home.run('keys', 'rotate', '--execute', '--json');
  return rotated.code === 0 ? (JSON.parse(rotated.stdout) as RotationBody).scopes : [{ state: 'pending' } as never];
}

async function alarmsOf(home: Home): Promise<readonly string[]> {
  const status = await home.client().status();
  return status.ok ? status.value.alarms.map(({ kind }) => kind) : [];
}

async function put(home: Home, id: string, title: string): Promise<void> {
  const written = await home.client().putRecord('workspace', id, { kind: 'task', title });
  expect(written.ok ? '' : JSON.stringify(written.error)).toBe('');
}

async function titleOf(home: Home, id: string): Promise<unknown> {
  const read = await home.client().record('workspace', id);
  return read.ok ? read.value.fields?.['title'] : undefined;
}
