import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { StatusBody } from '../../src/api/types/bodies.ts';
import { hasOpenssl, makeCertificate } from '../helpers/certificate.ts';
import { type Home, type RunningRelay, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

let stage: Stage | undefined;

afterEach(async () => stage?.close());

/** Two homes of one person, each at both relays. */
async function homesAtBoth(
  open: Stage,
  first: RunningRelay,
  second: RunningRelay,
): Promise<{ desk: Home; laptop: Home }> {
  const { desk, laptop } = await pairedHomes(open, first);
  for (const [home, label] of [
    [desk, 'desk'],
    [laptop, 'laptop'],
  ] as const) {
    await home.killDaemon('SIGTERM');
    const config = `[device]\nlabel = "${label}"\n[relay]\nurls = ["${first.url}", "${second.url}"]\n`;
    writeFileSync(join(home.folder, 'config', 'config.toml'), config);
    await home.startDaemon();
  }
  return { desk, laptop };
}

async function put(home: Home, id: string): Promise<void> {
  const written = await home.client().putRecord('workspace', id, { kind: 'note', title: id });
  expect(written.ok).toBe(true);
}

async function holds(home: Home, id: string): Promise<boolean> {
  const answer = await home.client().record('workspace', id);
  return answer.ok && answer.value.state === 'live';
}

async function relaysOf(home: Home): Promise<StatusBody['relays']> {
  const answer = await home.client().status();
  return answer.ok ? answer.value.relays : [];
}

const isSettledAt = async (home: Home, index: number): Promise<boolean> => {
  const relay = (await relaysOf(home))[index];
  return relay?.state === 'online' && relay.reason === null && relay.unconfirmed === 0;
};

describe('several relays at once', () => {
  it('one is killed and sync goes on; it comes back empty and is filled again', async () => {
    stage = await openStage();
    const [first, second] = [await stage.startRelay('first'), await stage.startRelay('second')];
    const { desk, laptop } = await homesAtBoth(stage, first, second);
    await until('both relays have everything', async () =>
      (await Promise.all([isSettledAt(desk, 0), isSettledAt(desk, 1), isSettledAt(laptop, 1)])).every(Boolean),
    );
    await put(desk, 'both');
    await until('it arrives once', async () => holds(laptop, 'both'));

    await first.kill('SIGKILL');
    await until('the first is seen to be gone', async () => (await relaysOf(desk))[0]?.state !== 'online');
    await put(desk, 'second-only');
    await put(laptop, 'back');
    await until('the second alone carries both ways', async () =>
      (await Promise.all([holds(laptop, 'second-only'), holds(desk, 'back')])).every(Boolean),
    );
    const [lagging, serving] = await relaysOf(desk);
    expect(lagging?.unconfirmed).toBeGreaterThan(0);
    expect(serving).toMatchObject({ state: 'online', unconfirmed: 0 });
    const engines = await desk.client().engine('sourceos.sync.workspace');
    expect(engines).toMatchObject({ value: { state: 'healthy', counts: { outbox: 0 } } });

    rmSync(first.folder, { recursive: true });
    await first.restart();
    await desk.json('sync', 'now');
    await laptop.json('sync', 'now');
    await until('the empty one is filled again', async () =>
      (await Promise.all([isSettledAt(desk, 0), isSettledAt(laptop, 0)])).every(Boolean),
    );
    await second.kill('SIGKILL');
    await put(laptop, 'first-only');
    await until('the first alone carries', async () => holds(desk, 'first-only'));
    expect(await holds(desk, 'second-only')).toBe(true);
  });

  it('a device that joins at the first is known at the second; a relay that wants a token gets its own', async () => {
    stage = await openStage();
    const first = await stage.startRelay('first');
    const second = await stage.startRelay('second', '--no-open');
    const desk = stage.home('desk');
    await desk.json('init', '--label', 'desk', '--relay', first.url, '--yes');
    const config = join(desk.folder, 'config', 'config.toml');
    writeFileSync(config, `[device]\nlabel = "desk"\n[relay]\nurls = ["${first.url}", "${second.url}"]\n`);
    await desk.startDaemon();
    await until(
      'the second refuses to found',
      async () => (await relaysOf(desk))[1]?.reason?.includes('takes no new scopes from strangers') === true,
    );
    await desk.killDaemon('SIGTERM');
    const { token, id } = await desk.json<{ token: string; id: string }>(
      'relay',
      'token',
      'create',
      '--data',
      second.folder,
    );
    appendFileSync(config, `[relay.tokens]\n"${second.url}" = "${token}"\n`);
    await desk.startDaemon();
    await until('the second has everything', async () => isSettledAt(desk, 1));

    const { code } = await desk.json<{ code: string }>('pair', 'invite', '--trust-code');
    const laptop = stage.home('laptop');
    await laptop.json('pair', 'join', code, '--label', 'laptop', '--trust-code');
    writeFileSync(
      join(laptop.folder, 'config', 'config.toml'),
      `[device]\nlabel = "laptop"\n[relay]\nurls = ["${second.url}"]\n`,
    );
    await laptop.startDaemon();
    await until('the newcomer is a member at the second, which no pairing touched', async () => isSettledAt(laptop, 0));
    await put(laptop, 'hello');
    await until('it arrives through the second', async () => holds(desk, 'hello'));
    const revoked = await desk.json<{ revokedAt: string }>('relay', 'token', 'revoke', id, '--data', second.folder);
    expect(revoked.revokedAt).toMatch(/^2/);
  });
});

describe('a relay that refuses a scope', () => {
  it('a device joins the others all the same, and none while the profile is refused', async () => {
    stage = await openStage();
    const relay = await stage.startRelay('relay', '--no-open');
    const desk = stage.home('desk');
    await desk.json('init', '--label', 'desk', '--relay', relay.url, '--yes');
    const config = join(desk.folder, 'config', 'config.toml');
    await desk.startDaemon();
    await until(
      'it is refused',
      async () => (await relaysOf(desk))[0]?.reason?.includes('takes no new scopes from strangers') === true,
    );
    const early = await desk.run('pair', 'invite', '--trust-code');
    expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining('takes the profile') });
    await desk.killDaemon('SIGTERM');
    const flags = ['--data', relay.folder, '--scopes', '2'];
    const { token } = await desk.json<{ token: string }>('relay', 'token', 'create', ...flags);
    writeFileSync(config, `[device]\nlabel = "desk"\n[relay]\nurl = "${relay.url}"\ntoken = "${token}"\n`);
    await desk.startDaemon();
    await until('two scopes are founded', async () => isSettledAt(desk, 0));
    await desk.json('scopes', 'create', 'workspace', 'team');
    await until('the third is refused', async () => (await relaysOf(desk))[0]?.reason?.includes('used up') === true);
    const { code } = await desk.json<{ code: string }>('pair', 'invite', '--trust-code');
    await stage.home('laptop').json('pair', 'join', code, '--label', 'laptop', '--trust-code');
  });
});

