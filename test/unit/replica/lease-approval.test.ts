import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { PresentedLease } from '../../../src/contract/change.ts';
import type { ReviewItem } from '../../../src/contract/review.ts';
import { createRevocation } from '../../../src/membership/lease/lease-revocation.ts';
import type { ScopeState } from '../../../src/membership/parse/state.ts';
import type { WriteResult } from '../../../src/replica/names/write.ts';
import { agentId, hourMs, leaseBy, presented } from '../../helpers/agent.ts';
import { craftBatch, craftChange, stateOf } from '../../helpers/crafted-batch.ts';
import { type Devices, last, setupDevices } from '../../helpers/setup-pair.ts';
import { type Place, type TestDevice, everyItem } from '../../helpers/test-device.ts';
import { tick, zeroStamp } from '../../../src/clock/stamp.ts';

const minuteMs = 60_000;
const helper: JsonObject = { name: 'helper' };
const one: Place = ['agents', 'one'];

interface World extends Devices {
  /** Founded both scopes, and may lease. */
  readonly a: TestDevice;
  /** Where the agent works. */
  readonly b: TestDevice;
  readonly c: TestDevice;
  readonly lease: JsonObject;
  readonly scope: () => ScopeState;
}

/** A lease for which a person approves each use, here of `agents` unless told. */
function setup(collection: 'agents' | 'shell' = 'agents'): World {
  const devices = setupDevices(3);
  const [a, b, c] = devices.all as readonly [TestDevice, TestDevice, TestDevice];
  const scope = (): ScopeState => stateOf(a, collection === 'shell' ? devices.profile : devices.workspace);
  const lease = leaseBy(a, scope(), devices.clock.nowMs, {
    ...{ requiresHumanApproval: true, collections: [collection], lifetimeMs: hourMs },
  });
  return { ...devices, a, b, c, lease, scope };
}

function useOf({ lease, clock }: World, fields: JsonObject | null, [collection, id]: Place = one): PresentedLease {
  return presented(lease, { collection, id, fields }, clock.nowMs);
}

function asks(world: World, fields: JsonObject = helper, place: Place = one): WriteResult {
  return world.b.write(place, { kind: 'put', fields }, { lease: useOf(world, fields, place) });
}

function asked(world: World): ReviewItem {
  return last(world.b.reviews());
}

function revoke({ a, lease, clock, scope }: World): void {
  const revocation = createRevocation({
    ...{ leaseId: String(lease['leaseId']), state: scope(), signer: a.keys, nowMs: clock.nowMs },
  });
  expect(a.replica.revokeLease(scope(), revocation)).toMatchObject({ ok: true });
}

