import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64urlFromBytes } from '../../../src/base/bytes.ts';
import { canonicalText } from '../../../src/base/canonical-json.ts';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { reasonText } from '../../../src/contract/verdict.ts';
import { createRevoke } from '../../../src/membership/log/create.ts';
import { type LeaseContext, type UseContext, verifyLease, verifyUse } from '../../../src/membership/lease/lease.ts';
import { jsonFromLease, parseLease } from '../../../src/membership/lease/lease-json.ts';
import {
  type Revocations,
  addRevocation,
  createRevocation,
  mergeRevocations,
} from '../../../src/membership/lease/lease-revocation.ts';
import { parseUse } from '../../../src/membership/lease/lease-use.ts';
import { foldScope } from '../../../src/membership/log/scope-log.ts';
import { withSignature } from '../../../src/membership/parse/signed-object.ts';
import { mutateJson, seededIntegers } from '../../helpers/mutate.ts';
import { deviceFrom, positionAfter, seededBytes, signedBy, valueOf } from './fixtures.ts';
import {
  agent,
  contentHash,
  desk,
  epochKey,
  hourMs,
  laptop,
  lease,
  nowMs,
  otherAgent,
  policyBundleHash,
  stranger,
  use,
  workspace,
  workspaceOf,
} from './lease-fixtures.ts';

const { state } = workspace;
const context: LeaseContext = { state, nowMs, policyBundleHash, revocations: new Map() };
const granted = lease();
const used = use(granted);
const critical = { policyClass: 'critical' } as const;
const done = { capability: 'records.write', collection: 'notes', contentHash, policyClass: 'medium' } as const;

function leaseVerdict(value: JsonValue, change: Partial<LeaseContext> = {}): string {
  const parsed = parseLease(value);
  return wordOf(parsed.ok ? verifyLease(parsed.value, { ...context, ...change }) : parsed.error);
}

function useVerdict(value: JsonValue, of: JsonValue = granted, change: Partial<UseContext> = {}): string {
  const parsed = parseUse(value);
  const parent = valueOf(parseLease(of));
  const given = { ...context, isUsed: () => false, approved: false, done, ...change };
  return wordOf(parsed.ok ? verifyUse(parsed.value, parent, given) : parsed.error);
}

function wordOf(verdict: ReturnType<typeof verifyLease>): string {
  return 'reasonCode' in verdict ? reasonText(verdict) : verdict.verdict;
}

function scoped(change: JsonObject): JsonObject {
  return { ...granted, scope: { ...(granted['scope'] as JsonObject), ...change } };
}

/** Changed by the grantor, who signs again. */
function resigned(change: JsonObject): JsonObject {
  const { signature: _signature, ...unsigned } = granted;
  return withSignature('lease', { ...unsigned, ...change }, desk.sign.secretKey);
}

const revoked = valueOf(
  foldScope([
    workspace.genesis,
    createRevoke({
      ...{ state, signer: laptop, subject: desk.deviceId, epochKey },
      ...{ cut: { sequence: 0, batchId: null }, newEpochKey: seededBytes(20)(32) },
    }),
  ]),
);
const demoted = valueOf(
  foldScope([
    workspace.genesis,
    signedBy(laptop, {
      ...{ t: 'role', ...positionAfter(state, laptop), subject: desk.deviceId, role: 'admin', authorities: [] },
      cut: { sequence: 0, batchId: null },
    }),
  ]),
);
const revocation = createRevocation({ leaseId: String(granted['leaseId']), state, signer: desk, nowMs });
const revocations: Revocations = valueOf(addRevocation(new Map(), revocation, state));
const selfMade = lease({ grantor: { ...stranger, sign: agent } });
const ownKey = lease({ agentKey: desk.sign.publicKey });
const agentAsDevice = { ...deviceFrom(30), sign: agent };

