import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { Change, PresentedLease } from '../../../src/contract/change.ts';
import { reasonText } from '../../../src/contract/verdict.ts';
import { createRevocation } from '../../../src/membership/lease/lease-revocation.ts';
import type { ScopeState } from '../../../src/membership/parse/state.ts';
import { type LeaseTerms, type UseTerms, agentId, hourMs, leaseBy, presented, thiefKeys } from '../../helpers/agent.ts';
import { craftBatch, craftChange } from '../../helpers/crafted-batch.ts';
import { type Devices, setupDevices } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { type Stamp, tick, zeroStamp } from '../../../src/clock/stamp.ts';
import { encodeMeta } from '../../../src/log/meta.ts';
import { runs } from '../../helpers/suite.ts';

const one = ['agents', 'one'] as const;
const helper: JsonObject = { name: 'helper' };
const minuteMs = 60_000;
const stampAt = (ms: number): Stamp => tick(zeroStamp, ms);

interface World extends Devices {
  /** Founded the workspace: may lease, and holds the authority `agents`. */
  readonly a: TestDevice;
  /** An administrator that may neither lease nor write to `agents`. */
  readonly b: TestDevice;
  readonly c: TestDevice;
  readonly state: () => ScopeState;
}

function setup(): World {
  const devices = setupDevices(3);
  const [a, b, c] = devices.all as readonly [TestDevice, TestDevice, TestDevice];
  const state = (): ScopeState =>
    a.replica.scopes().find((scope) => scope.state.scopeId === devices.workspace)?.state as ScopeState;
  return { ...devices, a, b, c, state };
}

/** What a device says to a write under a lease. */
function writeOn(device: TestDevice, fields: JsonObject, lease: PresentedLease, id = 'one'): string {
  const written = device.write(['agents', id], { kind: 'put', fields }, { lease });
  if (written.ok) {
    return 'written';
  }
  return written.error.kind === 'refused' ? reasonText(written.error.refusal) : written.error.kind;
}

function revokeOn({ a, clock, state }: World, lease: JsonObject, nowMs = clock.nowMs): void {
  const revocation = createRevocation({ leaseId: String(lease['leaseId']), state: state(), signer: a.keys, nowMs });
  expect(a.replica.revokeLease(state(), revocation)).toMatchObject({ ok: true });
}

const reasonsOn = (device: TestDevice): readonly string[] =>
  device.held().map(({ reasonCode, detail }) => `${reasonCode}/${detail}`);

describe('a write under a lease', () => {
  it('200 counts on every device, in the name of the agent', () => {
    const world = setup();
    const lease = leaseBy(world.a, world.state(), world.clock.nowMs);
    expect(writeOn(world.b, helper, presented(lease, { id: 'one', fields: helper }, world.clock.nowMs))).toBe(
      'written',
    );
    world.exchange();
    for (const device of world.all) {
      expect(device.row(one)).toMatchObject({ state: 'live', fields: helper, authorId: agentId });
    }
  });

  it('200 replaces and removes records as wholes', () => {
    const world = setup();
    const lease = leaseBy(world.a, world.state(), world.clock.nowMs);
    const changed = { name: 'helper', description: 'helps' };
    for (const fields of [helper, changed]) {
      expect(writeOn(world.b, fields, presented(lease, { id: 'one', fields }, world.clock.nowMs))).toBe('written');
    }
    world.exchange();
    expect(world.c.fields(one)).toEqual(changed);
    const removal = presented(lease, { id: 'one', fields: null }, world.clock.nowMs);
    expect(world.b.write(one, { kind: 'remove' }, { lease: removal })).toMatchObject({ ok: true });
    world.exchange();
    expect(world.c.row(one)).toMatchObject({ state: 'tombstoned' });
  });

  it('200 a change that was let in stays when the lease has expired, and counts on a device that hears of it later', () => {
    const world = setup();
    const lease = leaseBy(world.a, world.state(), world.clock.nowMs, { lifetimeMs: hourMs });
    writeOn(world.b, helper, presented(lease, { id: 'one', fields: helper }, world.clock.nowMs));
    world.send(world.b, world.a);
    world.clock.nowMs += 2 * hourMs;
    world.exchange();
    expect(world.all.map((device) => device.fields(one))).toEqual([helper, helper, helper]);
    const later = presented(lease, { id: 'two', fields: helper }, world.clock.nowMs);
    expect(writeOn(world.b, helper, later, 'two')).toBe('capability_expired/expired');
  });

  it('200 one use counts once through a device', () => {
    const world = setup();
    const lease = leaseBy(world.a, world.state(), world.clock.nowMs);
    const use = presented(lease, { id: 'one', fields: helper }, world.clock.nowMs);
    expect(writeOn(world.b, helper, use)).toBe('written');
    world.b.write(one, { kind: 'put', fields: helper }, {});
    expect(writeOn(world.b, helper, use)).toBe('policy_denied/nonce_used');
  });

  it('200 what is presented and is no lease is refused in words', () => {
    const { b } = setup();
    expect(writeOn(b, helper, { lease: {}, use: {} })).toBe('invalid');
    const world = setup();
    const lease = leaseBy(world.a, world.state(), world.clock.nowMs);
    expect(writeOn(world.b, helper, { lease, use: {} })).toBe('invalid');
  });
});

