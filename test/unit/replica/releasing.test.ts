import { describe, expect, it } from 'vitest';
import type { ChangeId, CollectionName } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { tick, zeroStamp } from '../../../src/clock/stamp.ts';
import { createRevocation } from '../../../src/membership/lease/lease-revocation.ts';
import type { CollectionBinding } from '../../../src/replica/names/binding.ts';
import { leaseBy, presented } from '../../helpers/agent.ts';
import { craftBatch, craftChange, stateOf } from '../../helpers/crafted-batch.ts';
import { rebind } from '../../helpers/rebind.ts';
import { withRecipes } from '../../helpers/recipes.ts';
import { type Devices, last, setupDevices } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { decision } from '../policy/terms.ts';

const place = ['workspace', 'w'] as const;
const minuteMs = 60_000;
const token = `ghp_${'0123456789'.repeat(4).slice(0, 36)}`;
const task = (title: string): JsonObject => ({ kind: 'task', title });

interface World extends Devices {
  /** Holds every authority, and may lease. */
  readonly a: TestDevice;
  readonly b: TestDevice;
}

function setup(): World {
  const devices = setupDevices(2);
  const [a, b] = devices.all as readonly [TestDevice, TestDevice];
  for (const device of devices.all) {
    rebind(device, 'policy', { scope: 'workspace' });
  }
  return { ...devices, a, b };
}

function arrive({ a, b, workspace }: World, change: Parameters<typeof craftChange>[0]): string {
  const after = a.disk.log.heads(workspace).get(a.keys.deviceId) ?? null;
  b.replica.receive(workspace, [
    craftBatch({ by: a, scopeId: workspace, after, records: [craftChange(change)] }).bytes,
  ]);
  return last(b.held()).id;
}

function writtenUnderRevokedLease(world: World, place: readonly [string, string], fields: JsonObject): string {
  const { a, b, clock, workspace } = world;
  const state = stateOf(a, workspace);
  const lease = leaseBy(a, state, clock.nowMs, { collections: [place[0]] });
  clock.nowMs += minuteMs;
  const leaseId = String(lease['leaseId']);
  a.replica.revokeLease(state, createRevocation({ leaseId, state, signer: a.keys, nowMs: clock.nowMs - 1 }));
  world.send(a, b);
  const use = presented(lease, { collection: place[0], id: place[1], fields }, clock.nowMs);
  return arrive(world, {
    ...{ collection: place[0], objectId: place[1], value: fields, authorId: 'urn:srcos:agent:helper' },
    ...{ lease: use, stamp: tick(zeroStamp, clock.nowMs) },
  });
}

describe('a release walks the line again', () => {
  it('302 fields that break the record schema stay out', () => {
    const { b, ...world } = setup();
    const id = arrive({ ...world, b }, { value: { kind: 'no such kind' } });
    expect(b.replica.release(id)).toMatchObject({
      ok: false,
      error: { kind: 'refused', refusal: { reasonCode: 'schema_unknown', detail: 'record_invalid' } },
    });
    expect([b.row(place), b.held()]).toMatchObject([undefined, [{ id, status: 'held' }]]);
  });

  it('302 so does what leads to them', () => {
    const world = setup();
    const { version } = world.a.put(place, task('one'));
    world.exchange();
    const patch = { operation: 'patch', parents: [version], value: [{ op: 'remove', path: '/title' }] };
    const id = arrive(world, patch);
    expect(world.b.replica.release(id)).toMatchObject({ ok: false, error: { kind: 'refused' } });
    expect(world.b.fields(place)).toEqual(task('one'));
  });

  it('302 a schema of a newer major version stays out until this device is upgraded', () => {
    const world = setup();
    const id = arrive(world, { schemaVersion: '9.0.0' });
    expect(world.b.replica.release(id)).toMatchObject({
      ok: false,
      error: { refusal: { reasonCode: 'migration_required' }, message: expect.stringMatching(/Upgrade here/) },
    });
  });

  it('302 an engine that policy denies by now takes nothing in', () => {
    const world = setup();
    const id = arrive(world, { value: task(`see ${token}`) });
    world.b.floor = { 'engine.workspace': decision('deny') };
    expect(world.b.replica.release(id)).toMatchObject({
      ok: false,
      error: { kind: 'refused', refusal: { reasonCode: 'policy_denied', detail: 'policy_rule' } },
    });
    world.b.floor = {};
    expect(world.b.replica.release(id)).toMatchObject({ ok: true });
    expect(world.b.fields(place)).toEqual(task(`see ${token}`));
  });

  it('302 beside a lease a person answers for an agent, but not where an authority is asked for', () => {
    const world = setup();
    const id = writtenUnderRevokedLease(world, place, task('by an agent'));
    expect(world.b.replica.release(id)).toMatchObject({ ok: true });
    expect(world.b.fields(place)).toEqual(task('by an agent'));
    const other = setup();
    const held = writtenUnderRevokedLease(other, ['agents', 'one'], { name: 'helper' });
    expect(other.b.replica.release(held)).toMatchObject({
      ok: false,
      error: { kind: 'refused', refusal: { reasonCode: 'capability_expired', detail: 'revoked' } },
    });
    expect(other.b.row(['agents', 'one'])).toBeUndefined();
  });

  it('302 a scope that serves nothing here brings nothing in', () => {
    const world = setup();
    const id = arrive(world, { value: task(`see ${token}`) });
    rebind(world.b, 'workspace', { scope: 'org' });
    expect(world.b.replica.release(id)).toMatchObject({
      ok: false,
      error: { kind: 'invalid', message: expect.stringMatching(/does not serve "workspace" on this device/) },
    });
    expect(world.b.row(place)).toBeUndefined();
  });
});

describe('what a person released', () => {
  it('312 counts where its record is made again, and explain says who let it in', () => {
    const world = setup();
    const { b } = world;
    const recipes = 'recipes' as CollectionName;
    const runWith = (version: 1 | 2): void => {
      const [shipped, more] = [b.bindings, withRecipes(version)];
      b.bindings = {
        all: () => [...shipped.all(), more.ofCollection(recipes) as CollectionBinding],
        ofCollection: (name) => (name === recipes ? more.ofCollection(recipes) : shipped.ofCollection(name)),
      };
      b.restart();
    };
    runWith(1);
    const id = arrive(world, {
      ...{ collection: 'recipes', objectId: 'soup', schemaVersion: '1.0.0' },
      value: { name: `soup ${token}`, minutes: 5 },
    });
    expect(b.replica.release(id)).toMatchObject({ ok: true });
    runWith(2);
    expect(b.replica.upgradeRecords(recipes)).toBe(1);
    expect(b.row([recipes, 'soup'])).toMatchObject({ state: 'live', fields: { title: `soup ${token}` } });
    const explained = b.replica.explain(b.row([recipes, 'soup'])?.version as ChangeId);
    expect(explained).toMatchObject({ verdict: { verdict: 'accept' } });
    expect(explained?.steps.find(({ step }) => step === 'secrets')?.answer).toMatch(/a person let it in/);
  });
});
