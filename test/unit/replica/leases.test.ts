import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { Change, PresentedLease } from '../../../src/contract/change.ts';
import { reasonText } from '../../../src/contract/verdict.ts';
import type { ScopeState } from '../../../src/membership/parse/state.ts';
import { type LeaseTerms, type UseTerms, agentId, hourMs, leaseBy, presented, thiefKeys } from '../../helpers/agent.ts';
import { craftBatch, craftChange } from '../../helpers/crafted-batch.ts';
import { helper, minuteMs, one, reasonsOn, revokeOn, setup, stampAt, type World, writeOn } from './leases-world.ts';

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