interface Case {
  readonly title: string;
  readonly reason: string;
  readonly grantor?: 'a' | 'b';
  readonly terms?: (world: World) => LeaseTerms;
  readonly use?: (world: World) => UseTerms;
  readonly tamper?: (lease: JsonObject) => JsonObject;
  readonly signed?: JsonObject;
  readonly authorId?: string;
  /** Said by the change's stamp, after the lease began. */
  readonly afterMs?: number;
  /** Only a device that lies about it can send such a change. */
  readonly onlyRemote?: true;
}

const cases: readonly Case[] = [
  {
    title: 'stolen: signed by another key',
    reason: 'agent_untrusted/signature',
    use: () => ({ secretKey: thiefKeys.secretKey }),
  },
  {
    title: 'granted by a device without the authority to lease',
    reason: 'agent_untrusted/authority_missing',
    grantor: 'b',
  },
  {
    title: 'self-granted: a device as its own agent',
    reason: 'agent_untrusted/self_granted',
    terms: ({ b }) => ({ agentKey: b.keys.sign.publicKey }),
  },
  {
    title: 'of another agent',
    reason: 'agent_untrusted/agent_foreign',
    use: () => ({ agentId: 'urn:srcos:agent:other' }),
  },
  {
    title: 'written in the name of another agent',
    reason: 'agent_untrusted/agent_foreign',
    authorId: 'urn:srcos:agent:other',
    onlyRemote: true,
  },
  {
    title: 'expired',
    reason: 'capability_expired/expired',
    terms: ({ clock }) => ({ nowMs: clock.nowMs - 2 * hourMs, lifetimeMs: hourMs }),
  },
  {
    title: 'from the future',
    reason: 'capability_expired/not_yet',
    terms: ({ clock }) => ({ nowMs: clock.nowMs + hourMs }),
  },
  {
    title: 'a use of ten minutes ago',
    reason: 'capability_expired/expired',
    use: ({ clock }) => ({ usedAtMs: clock.nowMs - 10 * minuteMs }),
    terms: ({ clock }) => ({ nowMs: clock.nowMs - hourMs }),
  },
  {
    title: 'a stamp far in the future',
    reason: 'capability_expired/not_yet',
    afterMs: hourMs,
    use: ({ clock }) => ({ usedAtMs: clock.nowMs + hourMs }),
    onlyRemote: true,
  },
  {
    title: 'of another scope',
    reason: 'workspace_scope_mismatch/scope_foreign',
    terms: (world) => ({ state: profileOf(world) }),
  },
  {
    title: 'widened after it was signed',
    reason: 'signature_invalid/signature',
    tamper: (lease) => ({ ...lease, capability: 'records.all' }),
  },
  { title: 'other content than was signed', reason: 'signature_invalid/hash_mismatch', signed: { name: 'other' } },
  {
    title: 'another collection than it reaches',
    reason: 'policy_denied/out_of_bounds',
    terms: () => ({ collections: ['workspace'] }),
  },
  {
    title: 'a lower class than it reaches',
    reason: 'policy_denied/out_of_bounds',
    terms: () => ({ policyClass: 'high' }),
  },
  {
    title: 'granted under another policy',
    reason: 'policy_denied/policy_changed',
    terms: () => ({ policyBundleHash: `sha256:${'cd'.repeat(32)}` }),
  },
  {
    title: 'a person must approve each use',
    reason: 'manual_review_required',
    terms: () => ({ requiresHumanApproval: true }),
    onlyRemote: true,
  },
];

function profileOf({ a, profile }: World): ScopeState {
  return a.replica.scopes().find(({ state }) => state.scopeId === profile)?.state as ScopeState;
}

function presentedIn(world: World, each: Case): PresentedLease {
  const grantor = each.grantor === 'b' ? world.b : world.a;
  const granted = leaseBy(grantor, world.state(), world.clock.nowMs, each.terms?.(world));
  const lease = each.tamper?.(granted) ?? granted;
  const fields = each.signed ?? helper;
  return presented(lease, { id: 'one', fields }, world.clock.nowMs, each.use?.(world));
}

