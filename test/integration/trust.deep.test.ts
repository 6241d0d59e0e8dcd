import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RotationBody } from '../../src/api/types/membership.ts';
import type { StatusBody } from '../../src/api/types/bodies.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(async () => {
  await stage.close();
});

describe('a lost laptop', () => {
  it('is revoked while it runs: it is cut off, and the others go on in the new epoch', async () => {
    const relay = await stage.startRelay();
    const { desk, laptop } = await pairedHomes(stage, relay);
    await put(laptop, 'before', 'written before');
    await until('the task is on the desk', async () => (await titleOf(desk, 'before')) === 'written before');

    const plan = await desk.json<RotationBody>('devices', 'revoke', 'laptop');
    expect(plan).toMatchObject({ executed: false, subject: { label: 'laptop' }, readable: { changes: 1 } });
    expect(plan.scopes.map(({ state }) => state)).toEqual(['planned', 'planned']);
    expect((await stateOf(laptop, 'workspace')).state).not.toBe('policy_blocked');

    const done = await desk.json<RotationBody>('devices', 'revoke', 'laptop', '--execute');
    expect(done.scopes).toMatchObject([
      { kind: 'profile', state: 'done', epoch: 2, devices: 1 },
      { kind: 'workspace', state: 'done', epoch: 2, devices: 1, cut: 1 },
    ]);
    await until('the laptop knows', async () => (await stateOf(laptop, 'workspace')).state === 'policy_blocked');
    expect((await stateOf(laptop, 'workspace')).reasonCodes).toEqual(['capability_expired']);

    await put(desk, 'after', 'written after');
    await until('the relay has it', async () => (await stateOf(desk, 'workspace')).counts.outbox === 0);
    expect(await titleOf(laptop, 'after')).toBeUndefined();
    expect(await titleOf(laptop, 'before')).toBe('written before');
    const refused = await laptop.run('records', 'put', 'workspace', 'late', '--file', await taskFile('late'));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('it was revoked');
    expect(await desk.json('keys', 'verify')).toMatchObject({ ok: true });
    expect(await desk.json('audit', 'verify')).toMatchObject({ valid: true });
  });

  it('a revocation that the relay does not hear of goes on after a crash, by itself', async () => {
    const relay = await stage.startRelay();
    const { desk } = await pairedHomes(stage, relay);
    await relay.kill('SIGKILL');
    const away = await desk.run('devices', 'revoke', 'laptop', '--execute', '--json');
    expect(away.code).toBe(7);
    expect((JSON.parse(away.stdout) as RotationBody).scopes.map(({ state }) => state)).toEqual(['pending', 'pending']);
    await desk.killDaemon('SIGKILL');
    await relay.restart();
    await desk.startDaemon();
    await until('both scopes are in their second epoch', async () => {
      const { items } = await desk.json<{ items: { epoch: number }[] }>('scopes', 'ls');
      return items.every(({ epoch }) => epoch === 2);
    });
  });
});

