import { describe, expect, it } from 'vitest';
import { canonicalText } from '../../../src/base/canonical-json.ts';
import type { LeaseFiles } from '../../../src/cli/ground/context.ts';
import { verifyLeaseFiles } from '../../../src/daemon/offline/verify-lease.ts';
import { leaseFileText, revocationsFileText } from '../../../src/membership/lease/lease-file.ts';
import { createRevocation } from '../../../src/membership/lease/lease-revocation.ts';
import { mutate, seededIntegers } from '../../helpers/mutate.ts';
import {
  desk,
  laptop,
  lease,
  nowMs,
  policyBundleHash,
  use,
  workspace,
  workspaceOf,
} from '../membership/lease-fixtures.ts';

const granted = lease();
const human = lease({ requiresHumanApproval: true });
const file = leaseFileText(granted, [workspace.genesis]);
const leaseId = String(granted['leaseId']);
const signed = { leaseId, state: workspace.state, signer: desk, nowMs };
const revocation = createRevocation(signed);
const elsewhere = createRevocation({ ...signed, state: workspaceOf(50).state });
const forged = createRevocation({ ...signed, signer: laptop });
const used = canonicalText(use(granted));
const humanFile = leaseFileText(human, [workspace.genesis]);
const humanUse = canonicalText(use(human));

const given: LeaseFiles = {
  ...{ lease: file, use: undefined, revocations: undefined, scope: undefined, policyBundleHash: undefined, nowMs },
  approved: false,
};

function verdict(change: Partial<LeaseFiles>): string {
  const body = verifyLeaseFiles({ ...given, ...change });
  if ('exitCode' in body) {
    return `exit ${body.exitCode}`;
  }
  return [body.verdict, body.reasonCode, body.detail].filter((word) => word !== null).join(' ');
}

describe('36 a lease offline', () => {
  it.each<[name: string, verdict: string, Partial<LeaseFiles>]>([
    ['alone', 'accept', {}],
    ['without the line’s end', 'accept', { lease: file.trimEnd() }],
    ['for the named scope', 'accept', { scope: workspace.state.scopeId }],
    ['for another scope', 'reject workspace_scope_mismatch scope_foreign', { scope: workspaceOf(50).state.scopeId }],
    ['for a scope that is none', 'exit 2', { scope: 'workspace' }],
    ['under the named policy', 'accept', { policyBundleHash }],
    ['under another', 'reject policy_denied policy_changed', { policyBundleHash: `sha256:${'0'.repeat(64)}` }],
    ['too late', 'reject capability_expired expired', { nowMs: nowMs + 24 * 3_600_000 }],
    ['revoked', 'reject capability_expired revoked', { revocations: revocationsFileText([revocation]) }],
    ['with no revocations', 'accept', { revocations: revocationsFileText([]) }],
    ['with those of another scope', 'accept', { revocations: revocationsFileText([elsewhere]) }],
    [
      'revoked among others',
      'reject capability_expired revoked',
      { revocations: revocationsFileText([elsewhere, revocation]) },
    ],
    ['with a forged one', 'reject agent_untrusted authority_missing', { revocations: revocationsFileText([forged]) }],
    ['with revocations that are none', 'reject schema_unknown not_canonical', { revocations: '{}' }],
    ['with a use', 'accept', { use: used }],
    [
      'with a stolen use',
      'reject agent_untrusted agent_foreign',
      { use: canonicalText(use(lease({ nowMs: nowMs - 1, randomBytes: (size) => new Uint8Array(size) }))) },
    ],
    ['with a use that is none', 'reject schema_unknown record_malformed', { use: '{}' }],
    ['that needs a human', 'review manual_review_required', { lease: humanFile, use: humanUse }],
    ['that a human approved', 'accept', { lease: humanFile, use: humanUse, approved: true }],
    ['that is no file of ours', 'reject schema_unknown not_canonical', { lease: '{}' }],
    ['of another format', 'reject schema_unknown not_canonical', { lease: file.replace('lease/1', 'lease/2') }],
    ['not canonical', 'reject schema_unknown not_canonical', { lease: file.replace('{', '{ ') }],
    ['with two line ends', 'reject schema_unknown not_canonical', { lease: `${file}\n` }],
    ['endless', 'reject schema_unknown not_canonical', { lease: ' '.repeat(16 * 1024 * 1024 + 1) }],
    [
      'a lease that is none',
      'reject schema_unknown record_malformed',
      { lease: leaseFileText({}, [workspace.genesis]) },
    ],
    ['without its log', 'reject schema_unknown record_malformed', { lease: leaseFileText(granted, []) }],
    [
      'with the log of another',
      'reject workspace_scope_mismatch scope_foreign',
      { lease: leaseFileText(granted, [workspaceOf(50).genesis]) },
    ],
  ])('36 %s: %s', (_name, expected, change) => {
    expect(verdict(change)).toBe(expected);
  });

  it('says what it does not prove', () => {
    const alone = verifyLeaseFiles(given);
    const all = verifyLeaseFiles({
      ...given,
      ...{ scope: workspace.state.scopeId, policyBundleHash, revocations: revocationsFileText([]) },
    });
    expect('notProven' in alone && alone.notProven).toHaveLength(4);
    expect('notProven' in all && all.notProven).toHaveLength(1);
  });

  it('random mutations of the file are never accepted and never throw', () => {
    const pick = seededIntegers(21);
    const bytes = new TextEncoder().encode(file.trimEnd());
    const accepted: string[] = [];
    for (let run = 0; run < 1500; run++) {
      const mutated = Buffer.from(mutate(bytes, pick)).toString('utf8');
      if (mutated.trimEnd() !== file.trimEnd() && verdict({ lease: mutated }) === 'accept') {
        accepted.push(mutated);
      }
    }
    expect(accepted).toEqual([]);
  });
});
