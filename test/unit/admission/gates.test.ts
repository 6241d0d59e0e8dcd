import { describe, expect, it } from 'vitest';
import { admitBatch } from '../../../src/admission/admit-batch.ts';
import { type ChangeAdmission, admitChange } from '../../../src/admission/admit-change.ts';
import { changeLine } from '../../../src/admission/change-line.ts';
import type { ChangeContext } from '../../../src/admission/change-question.ts';
import { base64urlFromBytes, utf8 } from '../../../src/base/bytes.ts';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { tick, zeroStamp } from '../../../src/clock/stamp.ts';
import type { Change, LeaseApproval } from '../../../src/contract/change.ts';
import { type Manifest, policyClasses } from '../../../src/contract/manifest.ts';
import { reasonText } from '../../../src/contract/verdict.ts';
import { encodeChange } from '../../../src/log/change.ts';
import { contentHashOf } from '../../../src/membership/lease/lease-presented.ts';
import { effectivePolicy, floorDocument } from '../../../src/policy/effective.ts';
import {
  hourMs,
  lease,
  nowMs as grantedMs,
  laptop,
  policyBundleHash,
  use,
  workspace,
} from '../membership/lease-fixtures.ts';
import { asking, inProfile, rules, scopes } from './admit-change-cases.ts';
import { change, context, metaBytes, seal, view } from './world.ts';

const outcomeOf = (admission: ChangeAdmission): string =>
  admission.kind === 'admitted'
    ? 'admitted'
    : `${admission.step}: ${admission.refusal.verdict} ${reasonText(admission.refusal)}`;

const judged = (changed: Partial<Change>, given: ChangeContext = inProfile): string =>
  outcomeOf(admitChange(encodeChange(change(changed)), given));

/** The profile's collection, with a manifest that says something else. */
const withManifest = (more: Partial<Manifest>, given: ChangeContext = inProfile): ChangeContext => ({
  ...given,
  rulesOf: () => ({ ...rules('shell'), manifest: { ...rules('shell').manifest, ...more } }),
});

describe('changes of one batch', () => {
  it('6 are judged each by itself', () => {
    const records = [change(), change({ value: { name: 1 } }), change(), change({ schemaVersion: '9.0.0' }), change()];
    const bytes = records.map((each) => encodeChange(each)).with(2, utf8('no record'));
    const opened = admitBatch(seal(scopes.profile, { records: [metaBytes, ...bytes] }).bytes, view(scopes.profile));
    const answers = opened.kind === 'opened' ? opened.records.map((each) => admitChange(each, inProfile)) : [];
    expect(answers.map((each) => outcomeOf(each).split(' ')[0])).toEqual([
      'admitted',
      'record_schema:',
      'record:',
      'schema_version:',
      'admitted',
    ]);
  });
});

describe('a record in a snapshot', () => {
  it.each(policyClasses)('14 of class %s', (policyClass) => {
    const given = withManifest({ policyClass }, { ...inProfile, batch: { ...inProfile.batch, kind: 'snapshot' } });
    const needsProof = policyClass === 'high' || policyClass === 'critical';
    expect(judged({}, given)).toBe(needsProof ? 'proof: reject signature_invalid/proof_mismatch' : 'admitted');
  });
});

