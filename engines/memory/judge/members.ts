import { type JsonObject, type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';
import { sameValue } from '../../../src/merge/values/json-patch.ts';
import { isLonger } from './durations.ts';

/** Why a change of one member matters; undefined where it is known that it does not. */
type MemberJudge = (was: JsonValue | undefined, is: JsonValue | undefined) => string | undefined;

const changed = (name: string, was: JsonValue | undefined, is: JsonValue | undefined): string =>
  `${textOf(name)} is changed: ${textOf(was ?? 'nothing')} → ${textOf(is ?? 'nothing')}`;

/** From what all may read to what nobody else may. */
const levels = [
  'public',
  'low',
  'internal',
  'normal',
  'private',
  'personal',
  'medium',
  'confidential',
  'high',
  'sensitive',
  'secret',
  'restricted',
];

function judgeSensitivity(was: JsonValue | undefined, is: JsonValue | undefined): string | undefined {
  const [before, after] = [was ?? 'private', is].map((level) => levels.indexOf(String(level).trim().toLowerCase()));
  return before === undefined || after === undefined || before < 0 || after < 0 || after < before || is === undefined
    ? `its sensitivity is lowered, or another: ${textOf(was ?? 'nothing')} → ${textOf(is ?? 'nothing')}`
    : undefined;
}

function judgeRetention(was: JsonValue | undefined, is: JsonValue | undefined): string | undefined {
  return isLonger(was, is) === false
    ? undefined
    : `it is kept longer, or nobody can tell how long: ${textOf(was ?? 'nothing')} → ${textOf(is ?? 'nothing')}`;
}

function judgeConfidence(was: JsonValue | undefined, is: JsonValue | undefined): string | undefined {
  const [before, after] = [was, is].map((value) =>
    typeof value === 'string' && value.trim() !== '' ? Number(value) : value,
  );
  return typeof after === 'number' && after >= 0 && after <= 1 && (before === undefined || Number(before) >= after)
    ? undefined
    : `it is held for surer: ${textOf(was ?? 'nothing')} → ${textOf(is ?? 'nothing')}`;
}

function judgeScope(was: JsonValue | undefined, is: JsonValue | undefined): string | undefined {
  const isNarrow = typeof is === 'string' && /^(?:project|repo|repository|workspace)(?:$|:)/.test(is);
  const isWide = was === undefined || /^(?:user|global|everywhere)$/.test(String(was));
  return isNarrow && isWide
    ? undefined
    : `it is about more than before: ${textOf(was ?? 'nothing')} → ${textOf(is ?? 'nothing')}`;
}

function judgeType(was: JsonValue | undefined, is: JsonValue | undefined): string | undefined {
  return is === 'reference' ? undefined : changed('type', was, is);
}

function judgeDate(was: JsonValue | undefined, is: JsonValue | undefined): string | undefined {
  const isDate = (value: JsonValue | undefined): boolean =>
    value === undefined ||
    (typeof value === 'string' &&
      /^['"]?\d{4}-\d\d?-\d\d?(?:[T ][\d:.]{4,15}(?:Z|[+-][\d:]{4,6})?)?['"]?$/.test(value.trim()));
  return isDate(was) && isDate(is) ? undefined : changed('a date', was, is);
}

function judgeLifecycle(was: JsonValue | undefined, is: JsonValue | undefined): string | undefined {
  const isModest = is === 'observed' || is === 'proposed';
  if (was === 'expired' || was === 'revoked') {
    return `it comes back, which was ${was}`;
  }
  return isModest ? undefined : `somebody vouches for it: it is ${textOf(is ?? 'nothing')}`;
}

const judges: ReadonlyMap<string, MemberJudge> = new Map([
  ['sensitivity', judgeSensitivity],
  ...['retention', 'expires', 'expiresAt', 'expiry', 'validUntil', 'ttl'].map(
    (name) => [name, judgeRetention] as const,
  ),
  ['confidence', judgeConfidence],
  ['memoryScope', judgeScope],
  ['scope', judgeScope],
  ['type', judgeType],
  ...['date', 'created', 'updated', 'modified', 'lastSeen', 'lastUsed', 'reviewed'].map(
    (name) => [name, judgeDate] as const,
  ),
  ['lifecycle', judgeLifecycle],
  ['node_type', (was, is) => (is === 'memory' ? undefined : changed('node_type', was, is))],
]);

/** What a member that nobody knows may do, in words, by its name. */
const known: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/author|session|provenance|origin|createdby|writtenby|user|owner/i, 'it says that somebody else wrote it'],
  [/tool|hook|model|command|permission|mcp|server|skill|agent|allow|deny/i, 'it says what may be used'],
];

/** Reasons for each member that changed, all but those that are texts. `next` has to be there. */
export function whyMembersMatter(
  before: JsonObject | null,
  next: JsonObject,
  texts: readonly string[],
): readonly string[] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(next)])].filter(
    (name) => !texts.includes(name),
  );
  return names.flatMap((name) => {
    const [was, is] = [valueOf(before, name), valueOf(next, name)];
    return sameValue(was, is) ? [] : [whyMemberMatters(name, was, is)].flatMap((words) => words ?? []);
  });
}

function whyMemberMatters(name: string, was: JsonValue | undefined, is: JsonValue | undefined): string | undefined {
  const judge = judges.get(name);
  if (judge !== undefined) {
    return judge(was, is);
  }
  const [, words] = known.find(([pattern]) => pattern.test(name)) ?? [];
  return words === undefined ? changed(name, was, is) : `${words}: ${changed(name, was, is)}`;
}

function valueOf(fields: JsonObject | null, name: string): JsonValue | undefined {
  return isJsonObject(fields) && Object.hasOwn(fields, name) ? fields[name] : undefined;
}