describe('36, 37, 38, 39, 40, 43 36 whether a lease holds', () => {
  it.each<[name: string, verdict: string, lease: JsonValue, change?: Partial<LeaseContext>]>([
    ['as granted', 'accept', granted],
    ['at its first moment', 'accept', granted, { nowMs }],
    ['at its last', 'accept', granted, { nowMs: nowMs + 24 * hourMs - 1 }],
    ['where the policy is not known', 'accept', granted, { policyBundleHash: null }],
    ['for every collection', 'accept', lease({ collections: 'all' })],
    ['of 30 days', 'accept', lease({ lifetimeMs: 30 * 24 * hourMs })],
    ['critical, of 24 hours', 'accept', lease({ ...critical, lifetimeMs: 24 * hourMs })],
    ['self-granted: an agent names itself as grantor', 'agent_untrusted/self_granted', selfMade],
    [
      'self-granted: an agent signs in the name of a device',
      'agent_untrusted/self_granted',
      lease({ grantor: { ...desk, sign: agent } }),
    ],
    ['self-granted: a device is its own agent', 'agent_untrusted/self_granted', ownKey],
    [
      'self-granted: to another device of the scope',
      'agent_untrusted/self_granted',
      lease({ agentKey: laptop.sign.publicKey }),
    ],
    [
      'sub-delegated: an agent grants to another',
      'agent_untrusted/device_unknown',
      lease({ grantor: agentAsDevice, agentKey: otherAgent.publicKey }),
    ],
    ['by a stranger', 'agent_untrusted/device_unknown', lease({ grantor: stranger })],
    ['by a device without the authority', 'agent_untrusted/authority_missing', lease({ grantor: laptop })],
    ['by a device that lost the authority', 'agent_untrusted/authority_missing', granted, { state: demoted }],
    ['by a device that was revoked', 'capability_expired/device_revoked', granted, { state: revoked }],
    ['expired', 'capability_expired/expired', granted, { nowMs: nowMs + 24 * hourMs }],
    ['future', 'capability_expired/not_yet', granted, { nowMs: nowMs - 1 }],
    ['revoked', 'capability_expired/revoked', granted, { revocations }],
    ['under an untrusted clock', 'capability_expired/clock_skew', granted, { nowMs: null }],
    ['wrong workspace', 'workspace_scope_mismatch/scope_foreign', granted, { state: workspaceOf(50).state }],
    ['moved to another workspace', 'workspace_scope_mismatch/scope_foreign', lease({ state: workspaceOf(50).state })],
    ['widened scope: a collection more', 'signature_invalid/signature', scoped({ collections: ['notes', 'secrets'] })],
    ['widened scope: every collection', 'signature_invalid/signature', scoped({ collections: 'all' })],
    ['widened scope: a higher class', 'signature_invalid/signature', scoped({ policyClass: 'high' })],
    [
      'widened: another agent key',
      'signature_invalid/signature',
      scoped({ agentKey: base64urlFromBytes(otherAgent.publicKey) }),
    ],
    ['widened: another capability', 'signature_invalid/signature', { ...granted, capability: 'policy.set' }],
    [
      'widened: no human any more',
      'signature_invalid/signature',
      { ...lease({ requiresHumanApproval: true }), requiresHumanApproval: false },
    ],
    ['prolonged', 'signature_invalid/signature', { ...granted, expiresAt: '2026-01-03T12:00:00.000Z' }],
    ['living too long', 'policy_denied/lifetime', lease({ lifetimeMs: 30 * 24 * hourMs + 1 })],
    ['critical, living too long', 'policy_denied/lifetime', lease({ ...critical, lifetimeMs: 24 * hourMs + 1 })],
    ['living not at all', 'policy_denied/lifetime', lease({ lifetimeMs: 0 })],
    [
      'under another policy',
      'policy_denied/policy_changed',
      granted,
      { policyBundleHash: `sha256:${'00'.repeat(32)}` },
    ],
    ['from a later log', 'agent_untrusted/log_behind', lease({ state: revoked })],
    ['from a forked log', 'relay_untrusted/log_fork', lease({ state: revoked }), { state: demoted }],
    ['without an agent key', 'schema_unknown/record_malformed', resigned({ scope: { collections: 'all' } })],
    ['a field too many', 'schema_unknown/record_malformed', resigned({ revokedAt: '2026-01-03T12:00:00.000Z' })],
    ['not revocable', 'schema_unknown/record_malformed', resigned({ revocable: false })],
    [
      'collections out of order',
      'schema_unknown/record_malformed',
      resigned({ scope: { ...(granted['scope'] as JsonObject), collections: ['b', 'a'] } }),
    ],
    [
      'no collections',
      'schema_unknown/record_malformed',
      resigned({ scope: { ...(granted['scope'] as JsonObject), collections: [] } }),
    ],
    ['an agent without a name', 'schema_unknown/record_malformed', resigned({ agentId: 'urn:srcos:agent:' })],
    ['nothing', 'schema_unknown/record_malformed', null],
  ])('36 %s: %s', (_name, verdict, value, change) => {
    expect(leaseVerdict(value, change)).toBe(verdict);
  });

  it('35 is read back as it was written', () => {
    const { lease: read, unsigned } = valueOf(parseLease(granted));
    expect(jsonFromLease(read)).toEqual(unsigned);
  });
});