describe('15a a change under a lease', () => {
  const fields = { kind: 'note' };
  const agentId = 'urn:srcos:agent:writer';
  const writtenMs = grantedMs + 60_000;

  /** What is asked of a write by the agent, under a lease that may say something else. */
  function present(
    more: Parameters<typeof lease>[0] = {},
    approval?: LeaseApproval,
    changed: Partial<Change> = {},
  ): Partial<Change> {
    const granted = lease(more);
    const contentHash = contentHashOf({ collection: 'notes', id: 'one', fields });
    const lent: JsonObject = use(granted, { contentHash });
    return {
      ...{ collection: 'notes' as CollectionName, objectId: 'one' as RecordId, authorId: agentId, value: fields },
      ...{ stamp: tick(zeroStamp, writtenMs), lease: { lease: granted, use: lent, ...(approval && { approval }) } },
      ...changed,
    };
  }

  /** Laptop presents it, which holds no authority at all beside its role. */
  const here = (more: Partial<ChangeContext> = {}, strategy: Manifest['mergeStrategy'] = 'manual_review') => {
    const { rulesOf } = asking(strategy, 'notes');
    const base = context({ scope: workspace.state, nowMs: writtenMs, policyHashesAt: () => [policyBundleHash] });
    const notes: ChangeContext['rulesOf'] = (name) => {
      const asked = rulesOf(name) ?? rules('shell');
      return { ...asked, scope: 'workspace', manifest: { ...asked.manifest, policyClass: 'medium' } };
    };
    return { ...base, rulesOf: notes, batch: { ...base.batch, deviceId: laptop.deviceId }, ...more };
  };

  it('counts by the lease, in any collection', () => {
    expect(judged(present(), here())).toBe('admitted');
    expect(judged(present(), here({}, 'signed_authority_required'))).toBe('admitted');
    const { lease: _without, ...bare } = present();
    expect(judged(bare, here({}, 'signed_authority_required'))).toContain('authority: quarantine agent_untrusted');
  });

  it.each([
    ['in another collection', present({ collections: ['tasks'] }), here(), 'policy_denied'],
    ['of other content', present({}, undefined, { value: { kind: 'x' } }), here(), 'signature_invalid'],
    ['by another agent', present({ agentId: 'urn:srcos:agent:other' }), here(), 'agent_untrusted'],
    ['that has ended', present({ nowMs: grantedMs - 48 * hourMs }), here(), 'capability_expired'],
    ['under another policy', present(), here({ policyHashesAt: () => ['sha256:x'] }), 'policy_denied'],
    ['that asks for a person', present({ requiresHumanApproval: true }), here(), 'manual_review_required'],
    ['written in the future', present(), here({ nowMs: writtenMs - hourMs }), 'capability_expired/not_yet'],
  ] as const)('%s is held with the reason of the lease', (_title, changed, given, reason) => {
    expect(judged(changed, given)).toContain(`authority: quarantine ${reason}`);
  });

  it('counts with the approval of its device, and under a policy that was in force when it was written', () => {
    const approval = { approvedAt: new Date(writtenMs).toISOString() };
    expect(judged(present({ requiresHumanApproval: true }, approval), here())).toBe('admitted');
    expect(judged(present(), here({ policyHashesAt: () => ['sha256:now', policyBundleHash] }))).toBe('admitted');
  });
});

describe('a raw secret', () => {
  const token = `ghp_${'a1B2'.repeat(9)}`;

  it.each<[string, Partial<Change>]>([
    ['a value', { value: { kind: 'alias', body: `see ${token}` } }],
    ['the name of a member', { value: { kind: 'alias', [token]: 1 } }],
    ['a record id', { objectId: token as RecordId }],
    ['a patch', { operation: 'patch', value: [{ op: 'add', path: '/body', value: token }] }],
    ['a command', { operation: 'command', value: { decision: 'merge', note: token } }],
    ['the id of a deletion', { objectId: token as RecordId, operation: 'delete', value: null }],
  ])('16 in %s is held, and the message says where, never what', (_place, changed) => {
    const admission = admitChange(encodeChange(change(changed)), inProfile);
    expect(outcomeOf(admission)).toBe('secrets: quarantine secret_redacted');
    expect(admission).toMatchObject({ refusal: { message: expect.stringContaining('github') as string } });
    expect(JSON.stringify(admission.kind === 'refused' && admission.refusal)).not.toContain(token);
  });

  it('16 is found in the update of a shared document as it travels', () => {
    const value = { yjs: base64urlFromBytes(utf8(`\u0001\u0002${token}\u0003`)) };
    const given = withManifest({ mergeStrategy: 'crdt' });
    expect(judged({ operation: 'put', value }, given)).toBe('secrets: quarantine secret_redacted');
  });
});

describe('policy, the last step', () => {
  const asks = (rule: string): ChangeContext => ({
    ...withManifest({ mergeStrategy: 'append_only' }),
    policy: effectivePolicy([floorDocument({ 'write.shell': { kind: 'decision', value: rule } })]),
  });
  const byAgent = { authorId: 'urn:srcos:agent:helper' } as const;

  it.each([
    ['deny', 'policy: quarantine policy_denied/policy_rule'],
    ['require_review', 'policy: quarantine manual_review_required/policy_review'],
  ])('16a %s: what a person wrote here is not asked again, an agent is as if it had arrived', (rule, held) => {
    const own = { ...asks(rule), isOwn: true };
    expect([judged({}, own), judged(byAgent, own)]).toEqual(['admitted', held]);
    expect([judged({}, asks(rule)), judged(byAgent, asks(rule))]).toEqual([held, held]);
  });

  it('17 is behind all others, and what only the strategy can tell is admitted', () => {
    expect(changeLine.at(-1)?.step).toBe('policy');
    const brokenPatch = { operation: 'patch', value: [{ op: 'none', path: '/nowhere' }] } as const;
    expect(judged(brokenPatch, asks('allow'))).toBe('admitted');
    expect(judged(brokenPatch, asks('deny'))).toBe('policy: quarantine policy_denied/policy_rule');
  });
});
