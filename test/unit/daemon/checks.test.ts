import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeviceId } from '../../../src/base/ids.ts';
import { passphraseCost } from '../../../src/crypto/passphrase.ts';
import { coalesce } from '../../../src/daemon/ground/coalesce.ts';
import { examine } from '../../../src/daemon/wire/doctor.ts';
import { checkpointIntervalMs } from '../../../src/log/audit-checkpoint.ts';
import { type HeartbeatDeps, createHeartbeat } from '../../../src/daemon/engines/heartbeat.ts';
import { homePaths } from '../../../src/daemon/ground/home.ts';
import { type SealedProtection, sealSeeds } from '../../../src/daemon/keys/key-file-format.ts';
import { createHomeKeys, writeKeyFile } from '../../../src/daemon/keys/key-file.ts';
import { looseModes } from '../../../src/daemon/ground/loose-modes.ts';
import type { Replica } from '../../../src/replica/port.ts';
import type { Store } from '../../../src/store/ground/port.ts';
import { batchesBy, setupPair } from '../../helpers/setup-pair.ts';
import { createRandom } from '../../simulation/random.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { wellStanding } from '../../../src/daemon/disk/store-standing.ts';

const keys = createHomeKeys(createRandom(1, 'keys').bytes);
const alias = { kind: 'alias', name: 'll', body: 'ls' };

function busy(): TestDevice {
  const { a, b, exchange } = setupPair();
  a.put(['shell', 'x'], alias);
  b.put(['shell', 'y'], alias);
  exchange();
  return a;
}

/** The same store, where one audit row was edited. */
function withEditedAudit(store: Store): Store {
  return {
    ...store,
    audit: {
      ...store.audit,
      read: (from, limit) =>
        store.audit
          .read(from, limit)
          .map((row, index) =>
            from + index === 1 && typeof row !== 'string' ? { ...row, reasonCode: 'edited' } : row,
          ),
    },
  };
}

/** A heartbeat whose later turns are had by hand. */
function beating(device: ReturnType<typeof busy>, deps: Partial<HeartbeatDeps> = {}) {
  const turns: (() => void)[] = [];
  const heartbeat = createHeartbeat({
    ...{ store: device.disk, storeVerified: () => true, changed: () => undefined, nowMs: () => 0 },
    checkpoint: () => {
      device.replica.checkpointAudit(0);
    },
    later: (step) => {
      turns.push(step);
      return () => void turns.splice(turns.indexOf(step), 1);
    },
    guard: (work) => {
      work();
      return true;
    },
    ...deps,
  });
  return { heartbeat, turns };
}

describe('the heartbeat', () => {
  it('25 verifies the audit chain as it grows, and says so only while the store is whole too', () => {
    const device = busy();
    let stored = true;
    const { heartbeat } = beating(device, {
      storeVerified: () => stored,
      checkpoint: () => {
        device.replica.checkpointAudit(checkpointIntervalMs);
      },
    });
    expect([heartbeat.verified, heartbeat.auditBroken]).toEqual([false, false]);
    heartbeat.beat();
    expect(heartbeat.verified).toBe(true);
    expect(device.replica.auditCheckpoints()).toHaveLength(1);
    device.put(['shell', 'z'], alias);
    heartbeat.beat();
    expect(heartbeat.verified).toBe(true);
    stored = false;
    expect([heartbeat.verified, heartbeat.auditBroken]).toEqual([false, false]);
  });

  it('§10.41 an edited row is found and told', () => {
    const device = busy();
    const { heartbeat } = beating(device, { store: withEditedAudit(device.disk) });
    heartbeat.beat();
    expect([heartbeat.verified, heartbeat.auditBroken]).toEqual([false, true]);
    expect(device.replica.auditCheckpoints()).toEqual([]);
  });

  it('25 looks at a long chain in turns; one that takes too long is told, goes on, and counts once it is through', () => {
    const device = busy();
    for (let n = 0; n < 600; n++) {
      device.replica.audit(noted(device.replica.self));
    }
    let nowMs = 0;
    let told = 0;
    const changed = (): void => void told++;
    const { heartbeat, turns } = beating(device, { nowMs: () => nowMs, changed, budgetMs: 1000 });
    heartbeat.beat();
    expect([heartbeat.verified, heartbeat.timedOut, turns.length, told]).toEqual([false, false, 1, 0]);
    nowMs = 1001;
    turns.shift()?.();
    expect([heartbeat.verified, heartbeat.timedOut, turns.length, told]).toEqual([false, true, 1, 1]);
    turns.shift()?.();
    expect([heartbeat.verified, heartbeat.timedOut, turns.length, told]).toEqual([true, false, 0, 2]);
  });
});

