import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { coalesce } from '../../../src/daemon/coalesce.ts';
import { examine } from '../../../src/daemon/doctor.ts';
import { checkpointIntervalMs } from '../../../src/log/audit-checkpoint.ts';
import { createHeartbeat } from '../../../src/daemon/heartbeat.ts';
import { homePaths } from '../../../src/daemon/home.ts';
import type { Store } from '../../../src/store/port.ts';
import { setupPair } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { temporaryFolder } from './temporary-folder.ts';

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

describe('the heartbeat', () => {
  it('verifies the audit chain as it grows, and says so only while the store is whole too', () => {
    const device = busy();
    let stored = true;
    const heartbeat = createHeartbeat(
      device.disk,
      () => stored,
      () => {
        device.replica.checkpointAudit(checkpointIntervalMs);
      },
    );
    expect([heartbeat.verified, heartbeat.auditBroken]).toEqual([false, false]);
    expect(heartbeat.beat()).toEqual({ verified: true });
    expect(device.replica.auditCheckpoints()).toHaveLength(1);
    device.put(['shell', 'z'], alias);
    expect(heartbeat.beat()).toEqual({ verified: true });
    stored = false;
    expect([heartbeat.verified, heartbeat.auditBroken, heartbeat.beat()]).toEqual([false, false, { verified: false }]);
  });

  it('§10.41 an edited row is found and told', () => {
    const device = busy();
    const heartbeat = createHeartbeat(
      withEditedAudit(device.disk),
      () => true,
      () => {
        device.replica.checkpointAudit(0);
      },
    );
    expect(heartbeat.beat()).toEqual({ verified: false });
    expect(heartbeat.auditBroken).toBe(true);
    expect(device.replica.auditCheckpoints()).toEqual([]);
  });
});

describe('doctor', () => {
  function paths(mode: number): ReturnType<typeof homePaths> {
    const home = homePaths(temporaryFolder(), {});
    mkdirSync(join(home.keys), { recursive: true, mode });
    return home;
  }
  const fine = { configProblem: () => null, manifestProblems: [] };

  it('of a whole home finds nothing wrong, and looked at every chain', async () => {
    const { disk: store, replica, bindings } = busy();
    const report = await examine({ store, replica, bindings, paths: paths(0o700), ...fine });
    expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(report.ok).toBe(true);
    expect(report.checks.length).toBe(6 + replica.scopes().length);
  });

  it('names each fault with a remedy', async () => {
    const { disk, replica, bindings } = busy();
    const report = await examine({
      ...{ store: withEditedAudit(disk), replica, bindings, paths: paths(0o755) },
      ...{ configProblem: () => 'config.toml is not valid TOML', manifestProblems: ['bad.json (schema): not valid.'] },
    });
    expect(report.ok).toBe(false);
    const wrong = report.checks.filter(({ ok }) => !ok);
    expect(wrong.map(({ name }) => name)).toEqual(['configuration', 'manifests', 'device key', 'audit chain']);
    for (const { remedy } of wrong) {
      expect(remedy).toEqual(expect.any(String));
    }
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