describe('207 a use for which a person must say yes', () => {
  it('opens one item that names the agent, the lease and what it wants; nothing is written or sent', () => {
    const world = setup();
    const { b, lease, exchange } = world;
    expect(asks(world)).toMatchObject({ ok: false, error: { kind: 'waits', reviewId: asked(world).id } });
    expect(b.reviews()).toMatchObject([
      {
        ...{ kind: 'approval', collection: 'agents', recordId: 'one', authorId: agentId, deviceId: b.keys.deviceId },
        alternatives: [
          { value: null, deleted: true },
          { value: helper, deleted: false },
        ],
      },
    ]);
    for (const part of [agentId, String(lease['leaseId']), 'one', 'helper']) {
      expect(asked(world).summary).toContain(part);
    }
    exchange();
    expect(world.all.map((device) => device.row(one))).toEqual([undefined, undefined, undefined]);
    expect(b.appended).toEqual([]);
  });

  it('approved, it counts on every device in the name of the agent, and nobody is asked again', () => {
    const world = setup();
    asks(world);
    const { id } = asked(world);
    world.clock.nowMs += 20 * minuteMs;
    expect(world.b.replica.decide([id], 'accept')).toMatchObject([{ ok: true, value: { status: 'accepted' } }]);
    world.exchange();
    for (const device of world.all) {
      expect(device.row(one)).toMatchObject({ state: 'live', fields: helper, authorId: agentId });
      expect([device.held(), device.reviews()]).toEqual([[], []]);
    }
  });

  it('is approved for that content alone: another use asks anew', () => {
    const world = setup();
    asks(world);
    world.b.replica.decide([asked(world).id], 'accept');
    expect(asks(world, { name: 'other' })).toMatchObject({ ok: false, error: { kind: 'waits' } });
    expect(world.b.fields(one)).toEqual(helper);
  });

  it('refused, it is dropped, and the same use asks no more', () => {
    const world = setup();
    const use = useOf(world, helper);
    const write = (): WriteResult => world.b.write(one, { kind: 'put', fields: helper }, { lease: use });
    write();
    expect(world.b.replica.decide([asked(world).id], 'reject')).toMatchObject([
      { ok: true, value: { status: 'rejected' } },
    ]);
    expect([world.b.row(one), world.b.reviews()]).toEqual([undefined, []]);
    expect(write()).toMatchObject({ error: { kind: 'refused', refusal: { detail: 'nonce_used' } } });
  });

  it('that was approved is not made twice', () => {
    const world = setup();
    const use = useOf(world, helper);
    const write = (): WriteResult => world.b.write(one, { kind: 'put', fields: helper }, { lease: use });
    write();
    world.b.replica.decide([asked(world).id], 'accept');
    world.b.write(one, { kind: 'put', fields: { name: 'by a person' } });
    expect(write()).toMatchObject({ error: { kind: 'refused', refusal: { detail: 'nonce_used' } } });
    world.clock.nowMs += 10 * minuteMs;
    expect(write()).toMatchObject({ error: { kind: 'refused' } });
  });

  it('shown twice while it waits is one item', () => {
    const world = setup();
    const lease = useOf(world, helper);
    const write = (): WriteResult => world.b.write(one, { kind: 'put', fields: helper }, { lease });
    expect(write()).toEqual(write());
    expect(world.b.reviews()).toHaveLength(1);
  });

  it('outlives a restart', () => {
    const world = setup();
    asks(world);
    world.b.restart();
    world.b.replica.decide([asked(world).id], 'accept');
    expect(world.b.fields(one)).toEqual(helper);
  });

  it.each<[string, (world: World) => void, string]>([
    ['expires', (world) => void (world.clock.nowMs += 2 * hourMs), 'expired'],
    [
      'is revoked',
      (world) => {
        revoke(world);
        world.exchange();
        world.clock.nowMs += minuteMs;
      },
      'revoked',
    ],
  ])('whose lease %s while it waits goes off the queue, and the item says why', (_what, ends, words) => {
    const world = setup();
    asks(world);
    const { id } = asked(world);
    ends(world);
    world.b.replica.rejudgeTimed();
    expect(world.b.reviews()).toEqual([]);
    expect(world.b.disk.reviews.get(id)).toMatchObject({
      status: 'superseded',
      summary: expect.stringContaining(words),
    });
    expect(world.b.replica.decide([id], 'accept')).toMatchObject([{ ok: false, error: { kind: 'decided' } }]);
    expect(world.b.row(one)).toBeUndefined();
  });

  it('that is approved when its lease has just expired is not written, and the answer says so', () => {
    const world = setup();
    asks(world);
    const { id } = asked(world);
    world.clock.nowMs += 2 * hourMs;
    expect(world.b.replica.decide([id], 'accept')).toMatchObject([
      { ok: false, error: { kind: 'refused', message: expect.stringContaining('Nothing was written') } },
    ]);
    expect([world.b.row(one), world.b.reviews()]).toEqual([undefined, []]);
  });

  it('that finds the record changed is not written over it', () => {
    const world = setup();
    world.a.put(one, { name: 'before' });
    world.exchange();
    const lease = useOf(world, helper);
    const ifVersion = 'A'.repeat(43);
    expect(world.b.write(one, { kind: 'put', fields: helper }, { lease, ifVersion })).toMatchObject({
      error: { kind: 'version_mismatch' },
    });
    expect(world.b.reviews()).toEqual([]);
  });

  it('where what is in the way may go away, the question stays', () => {
    const world = setup();
    asks(world);
    world.b.floor = { 'write.agents': { kind: 'decision', value: 'deny' } };
    world.b.replica.policyChanged();
    expect(world.b.replica.decide([asked(world).id], 'accept')).toMatchObject([{ ok: false }]);
    world.b.floor = {};
    world.b.replica.policyChanged();
    world.b.replica.decide([asked(world).id], 'accept');
    expect(world.b.fields(one)).toEqual(helper);
  });

  it('takes no other decision than yes or no', () => {
    const world = setup();
    asks(world);
    for (const decision of ['merge', 'keep_both', 'undo'] as const) {
      expect(world.b.replica.decide([asked(world).id], decision)).toMatchObject([{ ok: false }]);
    }
    expect(world.b.reviews()).toHaveLength(1);
  });

  it('that would be refused for something else is refused, and asks nobody', () => {
    const world = setup();
    const lease = useOf(world, { name: 'other' });
    expect(world.b.write(one, { kind: 'put', fields: helper }, { lease })).toMatchObject({
      error: { kind: 'refused', refusal: { detail: 'hash_mismatch' } },
    });
    expect(world.b.reviews()).toEqual([]);
  });

  it('64 of them wait at most', () => {
    const world = setup();
    for (let count = 0; count < 64; count++) {
      expect(asks(world, { name: `n${count}` })).toMatchObject({ error: { kind: 'waits' } });
    }
    expect(asks(world, { name: 'one more' })).toMatchObject({ error: { kind: 'refused' } });
    expect(world.b.disk.reviews.listOpen(everyItem).items).toHaveLength(64);
  });
});