function noted(self: DeviceId): Parameters<Replica['audit']>[0] {
  return {
    ...{ eventType: 'sync.engine.started', actorId: self, subjectId: self, policyDomain: 'shell' },
    ...{ outcome: 'informational', reasonCode: 'none', details: {} },
  };
}

describe('doctor', () => {
  function paths(mode: number): ReturnType<typeof homePaths> {
    const home = homePaths(temporaryFolder(), {});
    writeKeyFile(home.keys, { kind: 'bare', seeds: keys.seeds });
    chmodSync(home.keys, mode);
    return home;
  }
  const fine = {
    configured: { problem: () => null, manifestProblems: [] },
    running: {
      ...{ folders: () => [], standing: () => wellStanding(undefined), unsent: () => [], lostRelay: () => undefined },
      hooks: () => ({ items: [], problem: null }),
      places: async () => [],
      ...{ clock: { untrusted: false }, heartbeat: { timedOut: false } },
    },
    nowMs: () => 0,
  };

  it('of a whole home finds nothing wrong, and looked at every chain', async () => {
    const { disk: store, replica, bindings } = busy();
    const report = await examine({ store, replica, bindings, paths: paths(0o700), ...fine });
    expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(report.ok).toBe(true);
    expect(report.checks.length).toBe(10 + replica.scopes().length);
  });

  it('29. tells for a week that own batches came back which were not here', async () => {
    const { a, b, clock, exchange, workspace } = setupPair();
    a.put(['workspace', 'w'], { kind: 'task', title: 'one' });
    exchange();
    const asked = { bindings: b.bindings, ...fine, nowMs: () => clock.nowMs };
    const database = async ({ disk: store, replica }: typeof a): Promise<unknown> =>
      (await examine({ store, replica, paths: paths(0o700), ...asked })).checks.find(({ name }) => name === 'database');
    expect(await database(a)).toBeUndefined();
    const chain = batchesBy(a, workspace);
    a.disk.log.cut(workspace, a.replica.self, 1);
    a.restart();
    a.replica.receive(workspace, chain);
    expect(await database(a)).toMatchObject({ ok: true, message: expect.stringContaining('others gave back') });
    expect(await database(b)).toBeUndefined();
    clock.nowMs += 8 * 24 * 60 * 60 * 1000;
    expect(await database(a)).toBeUndefined();
  });

  it('names a clock that cannot be believed, and a heartbeat that is not through in its time', async () => {
    const { disk: store, replica, bindings } = busy();
    const running = { ...fine.running, clock: { untrusted: true }, heartbeat: { timedOut: true } };
    const { ok, checks } = await examine({ store, replica, bindings, paths: paths(0o700), ...fine, running });
    expect(ok).toBe(false);
    expect(checks.filter((check) => !check.ok).map(({ name }) => name)).toEqual(['clock', 'heartbeat']);
  });

  it.each<[SealedProtection | 'bare', string, string]>([
    ['bare', 'a bare file', 'nor against whoever gets the disk'],
    [
      { kind: 'passphrase', ...passphraseCost, salt: new Uint8Array(16) },
      'your passphrase',
      'while the keys are unlocked',
    ],
    [{ kind: 'keyring', account: 'AAAAAAAAAAAAAAAAAAAAAA' }, 'the keyring of the system', 'is signed in'],
  ])('says how the keys are protected and against what not: %j', async (protection, how, what) => {
    const { disk: store, replica, bindings } = busy();
    const home = paths(0o700);
    if (protection !== 'bare') {
      const { seeds, device } = keys;
      const { bytes: randomBytes } = createRandom(2, 'seal');
      const key = randomBytes(32);
      writeKeyFile(home.keys, sealSeeds({ seeds, deviceId: device.deviceId, protection, key, randomBytes }));
    }
    const report = await examine({ store, replica, bindings, paths: home, ...fine });
    const check = report.checks.find(({ name }) => name === 'device key');
    expect(check).toMatchObject({ ok: true, message: expect.stringContaining(how) });
    expect(check?.message).toContain('No protection against malicious software of the same user'.slice(1));
    expect(check?.message).toContain(what);
  });

  it('36. says that no relay is configured any more, and that there is no configuration', async () => {
    const { disk: store, replica, bindings } = busy();
    const lostRelay = () => ({ message: 'No relay is configured any more.', remedy: 'Write it into config.toml.' });
    const running = { ...fine.running, lostRelay };
    const report = await examine({ store, replica, bindings, paths: paths(0o700), ...fine, running });
    expect(report.checks).toContainEqual({ name: 'relay', ok: false, ...lostRelay() });
    expect(report.checks[0]).toMatchObject({
      ok: true,
      message: expect.stringContaining('is not there: every setting'),
    });
  });

  it('names each fault with a remedy', async () => {
    const { disk, replica, bindings } = busy();
    const report = await examine({
      ...{ store: withEditedAudit(disk), replica, bindings, paths: paths(0o755) },
      ...fine,
      configured: {
        problem: () => 'config.toml is not valid TOML',
        manifestProblems: ['bad.json (schema): not valid.'],
      },
    });
    expect(report.ok).toBe(false);
    const wrong = report.checks.filter(({ ok }) => !ok);
    expect(wrong.map(({ name }) => name)).toEqual(['configuration', 'manifests', 'device key', 'audit chain']);
    for (const { remedy } of wrong) {
      expect(remedy).toEqual(expect.any(String));
    }
  });

  it('names what others can read or write of a home, and how that ends', async () => {
    const { disk: store, replica, bindings } = busy();
    const home = paths(0o700);
    const files = [home.token, home.config];
    for (const folder of [home.state, dirname(home.config), dirname(home.socket)]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
    files.forEach((file) => {
      writeFileSync(file, '', { mode: 0o600 });
    });
    chmodSync(home.token, 0o644);
    chmodSync(home.config, 0o664);
    chmodSync(home.state, 0o755);
    const rights = (await examine({ store, replica, bindings, paths: home, ...fine })).checks.find(
      ({ name }) => name === 'rights',
    );
    expect(rights?.message).toBe(
      [
        `${home.state} can be read by others (mode 755).`,
        `${home.token} can be read by others (mode 644).`,
        `${home.config} can be written by others (mode 664).`,
      ].join(' '),
    );
    expect(rights?.remedy).toBe(`chmod go= ${home.state}; chmod go= ${home.token}; chmod go-w ${home.config}`);
    chmodSync(home.config, 0o644);
    chmodSync(home.state, 0o700);
    chmodSync(home.token, 0o600);
    expect(looseModes(home)).toEqual([]);
  });

  it('names a scope whose key is not here', async () => {
    const { disk: store, replica, bindings } = busy();
    const blind: typeof replica = {
      ...replica,
      scopes: () => replica.scopes().map((scope) => ({ ...scope, holdsKey: false })),
    };
    const report = await examine({ store, replica: blind, bindings, paths: paths(0o700), ...fine });
    expect(report.checks.filter(({ ok }) => !ok).map(({ message }) => message)).toEqual(
      replica.scopes().map(() => expect.stringContaining('The key of its current epoch is not held here')),
    );
  });

  it('finds a membership log that cannot be read, and says that no other takes its place', async () => {
    const { disk, replica, bindings } = busy();
    const [lost] = disk.scopes.list();
    const partial: Replica = {
      ...replica,
      scopes: () => replica.scopes().filter(({ state }) => state.scopeId !== lost),
    };
    const report = await examine({ store: disk, replica: partial, bindings, paths: paths(0o700), ...fine });
    expect(report.checks.filter(({ ok }) => !ok)).toMatchObject([
      {
        message: expect.stringContaining('no other scope takes its place'),
        remedy: expect.stringContaining('backup restore'),
      },
    ]);
  });

  it('finds a batch that was altered in the log', async () => {
    const { disk, replica, bindings } = busy();
    const store: Store = {
      ...disk,
      log: {
        ...disk.log,
        after: (...place) =>
          disk.log.after(...place).map((row) => ({
            ...row,
            bytes: row.bytes.map((byte, at) => (at === row.bytes.length - 1 ? byte ^ 1 : byte)),
          })),
      },
    };
    const report = await examine({ store, replica, bindings, paths: paths(0o700), ...fine });
    expect(
      report.checks.some(
        ({ ok, name, message }) => !ok && name.startsWith('log of') && message.includes('does not verify'),
      ),
    ).toBe(true);
  });
});

describe('many calls in quick succession', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('become one with the first reason, and none once cancelled', () => {
    const reasons: string[] = [];
    const call = coalesce(50, (reason) => reasons.push(reason));
    call('first');
    vi.advanceTimersByTime(49);
    call('second');
    vi.advanceTimersByTime(1);
    call('third');
    vi.advanceTimersByTime(50);
    call('fourth');
    call.cancel();
    call.cancel();
    vi.advanceTimersByTime(50);
    expect(reasons).toEqual(['first', 'third']);
  });
});
