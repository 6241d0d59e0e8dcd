import { setTimeout as pause } from 'node:timers/promises';
import type { RotationBody } from '../../../src/api/types/membership.ts';
import { type Benchmark, timesTheFloor } from '../benchmark.ts';
import { floorOfTakingIn } from '../floor/take-in.ts';
import { recordsPerBatch } from '../floor/store.ts';
import { runCommand } from '../stage/device.ts';
import { countsOf, liveOf } from '../stage/counts.ts';
import { type Stage, onStage } from '../stage/stage.ts';
import { demand, until } from '../stage/until.ts';
import { writeRecords } from './bulk.ts';

interface Revocation {
  readonly changes: number;
  readonly planMs: number;
  readonly revokeMs: number;
  readonly sentBytes: number;
}

export const revoke: Benchmark = {
  name: 'revoke',
  title: 'a device is revoked where 100,000 records are held: nothing of them is sealed or sent again',
  async run(context) {
    const count = context.pick({ full: 100_000, quick: 10_000, shortest: 300 });
    const settleMs = context.pick({ full: 1_000, quick: 1_000, shortest: 0 });
    const found = await onStage(context, async (stage) => measure(stage, count, settleMs), { metered: true });
    const floorMs = (floorOfTakingIn(count, recordsPerBatch).opened * count) / 1000;
    return [
      { label: 'records', value: count, unit: '' },
      { label: 'changes that were opened to prove that they can be', value: found.changes, unit: '' },
      { label: 'command that plans it, which opens all of them', value: found.planMs, unit: 'ms' },
      { label: 'command that does it, until it is in force', value: found.revokeMs, unit: 'ms' },
      { label: 'passed between A and the relay meanwhile', value: found.sentBytes / 1024, unit: 'KiB', goal: '≤ 64' },
      { label: 'floor: as many records verified and opened', value: floorMs, unit: 'ms' },
      { label: 'command that plans it ÷ floor', value: found.planMs / floorMs, unit: timesTheFloor },
    ];
  },
};

async function measure({ a, b, wire }: Stage, count: number, settleMs: number): Promise<Revocation> {
  await writeRecords(a, count);
  await until('the relay has everything', async () => (await countsOf(a, 'workspace')).outbox === 0);
  const { items } = await a.ask((client) => client.devices());
  const subject = items.find(({ self }) => !self)?.deviceId ?? '';
  await b.stop();
  await pause(settleMs);
  const startedMs = performance.now();
  const plan = (await runCommand(a.home, 'devices', 'revoke', subject)) as RotationBody;
  const plannedMs = performance.now();
  const before = wire?.sizeBytes ?? Number.NaN;
  const done = (await runCommand(a.home, 'devices', 'revoke', subject, '--execute')) as RotationBody;
  await until('every scope has its new key', async () => {
    const { items: devices } = await a.ask((client) => client.devices());
    return devices.find(({ deviceId }) => deviceId === subject)?.revoked === true;
  });
  const revokedMs = performance.now();
  demand(done.executed && done.scopes.every(({ state }) => state !== 'refused'), 'the device is revoked');
  demand((await liveOf(a)) === count + 1, 'every record is still there');
  await a.ask((client) => client.putRecord('workspace', 'after', { kind: 'note', title: 'after' }));
  return {
    changes: plan.scopes.reduce((sum, { held }) => sum + held.changes, 0),
    planMs: plannedMs - startedMs,
    revokeMs: revokedMs - plannedMs,
    sentBytes: (wire?.sizeBytes ?? Number.NaN) - before,
  };
}
