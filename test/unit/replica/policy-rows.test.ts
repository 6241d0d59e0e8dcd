import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { createRevocation } from '../../../src/membership/lease/lease-revocation.ts';
import { leaseBy, presented } from '../../helpers/agent.ts';
import { type BreakableStore, createBreakableStore } from '../../helpers/breakable-store.ts';
import { craftBatch, craftChange, stateOf } from '../../helpers/crafted-batch.ts';
import { rebind } from '../../helpers/rebind.ts';
import { type Devices, setupDevices } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { decision } from '../policy/terms.ts';
import { answersOf } from './policy-answers.ts';

const place = ['policy', 'org'] as const;
const policy = 'policy' as CollectionName;
const minuteMs = 60_000;
const denying = (generation: number): JsonObject => ({
  layer: 'org',
  generation,
  rules: { 'write.shell': decision('deny') },
});

interface World extends Devices {
  /** Holds every authority. */
  readonly a: TestDevice;
  readonly b: TestDevice;
  readonly disk: BreakableStore;
}

/** Devices that have asked for the policy before anything happens, as each does when it starts. */
function setup(): World {
  const disks: BreakableStore[] = [];
  const devices = setupDevices(2, {
    wrapStore: (disk) => {
      const made = createBreakableStore(disk);
      disks.push(made);
      return made.store;
    },
  });
  const [a, b] = devices.all as readonly [TestDevice, TestDevice];
  for (const device of devices.all) {
    rebind(device, 'policy', { scope: 'workspace' });
    device.replica.policyChanged();
  }
  return { ...devices, a, b, disk: disks[1] as BreakableStore };
}

const writeShell = (device: TestDevice): string => device.replica.policy().decide('write', 'shell').decision;

/** What holds in the running process is what its disk says. */
function expectCurrent(device: TestDevice, shell: 'allow' | 'deny'): void {
  expect(writeShell(device)).toBe(shell);
  expect(answersOf(device.replica.policy())).toEqual(answersOf(device.beside().policy()));
}

/** A document by an agent, under a lease that is revoked as of a moment before it was written. */
function leased({ a, b, clock, workspace }: World, fields: JsonObject): { revoke(): void } {
  const state = stateOf(a, workspace);
  const lease = leaseBy(a, state, clock.nowMs, { collections: ['policy'] });
  const use = presented(lease, { collection: 'policy', id: 'org', fields }, clock.nowMs);
  expect(b.write(place, { kind: 'put', fields }, { lease: use })).toMatchObject({ ok: true });
  return {
    revoke() {
      const leaseId = String(lease['leaseId']);
      const revocation = createRevocation({ leaseId, state, signer: a.keys, nowMs: clock.nowMs - 1 });
      expect(a.replica.revokeLease(state, revocation)).toMatchObject({ ok: true });
    },
  };
}

describe('every way in which a policy record changes', () => {
  it('311 a write here and an arrival', () => {
    const world = setup();
    world.a.put(place, denying(1));
    expectCurrent(world.a, 'deny');
    world.exchange();
    expectCurrent(world.b, 'deny');
  });

  it('311 a record that is damaged, and is made again from the log', () => {
    const { a, b, disk, exchange } = setup();
    a.put(place, { layer: 'org', generation: 1, rules: {} });
    exchange();
    expectCurrent(b, 'allow');
    disk.breakRow(...place);
    const damaged = b.replica.noteDamaged(policy, 'org' as RecordId);
    expect(b.replica.policy().decide('write', 'workspace')).toEqual({
      decision: 'deny',
      reasonCode: 'migration_required',
    });
    expectCurrent(b, 'deny');
    expect(b.replica.rebuildRecord(damaged as never)).toMatchObject({ ok: true });
    expectCurrent(b, 'allow');
  });

  it('311 a record that became whole by itself', () => {
    const { a, b, disk, exchange } = setup();
    a.put(place, { layer: 'org', generation: 1, rules: {} });
    exchange();
    disk.breakRow(...place);
    b.replica.noteDamaged(policy, 'org' as RecordId);
    expectCurrent(b, 'deny');
    disk.mend(...place);
    expect(b.replica.closeMended(b.held())).toBe(1);
    expectCurrent(b, 'allow');
  });

  it('311 a document that is withdrawn, alone and on top of another', () => {
    const alone = setup();
    const first = leased(alone, denying(1));
    alone.exchange();
    expectCurrent(alone.b, 'deny');
    alone.clock.nowMs += minuteMs;
    first.revoke();
    const world = setup();
    world.a.put(place, denying(1));
    world.exchange();
    const second = leased(world, { layer: 'org', generation: 2, rules: {} });
    world.exchange();
    expectCurrent(world.a, 'allow');
    second.revoke();
    world.exchange();
    world.all.forEach((device) => expectCurrent(device, 'deny'));
  });

  it('311 a document that is held, and dropped', () => {
    const { a, b, workspace } = setup();
    const records = [craftChange({ collection: 'policy', objectId: 'org', schemaVersion: '9.0.0', value: {} })];
    b.replica.receive(workspace, [craftBatch({ by: a, scopeId: workspace, after: null, records }).bytes]);
    expectCurrent(b, 'deny');
    b.replica.drop(b.held()[0]?.id ?? '');
    expectCurrent(b, 'allow');
  });
});
