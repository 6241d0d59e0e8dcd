import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StatusBody } from '../../src/api/types/bodies.ts';
import type { DeviceId, ScopeId } from '../../src/base/ids.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { type EngineState, engineStates } from '../../src/contract/states.ts';
import { hasOpenssl, makeCertificate } from '../helpers/certificate.ts';
import { movableClock } from '../helpers/movable-clock.ts';
import { type Home, type RunningRelay, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';
import { rotateWithoutKeyFor } from '../helpers/rotate-without-key.ts';
import { openSilentRelay } from '../helpers/silent-relay.ts';
import { tamperWith } from '../unit/store/tampering.ts';

let stage: Stage;
let desk: Home;
let laptop: Home;
/** A device of its own, whose daemon is started with one relay after the other. */
let alone: Home;
let relay: RunningRelay;
let silent: Awaited<ReturnType<typeof openSilentRelay>>;

/** States that a command showed. */
const shown = new Set<EngineState>();

/** What no action leads to, and why. */
const unreachable: Partial<Record<EngineState, string>> = {
  missing_identity: 'no daemon runs where nobody was set up: commands end with 5 and no_user_profile instead',
  ...(hasOpenssl ? {} : { network_untrusted: 'without openssl there is no certificate to try it with' }),
};

beforeAll(async () => {
  stage = await openStage();
  relay = await stage.startRelay();
  silent = await openSilentRelay();
  alone = stage.home('alone');
  const [pair] = await Promise.all([
    pairedHomes(stage, await stage.startRelay('of-two')),
    alone.json('init', '--label', 'alone', '--yes'),
  ]);
  ({ desk, laptop } = pair);
});

afterAll(async () => {
  silent.close();
  await stage.close();
});

/** One row of the table: what is done, and the command that shows where it led. */
function row(state: EngineState, action: string, command: string, act: () => Promise<Home>): void {
  it(`${state}: ${action} | sourcesync ${command}`, async () => {
    const home = await act();
    await until(`an engine is ${state}`, async () => {
      const status = await home.client().status();
      return status.ok && status.value.engines.some((engine) => engine.state === state);
    });
    const document = await home.json<JsonObject & Partial<StatusBody>>(...command.split(' '));
    const states = document.engines?.map((engine) => engine.state) ?? [document['state']];
    expect(states).toContain(state);
    shown.add(state);
  });
}

async function put(home: Home, collection: string, id: string, fields: JsonObject): Promise<void> {
  const written = await home.client().putRecord(collection, id, fields);
  expect(written.ok ? '' : JSON.stringify(written.error)).toBe('');
}

async function isState(home: Home, collection: string, state: EngineState): Promise<boolean> {
  const engine = await home.client().engine(collection);
  return engine.ok && engine.value.state === state;
}

/** Starts the daemon of the lone device anew with this relay. */
async function aloneAt(url: string): Promise<number> {
  await alone.killDaemon('SIGTERM');
  const ready = await alone.startDaemon({ SOURCESYNC_RELAY_URL: url, ...movableClock(stage.root) });
  return (ready as { pid: number }).pid;
}

describe('what a person does on one of two devices', () => {
  row('healthy', 'two devices are paired', 'engines show workspace', async () => desk);

  row('disabled', 'sync pause', 'status', async () => {
    await laptop.json('sync', 'pause');
    return laptop;
  });

  row('engine_disabled', 'engines disable browser', 'engines show browser', async () => {
    await laptop.json('sync', 'resume');
    await laptop.json('engines', 'disable', 'browser');
    return laptop;
  });

  row('not_configured', 'engines enable policy without an org', 'engines show policy', async () => {
    await laptop.json('engines', 'enable', 'policy');
    return laptop;
  });

  row('policy_blocked', 'the floor of this device denies engine.models', 'engines show models', async () => {
    const { config } = await desk.json<{ config: string }>('paths');
    appendFileSync(config, '\n[policy.floor]\n"engine.models" = { kind = "decision", value = "deny" }\n');
    return desk;
  });

  row('local_only', 'init: secrets stay on the device', 'engines show secrets', async () => desk);

  row('review_required', 'another device writes an alias', 'engines show shell', async () => {
    await put(laptop, 'shell', 'll', { kind: 'alias', name: 'll', body: 'ls -l' });
    return desk;
  });

  row('degraded', 'another device writes to the inbox', 'engines show inbox', async () => {
    await put(laptop, 'inbox', 'mail', { producer: 'mail', body: 'hello' });
    return desk;
  });

  row('conflict_detected', 'both write one title apart from each other', 'engines show workspace', async () => {
    await put(desk, 'workspace', 'both', { kind: 'task', title: 'one' });
    await until('both have it', async () => (await laptop.client().record('workspace', 'both')).ok);
    await until('it is confirmed', async () => isState(laptop, 'workspace', 'healthy'));
    for (const home of [desk, laptop]) {
      await home.client().sync('pause');
      await put(home, 'workspace', 'both', { kind: 'task', title: home === desk ? 'desk' : 'laptop' });
    }
    await Promise.all([desk.client().sync('resume'), laptop.client().sync('resume')]);
    return desk;
  });

  row('missing_workspace_key', 'an administrator gives this device no key', 'engines show notes', async () => {
    const { items } = await desk.json<{ items: { scopeId: ScopeId; kind: string }[] }>('scopes', 'ls');
    const scopeId = items.find(({ kind }) => kind === 'workspace')?.scopeId as ScopeId;
    const { device } = await laptop.json<StatusBody>('status');
    await desk.killDaemon('SIGTERM');
    rotateWithoutKeyFor(desk, scopeId, device.deviceId as DeviceId);
    await desk.startDaemon();
    return laptop;
  });

  row('quarantined', 'an event is cut out of the audit chain', 'engines show browser', async () => {
    await desk.killDaemon('SIGTERM');
    tamperWith(join(desk.folder, 'state', 'sourcesync.db'), 'delete from audit where row = 3');
    await desk.startDaemon();
    return desk;
  });
});

describe('what becomes of the relay and the network of a device', () => {
  row('auth_pending', 'the relay asks who is there and never answers', 'engines show notes', async () => {
    await aloneAt(silent.url);
    return alone;
  });

  row('network_down', 'there is no route to the relay', 'engines show notes', async () => {
    // No packet leaves for a multicast address by TCP: the system says that the network is unreachable.
    await aloneAt('ws://224.0.0.1:7342');
    return alone;
  });

  if (hasOpenssl) {
    row('network_untrusted', 'the relay shows another key than the pinned one', 'engines show notes', async () => {
      const { certFile, keyFile } = makeCertificate(stage.root, 'relay');
      const secured = await stage.startRelay('secured', '--tls-cert', certFile, '--tls-key', keyFile);
      const other = `${secured.pin?.slice(0, -4)}AAAA`;
      await aloneAt(`${secured.url}#pin=${other}`);
      return alone;
    });
  }

  row(
    'engine_current',
    'the clock went on by two days in which no record was looked at',
    'engines show notes',
    async () => {
      const pid = await aloneAt(relay.url);
      await until('it is healthy', async () => isState(alone, 'notes', 'healthy'));
      process.kill(pid, 'SIGUSR2');
      return alone;
    },
  );

  row('engine_syncing', 'the relay does not confirm what was written', 'engines show notes', async () => {
    relay.signal('SIGSTOP');
    await put(alone, 'notes', 'one', { kind: 'note', text: 'one' });
    return alone;
  });

  row('engine_dirty', 'more is on its way already than the relay takes at once', 'engines show presence', async () => {
    for (let n = 0; n < 32; n++) {
      await put(alone, 'notes', `n${n}`, { kind: 'note', text: 'more' });
    }
    await put(alone, 'presence', 'p', { kind: 'note', text: 'waits its turn' });
    return alone;
  });

  row('relay_unreachable', 'the relay is killed', 'engines show notes', async () => {
    await relay.kill('SIGKILL');
    return alone;
  });
});

describe('a device that nobody can use', () => {
  row('missing_device_key', 'its keys wait for a passphrase', 'status', async () => {
    const sealed = stage.home('sealed');
    const file = join(stage.root, 'passphrase');
    writeFileSync(file, 'correct horse\n', { mode: 0o600 });
    await sealed.json('init', '--label', 'sealed', '--yes', '--passphrase-file', file);
    await sealed.startDaemon();
    return sealed;
  });

  it('19 missing_identity: nobody was set up | sourcesync status ends with 5 and says no_user_profile', async () => {
    const { code, stdout } = await stage.home('empty').run('status', '--json');
    expect([code, JSON.parse(stdout)]).toEqual([
      5,
      expect.objectContaining({ reasonCode: 'no_user_profile', exitCode: 5 }),
    ]);
  });
});

it('every state of the closed set was shown, but for those that no action leads to', () => {
  const missing = engineStates.filter((state) => !shown.has(state));
  expect(missing).toEqual(engineStates.filter((state) => state in unreachable));
});
