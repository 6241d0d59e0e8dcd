import type { FastifyRequest } from 'fastify';
import { bytesFromBase64url } from '../../base/bytes.ts';
import { parseCanonical } from '../../base/canonical-json.ts';
import { type JsonObject, isJsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { PresentedLease } from '../../contract/change.ts';
import type { PatchOperation } from '../../contract/patch-operation.ts';
import type { RecordRow } from '../../contract/record.ts';
import { applyPatch } from '../../merge/values/json-patch.ts';
import type { Write } from '../../replica/names/write.ts';
import { versionOf } from '../../replica/names/version.ts';
import { type Problem, problem } from './problem.ts';

/** `sourcesync-lease: <base64url of the canonical JSON {"lease","use"}>`: what an agent presents with a write. */
export const leaseHeader = 'sourcesync-lease';
const longestHeader = 12 * 1024;

/** What the request presents; undefined when it presents nothing. Whether it holds is asked when it is written. */
export function presentedBy(request: FastifyRequest): Result<PresentedLease | undefined, Problem> {
  const header = request.headers[leaseHeader];
  if (header === undefined) {
    return ok(undefined);
  }
  const { lease, use } = typeof header === 'string' && header.length <= longestHeader ? jsonOf(header) : {};
  if (lease === undefined || use === undefined || !isJsonObject(lease) || !isJsonObject(use)) {
    const form =
      'sourcesync-lease is base64url of the canonical JSON {"lease": …, "use": …}: the lease, and the use that its agent';
    return err(problem(400, `${form} signed for this write. Nothing was written.`));
  }
  return ok({ lease, use });
}

/** A write under a lease: its agent signed what the record becomes, so that a patch is made whole on what was read. */
export function leasedWrite(write: Write, row: RecordRow | undefined, lease: PresentedLease | undefined): Write {
  if (lease === undefined) {
    return write;
  }
  const { intent } = write;
  const fields = intent.kind === 'patch' ? patchedFields(intent.patch, row) : undefined;
  return fields === undefined || row === undefined
    ? { ...write, lease }
    : { ifVersion: versionOf(row), ...write, intent: { kind: 'put', fields }, lease };
}

function patchedFields(patch: readonly PatchOperation[], row: RecordRow | undefined): JsonObject | undefined {
  const before = row?.fields ?? null;
  const patched = before === null ? undefined : applyPatch(before, patch);
  return patched?.ok ? patched.value : undefined;
}

function jsonOf(text: string): JsonObject {
  const bytes = bytesFromBase64url(text);
  const value = bytes === undefined ? undefined : parseCanonical(bytes);
  return value?.ok && isJsonObject(value.value) ? value.value : {};
}