describe('§10.36 what does not count', () => {
  it.each(cases)('$title: $reason, held where it arrives', (each) => {
    const world = setup();
    const change: Partial<Change> = {
      ...{ collection: 'agents' as CollectionName, objectId: 'one' as RecordId, operation: 'put', value: helper },
      ...{ authorId: each.authorId ?? agentId, schemaVersion: '0.1.0' },
      stamp: stampAt(world.clock.nowMs + (each.afterMs ?? 0)),
      lease: presentedIn(world, each),
    };
    const { bytes } = craftBatch({
      ...{ by: world.b, scopeId: world.workspace, after: null, records: [craftChange(change)] },
    });
    world.c.replica.receive(world.workspace, [bytes]);
    expect(world.c.row(one)).toBeUndefined();
    const [held] = world.c.held();
    expect(held && reasonText({ reasonCode: held.reasonCode, detail: held.detail ?? undefined } as never)).toBe(
      each.reason,
    );
  });

  it.each(cases.filter(({ onlyRemote }) => onlyRemote !== true))(
    '$title: $reason, refused where it is written',
    (each) => {
      const world = setup();
      expect(writeOn(world.b, helper, presentedIn(world, each))).toBe(each.reason);
      expect(world.b.appended).toEqual([]);
      expect(world.b.row(one)).toBeUndefined();
    },
  );

  it('revoked: capability_expired', () => {
    const world = setup();
    const lease = leaseBy(world.a, world.state(), world.clock.nowMs);
    revokeOn(world, lease);
    world.exchange();
    world.clock.nowMs += minuteMs;
    expect(writeOn(world.b, helper, presented(lease, { id: 'one', fields: helper }, world.clock.nowMs))).toBe(
      'capability_expired/revoked',
    );
  });

  it('an agent that presents no lease: agent_untrusted', () => {
    const world = setup();
    const value = { ...helper };
    const record = craftChange({
      ...{ collection: 'agents' as CollectionName, objectId: 'one' as RecordId, operation: 'put', value },
      ...{ authorId: agentId, schemaVersion: '0.1.0', stamp: stampAt(world.clock.nowMs) },
    });
    const { bytes } = craftBatch({ by: world.a, scopeId: world.workspace, after: null, records: [record] });
    world.c.replica.receive(world.workspace, [bytes]);
    expect(reasonsOn(world.c)).toEqual(['agent_untrusted/authority_missing']);
  });
});

describe('revocations', () => {
  it('201 travel by themselves, and say so on every device', () => {
    const world = setup();
    const lease = leaseBy(world.a, world.state(), world.clock.nowMs);
    revokeOn(world, lease);
    world.exchange();
    for (const device of world.all) {
      expect([...device.replica.revocations().keys()]).toEqual([lease['leaseId']]);
      expect(auditTypes(device)).toContain('agent.lease.revoked');
    }
  });

  it.each([
    ['the write first', true],
    ['the revocation first', false],
  ])('202 what was written after a lease ended has no effect, whatever comes first: %s', (_title, writeFirst) => {
    const world = setup();
    const lease = leaseBy(world.a, world.state(), world.clock.nowMs);
    const write = (id: string): string =>
      writeOn(world.b, helper, presented(lease, { id, fields: helper }, world.clock.nowMs), id);
    expect(write('before')).toBe('written');
    world.clock.nowMs += minuteMs;
    revokeOn(world, lease);
    world.clock.nowMs += minuteMs;
    // b has not heard of it.
    expect(write('one')).toBe('written');
    for (const from of writeFirst ? [world.b, world.a] : [world.a, world.b]) {
      world.send(from, world.c);
    }
    world.exchange();
    for (const device of world.all) {
      expect(device.fields(['agents', 'before'])).toEqual(helper);
      expect(device.fields(one) ?? null).toBeNull();
      expect(reasonsOn(device)).toEqual(['capability_expired/revoked']);
    }
  });

  it('203 what was written on top of it has no effect either, and no person lets both in where an authority is asked for', () => {
    const world = setup();
    const lease = leaseBy(world.a, world.state(), world.clock.nowMs);
    world.a.put(one, helper);
    world.exchange();
    world.clock.nowMs += minuteMs;
    const changed = { name: 'helper', description: 'by the agent' };
    writeOn(world.b, changed, presented(lease, { id: 'one', fields: changed }, world.clock.nowMs));
    world.send(world.b, world.a);
    world.a.patch(one, { op: 'add', path: '/manifest', value: { by: 'a' } });
    world.exchange();
    expect(world.c.fields(one)).toEqual({ ...changed, manifest: { by: 'a' } });
    revokeOn(world, lease, world.clock.nowMs - 1);
    world.exchange();
    for (const device of world.all) {
      expect(device.fields(one)).toEqual(helper);
    }
    const held = world.c.held()[0]?.id ?? '';
    expect(world.c.replica.release(held)).toMatchObject({
      ok: false,
      error: { kind: 'refused', refusal: { reasonCode: 'capability_expired', detail: 'revoked' } },
    });
    expect(world.c.fields(one)).toEqual(helper);
  });

  it('204 one by a device that may not revoke is audited and has no effect', () => {
    const world = setup();
    const lease = leaseBy(world.a, world.state(), world.clock.nowMs);
    const forged = createRevocation({
      ...{ leaseId: String(lease['leaseId']), state: world.state(), signer: world.b.keys, nowMs: world.clock.nowMs },
    });
    expect(world.b.replica.revokeLease(world.state(), forged)).toMatchObject({
      ok: false,
      error: { reasonCode: 'agent_untrusted', detail: 'authority_missing' },
    });
    const { bytes } = craftBatch({
      ...{ by: world.b, scopeId: world.workspace, after: null, records: [], kind: 'heartbeat' },
      meta: encodeMeta({
        ...{ stamp: stampAt(world.clock.nowMs), frontier: {}, audit: null, scopes: [], revocations: [forged] },
      }),
    });
    world.c.replica.receive(world.workspace, [bytes]);
    expect(world.c.replica.revocations().size).toBe(0);
    expect(auditTypes(world.c)).toContain('graph.write.rejected');
  });
});