describe('36, 41, 42 36 whether a use of a lease counts', () => {
  const human = lease({ requiresHumanApproval: true });

  it.each<[name: string, verdict: string, use: JsonValue, lease?: JsonValue, change?: Partial<UseContext>]>([
    ['by its agent', 'accept', used],
    [
      'on no collection',
      'accept',
      use(granted, { collection: null }),
      granted,
      { done: { ...done, collection: null } },
    ],
    ['where only the agent’s word is known', 'accept', used, granted, { done: null }],
    ['stolen: signed by another key', 'agent_untrusted/signature', use(granted, { secretKey: otherAgent.secretKey })],
    ['stolen: signed by a device', 'agent_untrusted/signature', use(granted, { secretKey: desk.sign.secretKey })],
    [
      'changed after it was signed',
      'agent_untrusted/signature',
      { ...used, collection: 'tasks' },
      granted,
      { done: null },
    ],
    ['other agent', 'agent_untrusted/agent_foreign', use(granted, { agentId: 'urn:srcos:agent:reader' })],
    ['other lease', 'agent_untrusted/agent_foreign', use(lease({ randomBytes: seededBytes(9) }))],
    [
      'another content',
      'signature_invalid/hash_mismatch',
      used,
      granted,
      { done: { ...done, contentHash: policyBundleHash } },
    ],
    [
      'another collection is touched',
      'signature_invalid/hash_mismatch',
      used,
      granted,
      { done: { ...done, collection: 'tasks' } },
    ],
    [
      'another capability is used',
      'signature_invalid/hash_mismatch',
      used,
      granted,
      { done: { ...done, capability: 'x' } },
    ],
    [
      'outside its collections',
      'policy_denied/out_of_bounds',
      use(granted, { collection: 'shell' }),
      granted,
      { done: null },
    ],
    [
      'outside its capability',
      'policy_denied/out_of_bounds',
      use(granted, { capability: 'policy.set' }),
      granted,
      { done: null },
    ],
    ['above its class', 'policy_denied/out_of_bounds', used, granted, { done: { ...done, policyClass: 'high' } }],
    ['before the lease', 'capability_expired/not_yet', use(granted, { usedAtMs: nowMs - 1 })],
    ['from the future', 'capability_expired/not_yet', use(granted, { usedAtMs: nowMs + 1 })],
    ['five minutes old', 'accept', used, granted, { nowMs: nowMs + 300_000 }],
    ['older', 'capability_expired/expired', used, granted, { nowMs: nowMs + 300_001 }],
    ['replayed', 'policy_denied/nonce_used', used, granted, { isUsed: () => true }],
    ['of a revoked lease', 'capability_expired/revoked', used, granted, { revocations }],
    ['of an expired lease', 'capability_expired/expired', used, granted, { nowMs: nowMs + 24 * hourMs }],
    ['under an untrusted clock', 'capability_expired/clock_skew', used, granted, { nowMs: null }],
    ['needs a human', 'manual_review_required', use(human), human],
    ['a human said yes', 'accept', use(human), human, { approved: true }],
    ['malformed', 'schema_unknown/record_malformed', { ...used, more: 1 }],
  ])('36 %s: %s', (_name, verdict, value, of, change) => {
    expect(useVerdict(value, of, change)).toBe(verdict);
  });

  it('31 the signature of a lease is none of a use, nor the other way round', () => {
    const { signature: _signature, ...unsigned } = used;
    expect(useVerdict(withSignature('lease', unsigned, agent.secretKey))).toBe('agent_untrusted/signature');
  });
});