describe.skipIf(!hasOpenssl)('a relay with a pinned key (skipped without openssl)', () => {
  it('the pin travels in the pairing code; another key is untrusted, and engines say so', async () => {
    stage = await openStage();
    const { certFile, keyFile } = makeCertificate(stage.root, 'relay');
    const relay = await stage.startRelay('relay', '--tls-cert', certFile, '--tls-key', keyFile);
    const { desk, laptop } = await pairedHomes(stage, { ...relay, url: `${relay.url}#pin=${relay.pin}` });
    expect(readFileSync(join(laptop.folder, 'config', 'config.toml'), 'utf8')).toContain(`#pin=${relay.pin}`);
    await put(desk, 'over-tls');
    await until('it arrives', async () => holds(laptop, 'over-tls'));

    await relay.kill('SIGKILL');
    makeCertificate(stage.root, 'relay');
    await relay.restart();
    expect((await laptop.run('sync', 'now')).code).toBe(7);
    await until('another key is not believed', async () => (await relaysOf(laptop))[0]?.state === 'untrusted');
    expect((await relaysOf(laptop))[0]?.reason).toContain(`expected is ${relay.pin}`);
    expect(await laptop.client().engine('sourceos.sync.workspace')).toMatchObject({
      value: { state: 'network_untrusted', reasonCodes: ['relay_untrusted'] },
    });
  });
});
