import { base64urlFromBytes, bytesFromBase64url, utf8 } from '../../base/bytes.ts';
import { canonicalText, parseCanonicalIntegers } from '../../base/canonical-json.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { arrayOf, exactObject } from '../parse/json-fields.ts';
import { type ParsedLease, parseLease } from './lease-json.ts';
import { type Revocations, addRevocation } from './lease-revocation.ts';
import { foldScope } from '../log/scope-log.ts';
import type { ScopeState } from '../parse/state.ts';

/** A lease with what is needed to judge it anywhere: the log of its scope. */
export interface LeaseFile {
  readonly lease: ParsedLease;
  readonly state: ScopeState;
}

const leaseFormat = 'sourcesync-lease/1';
const revocationsFormat = 'sourcesync-lease-revocations/1';
const longestFile = 16 * 1024 * 1024;
const maximumEntries = 65_536;
const maximumRevocations = 65_536;

/** One line of canonical JSON. */
export function leaseFileText(lease: JsonObject, entries: readonly Uint8Array[]): string {
  return `${canonicalText({ format: leaseFormat, lease, log: entries.map(base64urlFromBytes) })}\n`;
}

export function revocationsFileText(revocations: readonly JsonObject[]): string {
  return `${canonicalText({ format: revocationsFormat, revocations })}\n`;
}

/** Never throws. schema_unknown: it is no such file; or why the log that it carries does not hold. */
export function parseLeaseFile(text: string): Result<LeaseFile, Refusal> {
  const object = exactObject(jsonOfFile(text), ['format', 'lease', 'log']);
  const entries = arrayOf(object?.['log'], maximumEntries, (item) =>
    typeof item === 'string' ? bytesFromBase64url(item) : undefined,
  );
  if (object?.['format'] !== leaseFormat || entries === undefined) {
    return err(malformed(`a lease (${leaseFormat})`));
  }
  const lease = parseLease(object['lease']);
  if (!lease.ok) {
    return lease;
  }
  const state = foldScope(entries);
  return state.ok ? ok({ lease: lease.value, state: state.value }) : state;
}

/**
 * The revocations of a file, each verified against the log; never throws. Those of other scopes are passed over: one
 * file may serve many. Any other that does not hold is told, because who hands out a broken one may hide a good one.
 */
export function parseRevocationsFile(text: string, state: ScopeState): Result<Revocations, Refusal> {
  const object = exactObject(jsonOfFile(text), ['format', 'revocations']);
  const listed = arrayOf(object?.['revocations'], maximumRevocations, (item) => item);
  if (object?.['format'] !== revocationsFormat || listed === undefined) {
    return err(malformed(`revocations of leases (${revocationsFormat})`));
  }
  let known: Revocations = new Map();
  for (const one of listed) {
    const added = addRevocation(known, one, state);
    if (!added.ok && added.error.reasonCode !== 'workspace_scope_mismatch') {
      return added;
    }
    known = added.ok ? added.value : known;
  }
  return ok(known);
}

/** The value of a file that is one line of canonical JSON; undefined when it is not. */
export function jsonOfFile(text: string): JsonValue | undefined {
  if (text.length > longestFile) {
    return undefined;
  }
  const json = parseCanonicalIntegers(utf8(text.endsWith('\n') ? text.slice(0, -1) : text));
  return json.ok ? json.value : undefined;
}

function malformed(what: string): Refusal {
  const message = `The file does not hold ${what} as one line of canonical JSON. Ask for it again from where it was made.`;
  return refuse('reject', 'schema_unknown', 'not_canonical', message);
}
