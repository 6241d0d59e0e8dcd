import type { JsonObject, JsonValue } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { PatchOperation } from '../../contract/patch-operation.ts';
import type { Draft, DraftContext, Intent } from '../../contract/strategy.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { Refusal } from '../../contract/verdict.ts';
import { applyPatch, diffPatch } from './json-patch.ts';
import { binaryUnknown, malformedChange, nothingLive } from './plan.ts';

/** The fields that a put or a patch of a row means to leave; refused where nothing is live to patch, or the patch does not apply. */
export function intendedFields(intent: Intent, row: RecordRow | undefined): Result<JsonObject, Refusal> {
  const live = row?.state === 'live' ? row.fields : null;
  switch (intent.kind) {
    case 'put':
      return ok(intent.fields);
    case 'patch': {
      const patched = live === null ? undefined : applyPatch(live, intent.patch);
      return patched === undefined ? err(nothingLive) : patched.ok ? patched : err(malformedChange);
    }
    case 'remove':
    case 'binary':
      return err(binaryUnknown);
  }
}

/**
 * The draft of strategies whose changes are JSON: a put where nothing is live, else the smallest patch, so that two
 * writers of whole records only meet where they differ.
 */
export function draftJson(
  intent: Intent,
  { row, manifest, intended }: DraftContext,
  patchOf: (live: JsonObject, next: JsonObject) => readonly PatchOperation[] = diffPatch,
): Result<Draft, Refusal> {
  const parents = row?.heads ?? [];
  const live = row?.state === 'live' ? row.fields : null;
  if (intent.kind === 'remove') {
    const operation = manifest.supportsTombstones ? 'tombstone' : 'delete';
    return live === null ? err(nothingLive) : ok({ operation, parents, value: null });
  }
  if (!intended.ok) {
    return intended;
  }
  return live === null
    ? ok({ operation: 'put', parents, value: intended.value })
    : ok({ operation: 'patch', parents, value: patchOf(live, intended.value) as unknown as JsonValue });
}