describe('207 an approved use in a reviewed collection', () => {
  const place: Place = ['shell', 'll'];
  const fields: JsonObject = { kind: 'alias', name: 'll', body: 'ls' };

  it('is one decision at home, live there at once, and a proposal on the other devices', () => {
    const world = setup('shell');
    asks(world, fields, place);
    world.b.replica.decide([asked(world).id], 'accept');
    world.exchange();
    expect([world.b.fields(place), world.b.reviews()]).toEqual([fields, []]);
    expect([world.c.row(place)?.state, world.c.reviews()]).toMatchObject(['absent', [{ authorId: agentId }]]);
    world.c.replica.decide([last(world.c.reviews()).id], 'accept');
    world.exchange();
    expect(world.all.map((device) => device.fields(place))).toEqual([fields, fields, fields]);
  });
});

describe('202 a proposal under a lease', () => {
  const place: Place = ['shell', 'll'];
  const fields: JsonObject = { kind: 'alias', name: 'll', body: 'ls' };

  function proposed(): World {
    const world = setup('shell');
    const lease = leaseBy(world.a, world.scope(), world.clock.nowMs, { collections: ['shell'], policyClass: 'high' });
    expect(asks({ ...world, lease }, fields, place)).toMatchObject({ ok: true });
    world.exchange();
    world.clock.nowMs += minuteMs;
    return { ...world, lease };
  }

  it('that was written before its lease ended can be accepted after that', () => {
    const world = proposed();
    revoke(world);
    world.exchange();
    world.b.replica.decide([last(world.b.reviews()).id], 'accept');
    expect(world.b.fields(place)).toEqual(fields);
  });

  it('goes off every queue where the lease had ended before it was written', () => {
    const world = proposed();
    world.clock.nowMs -= 2 * minuteMs;
    revoke(world);
    world.clock.nowMs += 2 * minuteMs;
    world.exchange();
    for (const device of world.all) {
      expect(device.reviews()).toEqual([]);
      expect(device.held()).toMatchObject([{ reasonCode: 'capability_expired', detail: 'revoked' }]);
      expect(device.row(place)?.fields ?? null).toBeNull();
    }
  });

  it('is no version that a file could be a copy of, before it is live', () => {
    const world = proposed();
    const known = (): unknown => world.b.replica.knownVersion('shell' as CollectionName, 'll' as RecordId, () => 1);
    expect(known()).toBeUndefined();
    world.b.replica.decide([last(world.b.reviews()).id], 'accept');
    expect(known()).toBeDefined();
  });
});

describe('207 what a device says of an approval', () => {
  function arrives(world: World, approvedAtMs: number, lease = world.lease): TestDevice {
    const writtenAtMs = world.clock.nowMs;
    const use = presented(lease, { id: 'one', fields: helper }, writtenAtMs - 20 * minuteMs);
    const record = craftChange({
      ...{ collection: 'agents' as CollectionName, objectId: 'one' as RecordId, operation: 'put', value: helper },
      ...{ authorId: agentId, schemaVersion: '0.1.0', stamp: tick(zeroStamp, writtenAtMs) },
      lease: { ...use, approval: { approvedAt: new Date(approvedAtMs).toISOString() } },
    });
    const { workspace, b, c } = world;
    c.replica.receive(workspace, [craftBatch({ by: b, scopeId: workspace, after: null, records: [record] }).bytes]);
    return c;
  }

  it.each<[title: string, agoMs: number, held: string[]]>([
    ['before the change was written: it counts, however long the use waited', minuteMs, []],
    ['before the use was signed: it is held', 30 * minuteMs, ['not_yet']],
    ['after the change was written: it is held', -minuteMs, ['not_yet']],
  ])('%s', (_title, agoMs, held) => {
    const world = setup();
    world.clock.nowMs += 30 * minuteMs;
    const c = arrives(world, world.clock.nowMs - agoMs);
    expect(c.held().map(({ detail }) => detail)).toEqual(held);
    expect(c.fields(one)).toEqual(held.length === 0 ? helper : undefined);
  });

  it('does not make an old use of another lease good', () => {
    const world = setup();
    const free = leaseBy(world.a, world.scope(), world.clock.nowMs);
    world.clock.nowMs += 30 * minuteMs;
    const c = arrives(world, world.clock.nowMs, free);
    expect(c.held()).toMatchObject([{ reasonCode: 'capability_expired', detail: 'expired' }]);
  });
});