describe('36 revocations only grow', () => {
  it.each<[name: string, verdict: string, value: JsonValue, of?: typeof state]>([
    ['by the grantor', 'taken', revocation],
    ['by a device that was revoked since', 'taken', revocation, revoked],
    ['by a device that lost the authority since', 'taken', revocation, demoted],
    ['by a device without the authority', 'agent_untrusted/authority_missing', revocationBy(laptop)],
    ['by a stranger', 'agent_untrusted/device_unknown', revocationBy(stranger)],
    ['signed by the agent', 'signature_invalid/signature', revocationBy({ ...desk, sign: agent })],
    ['of another scope', 'workspace_scope_mismatch/scope_foreign', revocation, workspaceOf(50).state],
    [
      'of another lease, edited',
      'signature_invalid/signature',
      { ...revocation, leaseId: `urn:srcos:lease:${'0'.repeat(32)}` },
    ],
    [
      'from a log not seen here',
      'agent_untrusted/device_unknown',
      createRevocation({ leaseId: String(granted['leaseId']), state: revoked, signer: desk, nowMs }),
    ],
    ['malformed', 'schema_unknown/record_malformed', { ...revocation, more: 1 }],
    ['nothing', 'schema_unknown/record_malformed', null],
  ])('36 %s: %s', (_name, verdict, value, of = state) => {
    const added = addRevocation(new Map(), value, of);
    expect(added.ok ? 'taken' : reasonText(added.error)).toBe(verdict);
  });

  it('36 one that is refused takes nothing away', () => {
    const added = addRevocation(revocations, revocationBy(laptop), state);
    expect(added.ok).toBe(false);
    expect(leaseVerdict(granted, { revocations })).toBe('capability_expired/revoked');
  });

  it('44 merging is associative, commutative and idempotent, and loses nothing', () => {
    const entry = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 0, max: 3 }));
    const set = fc.array(entry, { maxLength: 8 }).map((entries): Revocations => {
      let known: Revocations = new Map();
      for (const [leaseId, at] of entries) {
        known = mergeRevocations(known, new Map([[leaseId, { leaseId, at }]]));
      }
      return known;
    });
    const plain = (known: Revocations): unknown => Object.fromEntries(known);
    fc.assert(
      fc.property(set, set, set, (one, two, three) => {
        const merged = mergeRevocations(mergeRevocations(one, two), three);
        expect(plain(merged)).toEqual(plain(mergeRevocations(one, mergeRevocations(two, three))));
        expect(plain(mergeRevocations(one, two))).toEqual(plain(mergeRevocations(two, one)));
        expect(plain(mergeRevocations(one, one))).toEqual(plain(one));
        expect([...one.keys()].every((leaseId) => merged.has(leaseId))).toBe(true);
      }),
    );
  });
});

describe('random mutations', () => {
  it.each<[string, JsonObject, (value: JsonValue) => string]>([
    ['a lease', granted, (value) => leaseVerdict(value)],
    ['a use', used, (value) => useVerdict(value)],
    ['a revocation', revocation, (value) => (addRevocation(new Map(), value, state).ok ? 'accept' : 'refused')],
  ])('of %s are never accepted and never throw', (_name, value, judge) => {
    const pick = seededIntegers(11);
    const before = canonicalText(value);
    const accepted: string[] = [];
    for (let run = 0; run < 3000; run++) {
      const damaged = mutateJson(value, pick);
      if (canonicalText(damaged) !== before && judge(damaged) === 'accept') {
        accepted.push(JSON.stringify(damaged));
      }
    }
    expect(accepted).toEqual([]);
  });

  it('of a lease that its grantor signs are judged and never throw', () => {
    const pick = seededIntegers(13);
    const { signature: _signature, ...unsigned } = granted;
    const verdicts = new Set<string>();
    for (let run = 0; run < 3000; run++) {
      const damaged = mutateJson(unsigned, pick);
      const isObject = typeof damaged === 'object' && damaged !== null && !Array.isArray(damaged);
      verdicts.add(
        leaseVerdict(isObject ? withSignature('lease', damaged as JsonObject, desk.sign.secretKey) : damaged),
      );
    }
    expect(verdicts.size).toBeGreaterThan(2);
  });
});

function revocationBy(signer: typeof desk): JsonObject {
  return createRevocation({ leaseId: String(granted['leaseId']), state, signer, nowMs });
}
