import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { reasonText } from '../../../src/contract/verdict.ts';
import { leaseFileText, parseLeaseFile } from '../../../src/membership/lease/lease-file.ts';
import { parseLease } from '../../../src/membership/lease/lease-json.ts';
import {
  type PresentedContext,
  type PresentedWrite,
  contentHashOf,
  judgePresented,
} from '../../../src/membership/lease/lease-presented.ts';
import { addRevocation, createRevocation } from '../../../src/membership/lease/lease-revocation.ts';
import { parseUse } from '../../../src/membership/lease/lease-use.ts';
import { verifyLease } from '../../../src/membership/lease/lease.ts';
import { createRevoke } from '../../../src/membership/log/create.ts';
import { foldScope } from '../../../src/membership/log/scope-log.ts';
import { seededBytes, valueOf } from './fixtures.ts';
import { desk, epochKey, hourMs, laptop, lease, nowMs, policyBundleHash, use, workspace } from './lease-fixtures.ts';

const act = { collection: 'notes', id: 'one', fields: { kind: 'note' } };
const writtenAtMs = nowMs + 60_000;
const granted = lease();
const asked = lease({ requiresHumanApproval: true });
const { state } = workspace;

const revocation = (atMs: number) =>
  valueOf(
    addRevocation(
      new Map(),
      createRevocation({ leaseId: String(granted['leaseId']), state, signer: desk, nowMs: atMs }),
      state,
    ),
  );

function verdict(
  changed: Partial<PresentedContext & PresentedWrite> = {},
  of: JsonObject = granted,
  used: Parameters<typeof use>[1] = {},
): string {
  const given: PresentedContext & PresentedWrite = {
    ...{ state, position: state.sequence, policyBundleHash, revocations: new Map(), policyClass: 'medium' },
    ...{ writtenAtMs, authorId: 'urn:srcos:agent:writer', act, approval: undefined, ...changed },
  };
  const signed = use(of, { contentHash: contentHashOf(given.act ?? act), ...used });
  const answer = judgePresented(valueOf(parseLease(of)), valueOf(parseUse(signed)), given, given);
  return 'reasonCode' in answer ? reasonText(answer) : answer.verdict;
}

const at = (ms: number) => ({ approval: { approvedAt: new Date(ms).toISOString() } });

describe('48 a lease that a change presents', () => {
  it.each<[string, string, Partial<PresentedContext & PresentedWrite>]>([
    ['counts by what the change brings', 'accept', {}],
    ['counts for a deletion', 'accept', { act: { ...act, fields: null } }],
    ['not for a change that leaves no whole record', 'signature_invalid/', { act: undefined }],
    ['not in the name of another', 'agent_untrusted/', { authorId: 'urn:srcos:agent:other' }],
    ['not for a class above it', 'policy_denied/', { policyClass: 'critical' }],
    ['not after its end', 'capability_expired/expired', { writtenAtMs: nowMs + 25 * hourMs }],
    ['where it was written before it was revoked', 'accept', { revocations: revocation(writtenAtMs + 1) }],
    ['not where it was revoked by then', 'capability_expired/revoked', { revocations: revocation(writtenAtMs) }],
  ])('%s: %s', (_title, expected, changed) => {
    expect(verdict(changed)).toContain(expected);
  });

  it('is for the content that the agent signed, and for writing records', () => {
    expect(verdict({}, granted, { contentHash: contentHashOf({ ...act, id: 'two' }) })).toContain('signature_invalid');
    const other = { capability: 'records.read' };
    expect(verdict({}, lease(other), other)).toContain('signature_invalid');
  });

  it.each<[string, string, Partial<PresentedContext & PresentedWrite>]>([
    ['asks for one', 'manual_review_required', {}],
    ['counts with one between use and writing', 'accept', at(nowMs + 30_000)],
    ['not with one before the use was signed', '/', at(nowMs - 1)],
    ['not with one after the change was written', '/', at(writtenAtMs + 1)],
  ])('that needs an approval %s', (_title, expected, changed) => {
    expect(verdict(changed, asked)).toContain(expected);
  });
});

describe('45 a lease file', () => {
  const text = leaseFileText(granted, [workspace.genesis]);

  it('is one line of canonical JSON, and judged with nothing else', () => {
    expect(text.endsWith('\n') && !text.slice(0, -1).includes('\n')).toBe(true);
    expect(JSON.parse(text)).toMatchObject({ format: 'sourcesync-lease/1', lease: granted });
    const { lease: read, state: known } = valueOf(parseLeaseFile(text));
    expect(verifyLease(read, { state: known, nowMs, policyBundleHash, revocations: new Map() }).verdict).toBe('accept');
    for (const other of [JSON.stringify(JSON.parse(text), null, 1), `${text}\n`, text.replace('/1"', '/2"')]) {
      expect(parseLeaseFile(other).ok).toBe(false);
    }
  });

  it('with an old log does not know who was revoked since; the latest log does', () => {
    const revoke = createRevoke({
      ...{ state, signer: laptop, subject: desk.deviceId, epochKey, cut: { sequence: 0, batchId: null } },
      newEpochKey: seededBytes(450)(32),
    });
    const verdicts = [[workspace.genesis], [workspace.genesis, revoke]].map((entries) => {
      const { lease: read, state: known } = valueOf(parseLeaseFile(leaseFileText(granted, entries)));
      return verifyLease(read, { state: known, nowMs, policyBundleHash, revocations: new Map() }).verdict;
    });
    expect(verdicts).toEqual(['accept', 'reject']);
    expect(foldScope([workspace.genesis, revoke]).ok).toBe(true);
  });
});
