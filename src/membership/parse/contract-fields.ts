import { type ScopeId, parseScopeId } from '../../base/ids.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { bytesOf, exactObject, integerOf, text64 } from './json-fields.ts';
import type { Pin } from './pin.ts';

/** Readers of the fields that the published contracts share: a value, or undefined. They never throw. */

const longestText = 256;
const policyHashPattern = /^sha256:[0-9a-f]{64}$/;
const namePattern = /^[a-z0-9_.-]{1,64}$/;
const uniquePattern = /^[0-9a-f]{32}$/;
const timeSizeCharacters = 24;

/** Milliseconds of an RFC 3339 time in UTC, written `2026-01-31T12:00:00.000Z`: each time has one spelling. */
export function timeOf(value: JsonValue | undefined): number | undefined {
  if (typeof value !== 'string' || value.length !== timeSizeCharacters) {
    return undefined;
  }
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) || atMs < 0 || timeText(atMs) !== value ? undefined : atMs;
}

export function timeText(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** `sha256:` and 64 hexadecimal digits. */
export function sha256Of(value: JsonValue | undefined): string | undefined {
  return textOf(value, policyHashPattern);
}

/** A name or capability of the contracts: `[a-z0-9_.-]`, at most 64. */
export function nameOf(value: JsonValue | undefined): string | undefined {
  return textOf(value, namePattern);
}

/** `urn:srcos:<kind>:` and 32 hexadecimal digits that were drawn at random. */
export function uniqueUrnOf(value: JsonValue | undefined, kind: 'lease' | 'request' | 'audit'): string | undefined {
  return restOfUrn(value, kind, uniquePattern) && (value as string);
}

/** `urn:srcos:<kind>:` and a name. */
export function namedUrnOf(value: JsonValue | undefined, kind: 'agent' | 'channel'): string | undefined {
  return restOfUrn(value, kind, namePattern) && (value as string);
}

/** The scope that a `urn:srcos:workspace:` or `urn:srcos:profile:` of the contracts stands for. */
export function scopeOf(value: JsonValue | undefined, kind: 'workspace' | 'profile'): ScopeId | undefined {
  const rest = restOfUrn(value, kind, /^[a-z2-7]{52}$/);
  return rest === undefined ? undefined : parseScopeId(`urn:srcos:scope:${rest}`);
}

/** The name that the contracts give to a scope. */
export function contractScopeId(scopeId: ScopeId, kind: 'workspace' | 'profile'): string {
  return scopeId.replace('urn:srcos:scope:', `urn:srcos:${kind}:`);
}

/** A position of a scope's log with the hash of its entry: `{head, seq}`. */
export function positionOf(value: JsonValue | undefined): Pin | undefined {
  const object = exactObject(value, ['head', 'seq']);
  const sequence = integerOf(object?.['seq'], 0, 0xffff_ffff);
  const head = bytesOf(object?.['head'], 32);
  return sequence === undefined || head === undefined ? undefined : { sequence, head };
}

export function jsonFromPosition({ sequence, head }: Pin): JsonObject {
  return { head: text64(head), seq: sequence };
}

function restOfUrn(value: JsonValue | undefined, kind: string, pattern: RegExp): string | undefined {
  const prefix = `urn:srcos:${kind}:`;
  return typeof value === 'string' && value.startsWith(prefix)
    ? textOf(value.slice(prefix.length), pattern)
    : undefined;
}

function textOf(value: JsonValue | undefined, pattern: RegExp): string | undefined {
  const fits = typeof value === 'string' && value.length <= longestText && !value.endsWith('\n');
  return fits && pattern.test(value) ? value : undefined;
}