describe('judged again', () => {
  it('205 a change under a policy that is not in force here, once it is', () => {
    const world = setup();
    world.c.policyHash = `sha256:${'ef'.repeat(32)}`;
    world.c.restart();
    const lease = leaseBy(world.a, world.state(), world.clock.nowMs);
    world.clock.nowMs += minuteMs;
    writeOn(world.b, helper, presented(lease, { id: 'one', fields: helper }, world.clock.nowMs));
    world.exchange();
    expect(world.b.fields(one)).toEqual(helper);
    expect(reasonsOn(world.c)).toEqual(['policy_denied/policy_changed']);
    world.c.policyHash = world.b.policyHash;
    expect(world.c.replica.policyChanged()).toBe(1);
    expect(world.c.fields(one)).toEqual(helper);
    expect(world.c.held()).toEqual([]);
  });

  it('205 a change that was let in stays when the policy changes, and counts where it arrives after that', () => {
    const world = setup();
    const lease = leaseBy(world.a, world.state(), world.clock.nowMs);
    writeOn(world.b, helper, presented(lease, { id: 'one', fields: helper }, world.clock.nowMs));
    world.clock.nowMs += minuteMs;
    for (const device of [world.b, world.c]) {
      device.policyHash = `sha256:${'ef'.repeat(32)}`;
      device.replica.policyChanged();
    }
    world.exchange();
    expect(world.all.map((device) => device.fields(one))).toEqual([helper, helper, helper]);
    const later = presented(lease, { id: 'two', fields: helper }, world.clock.nowMs);
    expect(writeOn(world.b, helper, later, 'two')).toBe('policy_denied/policy_changed');
  });

  it('205 a change whose stamp was ahead of the clock, once the clock has caught up', () => {
    const world = setup();
    const lease = leaseBy(world.a, world.state(), world.clock.nowMs);
    const ahead = world.clock.nowMs + hourMs;
    const record = craftChange({
      ...{ collection: 'agents' as CollectionName, objectId: 'one' as RecordId, operation: 'put', value: helper },
      ...{ authorId: agentId, schemaVersion: '0.1.0', stamp: stampAt(ahead) },
      lease: presented(lease, { id: 'one', fields: helper }, ahead),
    });
    const { bytes } = craftBatch({ by: world.b, scopeId: world.workspace, after: null, records: [record] });
    world.c.replica.receive(world.workspace, [bytes]);
    expect(reasonsOn(world.c)).toEqual(['capability_expired/not_yet']);
    expect(world.c.replica.rejudgeTimed()).toBe(0);
    world.clock.nowMs += hourMs;
    expect(world.c.replica.rejudgeTimed()).toBe(1);
    expect(world.c.replica.rejudgeTimed()).toBe(0);
    expect(world.c.fields(one)).toEqual(helper);
    expect(world.c.held()).toEqual([]);
  });

  it('205 one whose lease names a later state of the log, once this device has learned it', () => {
    const world = setup();
    const { a, b, c, clock, workspace } = world;
    const before = world.state().sequence;
    const drafted = a.replica.draftRole(workspace, b.keys.deviceId, { role: 'admin', authorities: ['audit'] });
    const { entry } = (drafted as { value: { entry: Uint8Array } }).value;
    expect(a.replica.receiveEntries(workspace, 0, [entry])).toMatchObject({ ok: true });
    const record = craftChange({
      ...{ collection: 'agents' as CollectionName, objectId: 'one' as RecordId, operation: 'put', value: helper },
      ...{ authorId: agentId, schemaVersion: '0.1.0', stamp: stampAt(clock.nowMs) },
      lease: presented(leaseBy(a, world.state(), clock.nowMs), { id: 'one', fields: helper }, clock.nowMs),
    });
    const batch = { by: b, scopeId: workspace, after: null, logSequence: before, records: [record] };
    c.replica.receive(workspace, [craftBatch(batch).bytes]);
    expect(reasonsOn(c)).toEqual(['agent_untrusted/log_behind']);
    expect(c.replica.receiveEntries(workspace, 0, [entry])).toMatchObject({ ok: true });
    expect([c.fields(one), reasonsOn(c)]).toEqual([helper, []]);
  });

  it('205 a lease for which a person must say yes waits for one', () => {
    const world = setup();
    const lease = leaseBy(world.a, world.state(), world.clock.nowMs, { requiresHumanApproval: true });
    const record = craftChange({
      ...{ collection: 'agents' as CollectionName, objectId: 'one' as RecordId, operation: 'put', value: helper },
      ...{ authorId: agentId, schemaVersion: '0.1.0', stamp: stampAt(world.clock.nowMs) },
      lease: presented(lease, { id: 'one', fields: helper }, world.clock.nowMs),
    });
    const { bytes } = craftBatch({ by: world.b, scopeId: world.workspace, after: null, records: [record] });
    world.c.replica.receive(world.workspace, [bytes]);
    expect(world.c.replica.rejudge('agents' as CollectionName)).toBe(0);
    expect(world.c.replica.release(world.c.held()[0]?.id ?? '')).toMatchObject({ ok: true });
    expect(world.c.fields(one)).toEqual(helper);
  });
});

