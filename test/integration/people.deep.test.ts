import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeviceListBody, PairingBody } from '../../src/api/types/devices.ts';
import type { ScopeJoinBody } from '../../src/api/types/people.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(async () => {
  await stage.close();
});

describe('an org of two people', () => {
  it('is entered by a code and digits, with all devices of who comes, and left by revoking them', async () => {
    const relay = await stage.startRelay();
    const { desk, laptop } = await pairedHomes(stage, relay);
    const host = stage.home('host');
    await host.json('init', '--label', 'host', '--relay', relay.url, '--yes');
    for (const home of [host, desk, laptop]) {
      await addTheBoard(home);
    }
    await host.startDaemon();
    for (const home of [desk, laptop]) {
      await home.killDaemon('SIGTERM');
      await home.startDaemon();
    }
    await host.json('scopes', 'create', 'org', 'Team');
    await put(host, 'plan', 'of the host');

    const { code } = await host.json<{ code: string }>('scopes', 'invite', 'Team');
    const joining = desk.json<ScopeJoinBody>('scopes', 'join', code);
    await until('the guest waits', async () => (await pairing(host)).state === 'confirm');
    const { candidate } = await pairing(host);
    expect(candidate).toMatchObject({ label: 'desk', role: 'writer', devices: 2 });
    const waiting = await desk.client().joiningScope();
    const approved = await host.json<PairingBody>('pair', 'approve', (waiting.ok && waiting.value.digits) || '');
    expect(approved.state).toBe('joined');
    expect(await joining).toMatchObject({ state: 'joined', scope: { kind: 'org', name: 'Team', devices: 3 } });

    for (const home of [desk, laptop]) {
      await until('the plan arrives', async () => (await titleOf(home, 'plan')) === 'of the host');
    }
    await put(laptop, 'answer', 'of the guest');
    await until('the answer arrives', async () => (await titleOf(host, 'answer')) === 'of the guest');
    const { items } = await host.json<DeviceListBody>('devices', 'ls');
    expect(new Set(items.map(({ userId }) => userId)).size).toBe(2);

    await host.json('devices', 'revoke', 'desk', '--execute');
    await put(host, 'secret', 'not for the desk');
    await until('the other device of the guest goes on', async () => (await titleOf(laptop, 'secret')) !== undefined);
    expect(await titleOf(desk, 'secret')).toBeUndefined();
    expect((await host.client().status()).ok).toBe(true);
  });

  it('a code of the wrong kind, of another relay, or for a profile says what to do instead', async () => {
    const relay = await stage.startRelay();
    const [host, guest, stranger] = [stage.home('host'), stage.home('guest'), stage.home('stranger')];
    for (const [home, url] of [
      [host, relay.url],
      [guest, relay.url],
      [stranger, 'ws://127.0.0.1:9'],
    ] as const) {
      await home.json('init', '--label', 'device', '--relay', url, '--yes');
      await home.startDaemon();
    }
    const profile = await host.run('scopes', 'invite', 'profile');
    expect([profile.code, profile.stderr]).toEqual([1, expect.stringContaining("one person's")]);
    const { code } = await host.json<{ code: string }>('scopes', 'invite', 'workspace');
    const elsewhere = await stranger.run('scopes', 'join', code);
    expect(elsewhere.code).not.toBe(0);
    expect(elsewhere.stderr).toContain('Both people need the same first relay');
    const mistyped = await guest.run('scopes', 'join', `${code.slice(0, -1)}!`);
    expect([mistyped.code, mistyped.stderr]).toEqual([1, expect.stringContaining('code')]);
    const device = await host.json<{ code: string }>('pair', 'invite');
    const wrong = await guest.run('scopes', 'join', device.code);
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('sourcesync pair join')]);
  });
});

/** A collection of a third party that lives in the org. */
async function addTheBoard(home: Home): Promise<void> {
  const folder = join(home.folder, 'config', 'engines.d');
  await mkdir(folder, { recursive: true });
  const presence = JSON.parse(await readFile('manifests/presence.json', 'utf8')) as object;
  const board = { engineId: 'sourceos.sync.board', collection: 'board', ownerRepo: 'example/board' };
  await writeFile(join(folder, 'board.json'), JSON.stringify({ ...presence, ...board, encryptionScope: 'org' }));
}

async function pairing(home: Home): Promise<PairingBody> {
  const body = await home.client().pairing();
  if (!body.ok) {
    throw new Error(JSON.stringify(body.error));
  }
  return body.value;
}

async function put(home: Home, id: string, title: string): Promise<void> {
  const written = await home.client().putRecord('board', id, { title });
  expect(written.ok ? '' : JSON.stringify(written.error)).toBe('');
}

async function titleOf(home: Home, id: string): Promise<unknown> {
  const read = await home.client().record('board', id);
  return read.ok ? read.value.fields?.['title'] : undefined;
}
