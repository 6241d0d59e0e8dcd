import { base64urlFromBytes, bytesFromBase64url, equalBytes } from '../base/bytes.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { type Result, err } from '../base/result.ts';
import { type Refusal, refuse } from '../contract/verdict.ts';
import { arrayOf } from '../membership/parse/json-fields.ts';
import { foldScope } from '../membership/log/scope-log.ts';
import type { ScopeState } from '../membership/parse/state.ts';

/** What every proof has in common: what it is, and the membership log that says whose keys count. */

export const proofFormat = 'sourcesync-proof';
export const proofVersion = 1;
/** The largest record and a membership log of some thousand entries. */
export const maximumProofBytes: number = 16 * 1024 * 1024;

const maximumEntries = 65_536;

export function proofEnvelope(kind: string, entries: readonly Uint8Array[]): JsonObject {
  return { format: proofFormat, kind, log: entries.map(base64urlFromBytes), version: proofVersion };
}

export function logFromJson(value: JsonValue | undefined): readonly Uint8Array[] | undefined {
  return arrayOf(value, maximumEntries, (item) => (typeof item === 'string' ? bytesFromBase64url(item) : undefined));
}

/**
 * The scope that a proof's membership log founds, wholly verified. With `root` (Ed25519, 32 bytes) it must be that
 * root's: without it anybody could have founded a scope that looks like it.
 */
export function openProvenScope(entries: readonly Uint8Array[], root?: Uint8Array): Result<ScopeState, Refusal> {
  const scope = foldScope(entries);
  if (scope.ok && root !== undefined && !equalBytes(scope.value.rootKeys.sign, root)) {
    const message = 'The scope of the proof was founded by another root than the one you named. Do not rely on it.';
    return err(refuse('reject', 'workspace_scope_mismatch', 'genesis_replaced', message));
  }
  return scope;
}