describe('206 law', () => {
  type Step =
    | { readonly do: 'leased'; readonly id: number; readonly value: number }
    | { readonly do: 'held'; readonly id: number; readonly value: number }
    | { readonly do: 'revoke'; readonly backMs: number }
    | { readonly do: 'send'; readonly from: number; readonly to: number };
  const device = fc.nat(2);
  const written = { id: fc.nat(1), value: fc.nat(3) };
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('leased' as const), ...written }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('held' as const), ...written }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('revoke' as const), backMs: fc.nat(5 * minuteMs) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('send' as const), from: device, to: device }) },
  );

  it('what counts under a lease does not depend on the order in which writes and revocations come', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), (steps) => {
        const world = setup();
        const lease = leaseBy(world.a, world.state(), world.clock.nowMs);
        for (const next of steps) {
          world.clock.nowMs += minuteMs;
          take(world, lease, next);
        }
        world.exchange();
        const live = world.all.map((each) => ['r0', 'r1'].map((id) => each.fields(['agents', id]) ?? null));
        expect(live[1]).toEqual(live[0]);
        expect(live[2]).toEqual(live[0]);
        const held = world.all.map((each) =>
          each
            .held()
            .map(({ id }) => id)
            .sort(),
        );
        expect(held[1]).toEqual(held[0]);
        expect(held[2]).toEqual(held[0]);
      }),
      { numRuns: runs(15, 60) },
    );
  });

  function take(world: World, lease: JsonObject, next: Step): void {
    switch (next.do) {
      case 'leased': {
        const fields = { name: `leased ${next.value}` };
        const id = `r${next.id}`;
        writeOn(world.b, fields, presented(lease, { id, fields }, world.clock.nowMs), id);
        return;
      }
      case 'held':
        world.a.put(['agents', `r${next.id}`], { name: `held ${next.value}` });
        return;
      case 'revoke':
        revokeOn(world, lease, world.clock.nowMs - next.backMs);
        return;
      case 'send':
        if (next.from !== next.to) {
          world.send(world.all[next.from] as TestDevice, world.all[next.to] as TestDevice);
        }
    }
  }
});

function auditTypes(device: TestDevice): readonly string[] {
  return device.disk.audit.read(0, 1000).flatMap((event) => (typeof event === 'string' ? [] : [event.eventType]));
}
