import type { LeaseVerdictBody } from '../../api/types/leases.ts';
import { parseScopeId } from '../../base/ids.ts';
import type { LeaseFiles } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import { type Refusal, type Verdict, refuse } from '../../contract/verdict.ts';
import { jsonOfFile, parseLeaseFile, parseRevocationsFile } from '../../membership/lease/lease-file.ts';
import { type ParsedLease, jsonFromLease } from '../../membership/lease/lease-json.ts';
import type { Revocations } from '../../membership/lease/lease-revocation.ts';
import { parseUse } from '../../membership/lease/lease-use.ts';
import { verifyLease, verifyUse } from '../../membership/lease/lease.ts';

/** Holds the text of a lease file against itself, a moment, and what else is at hand; needs neither home nor daemon. */
export function verifyLeaseFiles(files: LeaseFiles): LeaseVerdictBody | CommandFault {
  const expected = files.scope === undefined ? undefined : parseScopeId(files.scope);
  if (files.scope !== undefined && expected === undefined) {
    return {
      exitCode: exitCodes.usage,
      message: 'A scope is named by its id: urn:srcos:scope:… See: sourcesync scopes ls',
    };
  }
  const file = parseLeaseFile(files.lease);
  if (!file.ok) {
    return bodyOf(file.error, null, files);
  }
  const { lease, state } = file.value;
  if (expected !== undefined && expected !== state.scopeId) {
    return bodyOf(anotherScope, lease, files);
  }
  const revocations = files.revocations === undefined ? noRevocations : parseRevocationsFile(files.revocations, state);
  if (!revocations.ok) {
    return bodyOf(revocations.error, lease, files);
  }
  const { nowMs, policyBundleHash, approved } = files;
  const context = { state, nowMs, policyBundleHash: policyBundleHash ?? null, revocations: revocations.value };
  if (files.use === undefined) {
    return bodyOf(verifyLease(lease, context), lease, files);
  }
  const use = parseUse(jsonOfFile(files.use));
  const verdict = use.ok
    ? verifyUse(use.value, lease, { ...context, approved, isUsed: () => false, done: null })
    : use.error;
  return bodyOf(verdict, lease, files);
}

const noRevocations: { readonly ok: true; readonly value: Revocations } = { ok: true, value: new Map() };

function bodyOf(verdict: Verdict, parsed: ParsedLease | null, files: LeaseFiles): LeaseVerdictBody {
  const refused = 'reasonCode' in verdict;
  return {
    verdict: refused ? verdict.verdict : 'accept',
    reasonCode: refused ? verdict.reasonCode : null,
    detail: refused ? (verdict.detail ?? null) : null,
    message: refused ? verdict.message : acceptedText(files),
    lease: parsed === null ? null : { ...jsonFromLease(parsed.lease) },
    notProven: unproven(files),
  };
}

function acceptedText({ use, nowMs }: LeaseFiles): string {
  return `The ${use === undefined ? 'lease' : 'use of the lease'} holds at ${new Date(nowMs).toISOString()}.`;
}

function unproven({ scope, revocations, policyBundleHash, use }: LeaseFiles): readonly string[] {
  return [
    ...(scope === undefined ? ['That the scope is the one you mean: name it with --scope.'] : []),
    ...(revocations === undefined ? ['That nobody revoked the lease: bring the latest with --revocations.'] : []),
    'That the log in the file is the latest: a device may have been revoked since.',
    ...(policyBundleHash === undefined ? ['That the policy is the one in force: name its hash with --policy.'] : []),
    ...(use === undefined ? [] : ['That the use was not made before: whoever acts on it keeps the nonces.']),
  ];
}

const anotherScope: Refusal = refuse(
  'reject',
  'workspace_scope_mismatch',
  'scope_foreign',
  'The lease is for another scope than the one that was named. Nothing is allowed by it.',
);