describe('twelve words', () => {
  it('bring everything back on an empty home, with nothing but the relay', async () => {
    const relay = await stage.startRelay();
    const desk = stage.home('desk');
    const init = ['init', '--label', 'desk', '--relay', relay.url, '--yes'];
    const { phrase, deviceId } = await desk.json<{ phrase: string; deviceId: string }>(...init);
    await desk.startDaemon();
    await desk.json('scopes', 'create', 'org', 'team');
    await put(desk, 'task', 'from the desk');
    await desk.client().putRecord('presence', 'note', { kind: 'note', text: 'a note' });
    await until('the relay has it all', async () => {
      const states = await Promise.all(['workspace', 'presence'].map((name) => stateOf(desk, name)));
      return states.every(({ counts }) => counts.outbox === 0);
    });
    const words = await wordsFile(phrase);
    expect(await desk.json('recovery', 'test', '--words-file', words)).toMatchObject({
      ok: true,
      scopes: [
        { kind: 'profile', opens: true },
        { kind: 'workspace', opens: true },
        { kind: 'org', opens: true },
      ],
    });
    await until('the announcements are at the relay', async () => (await stateOf(desk, 'shell')).counts.outbox === 0);
    await desk.killDaemon('SIGKILL');

    const fresh = stage.home('fresh');
    const restore = ['recovery', 'restore', '--relay', relay.url, '--words-file', words, '--label', 'fresh'];
    const restored = await fresh.json<{ deviceId: string; scopes: unknown[]; devices: unknown[] }>(...restore);
    expect(restored.scopes).toMatchObject([
      { kind: 'profile', restored: true, epoch: 2 },
      { kind: 'workspace', restored: true, epoch: 2 },
      { kind: 'org', name: 'team', restored: true, epoch: 2 },
    ]);
    expect(restored.devices).toEqual([{ deviceId, label: 'desk' }]);
    await fresh.startDaemon();
    await until('the task is back', async () => (await titleOf(fresh, 'task')) === 'from the desk');
    await until('the note is back', async () => (await stateOf(fresh, 'presence')).counts.live === 1);
    await fresh.json('devices', 'revoke', 'desk', '--execute');
    await put(fresh, 'later', 'from the new one');
    expect(await fresh.json('keys', 'verify')).toMatchObject({ ok: true });

    await desk.startDaemon();
    await until('the lost desk is cut off', async () => (await stateOf(desk, 'workspace')).state === 'policy_blocked');
  });

  it('bring back every scope once also where devices were paired', async () => {
    const relay = await stage.startRelay();
    const desk = stage.home('desk');
    const { phrase } = await desk.json<{ phrase: string }>('init', '--label', 'desk', '--relay', relay.url, '--yes');
    await desk.startDaemon();
    const { code } = await desk.json<{ code: string }>('pair', 'invite', '--trust-code');
    await stage.home('laptop').json('pair', 'join', code, '--label', 'laptop', '--trust-code');
    await until('the relay has what was announced when the laptop joined', async () => {
      const { scopes } = await desk.json<{ scopes: { held: { batches: number } }[] }>('keys', 'verify');
      return (scopes[0]?.held.batches ?? 0) >= 2 && (await stateOf(desk, 'shell')).counts.outbox === 0;
    });
    const restore = ['recovery', 'restore', '--relay', relay.url, '--words-file', await wordsFile(phrase)];
    const { scopes } = await stage.home('fresh').json<{ scopes: unknown[] }>(...restore);
    expect(scopes).toMatchObject([
      { kind: 'profile', restored: true },
      { kind: 'workspace', restored: true },
    ]);
  });

  it('an interrupted restore goes on with the same keys', async () => {
    const relay = await stage.startRelay();
    const desk = stage.home('desk');
    const { phrase } = await desk.json<{ phrase: string }>('init', '--label', 'desk', '--relay', relay.url, '--yes');
    await desk.startDaemon();
    await put(desk, 'task', 'from the desk');
    await until('the relay has it', async () => (await stateOf(desk, 'workspace')).counts.outbox === 0);
    const restore = ['recovery', 'restore', '--relay', relay.url, '--words-file', await wordsFile(phrase)];
    const fresh = stage.home('fresh');
    const first = await fresh.json<{ deviceId: string }>(...restore);
    // As if it had died after the relay had taken its entries and before the home was written.
    await rm(join(fresh.folder, 'state', 'sourcesync.db'));
    const second = await fresh.json<{ deviceId: string; devices: unknown[] }>(...restore);
    expect(second.deviceId).toBe(first.deviceId);
    expect(second.devices).toHaveLength(1);
    expect((await fresh.run(...restore)).code).toBe(1);
    await fresh.startDaemon();
    await until('the task is back', async () => (await titleOf(fresh, 'task')) === 'from the desk');
  });

  it('of somebody else, or typed wrong, change nothing', async () => {
    const relay = await stage.startRelay();
    const [desk, other] = [stage.home('desk'), stage.home('other')];
    await desk.json('init', '--label', 'desk', '--relay', relay.url, '--yes');
    const { phrase } = await other.json<{ phrase: string }>('init', '--label', 'other', '--yes');
    await desk.startDaemon();
    const tested = await desk.run('recovery', 'test', '--words-file', await wordsFile(phrase), '--json');
    expect(tested.code).toBe(1);
    expect(JSON.parse(tested.stdout)).toMatchObject({ ok: false, scopes: [{ opens: false }, { opens: false }] });
    const unknown = await stage
      .home('fresh')
      .run('recovery', 'restore', '--relay', relay.url, '--words-file', await wordsFile(phrase));
    expect([unknown.code, unknown.stderr]).toEqual([7, expect.stringContaining('knows no scope of these words')]);
    const typo = await desk.run('recovery', 'test', '--words-file', await wordsFile(phrase.replace(/^\w+/, 'abandom')));
    expect([typo.code, typo.stderr]).toEqual([2, expect.stringContaining('did you mean "abandon"?')]);
    const swapped = await desk.run(
      'recovery',
      'test',
      '--words-file',
      await wordsFile(phrase.split(' ').slice(1).join(' ')),
    );
    expect([swapped.code, swapped.stderr]).toEqual([2, expect.stringContaining('these are 11')]);
  });
});

async function put(home: Home, id: string, title: string): Promise<void> {
  const written = await home.client().putRecord('workspace', id, { kind: 'task', title });
  expect(written.ok).toBe(true);
}

async function titleOf(home: Home, id: string): Promise<unknown> {
  const read = await home.client().record('workspace', id);
  return read.ok ? read.value.fields?.['title'] : undefined;
}

async function stateOf(home: Home, collection: string): Promise<StatusBody['engines'][number]> {
  const status = await home.client().status();
  const engine = status.ok ? status.value.engines.find((one) => one.collection === collection) : undefined;
  if (engine === undefined) {
    throw new Error(`${collection} is not served`);
  }
  return engine;
}

async function taskFile(title: string): Promise<string> {
  const path = join(stage.root, `${title}.json`);
  await writeFile(path, JSON.stringify({ kind: 'task', title }));
  return path;
}

async function wordsFile(words: string): Promise<string> {
  const path = join(stage.root, `words-${words.length}`);
  await writeFile(path, `${words}\n`, { mode: 0o600 });
  return path;
}
