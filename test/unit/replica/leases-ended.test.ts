import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { createRevocation } from '../../../src/membership/lease/lease-revocation.ts';
import { agentId, hourMs, leaseBy, presented } from '../../helpers/agent.ts';
import { craftBatch, craftChange } from '../../helpers/crafted-batch.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { encodeMeta } from '../../../src/log/meta.ts';
import { runs } from '../../helpers/suite.ts';
import { helper, minuteMs, one, reasonsOn, revokeOn, setup, stampAt, type World, writeOn } from './leases-world.ts';

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
