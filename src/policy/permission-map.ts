import { looksOf } from '../base/look-alike.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../base/json.ts';
import { type Result, err, ok } from '../base/result.ts';
import { coversParts } from './glob.ts';

/** From the weakest to the strongest. */
export const permissionAnswers = ['allow', 'ask', 'deny'] as const;
export type PermissionAnswer = (typeof permissionAnswers)[number];

/** What can be asked about: its kind, a colon and its name, such as `tool:Bash(git status)`. */
export const targetKinds = ['tool', 'engine', 'capability'] as const;

/** Answers by pattern, sorted by pattern, each once. */
export type PermissionMap = readonly (readonly [pattern: string, answer: PermissionAnswer])[];

export const largestMap = 1024;
export const longestPattern = 256;
export const longestTarget = 1024;
const mostStars = 4;

/** Why a value is no map, in words. `later` where a build to come may read it. */
export interface MapFault {
  readonly later: boolean;
  readonly words: string;
}

/** One entry of a map that covers a target. */
export interface Match {
  readonly pattern: string;
  readonly answer: PermissionAnswer;
  /** `looks`: it names another target, which a person could take for this one. Such an entry never weakens. */
  readonly by: 'name' | 'looks';
  readonly decides: boolean;
}

/** What one map says of a target: every entry that covers it, those that decide first. */
export interface MapAnswer {
  readonly answer: PermissionAnswer;
  readonly matches: readonly Match[];
}

/** Reads `{pattern: answer}` whole or not at all. */
export function readMap(value: JsonValue | undefined): Result<PermissionMap, MapFault> {
  if (value === undefined || !isJsonObject(value)) {
    return err(fault('A map is {"tool:Bash(git *)": "allow", "*": "ask"}: an answer for each pattern.'));
  }
  const entries = Object.entries(value);
  if (entries.length > largestMap) {
    return err(fault(`A map has at most ${largestMap} patterns, and this one has ${entries.length}.`));
  }
  const read: (readonly [string, PermissionAnswer])[] = [];
  for (const [pattern, said] of entries) {
    const answer = permissionAnswers.find((one) => one === said);
    const wrong = answer === undefined ? fault(answerFault(pattern, said)) : patternFault(pattern);
    if (answer === undefined || wrong !== undefined) {
      return err(wrong as MapFault);
    }
    read.push([pattern, answer]);
  }
  return ok(read.sort(([left], [right]) => (left < right ? -1 : 1)));
}

export function mapJson(map: PermissionMap): JsonObject {
  return Object.fromEntries(map);
}

/** Why a text is no target, in words; undefined for one. */
export function targetFault(target: string): string | undefined {
  if (target.length > longestTarget) {
    return `A target has at most ${longestTarget} characters.`;
  }
  return targetKinds.some((kind) => target.startsWith(`${kind}:`) && target.length > kind.length + 1)
    ? undefined
    : `A target is ${targetKinds.map((kind) => `${kind}:NAME`).join(', ')}, and "${target}" is none.`;
}

/**
 * What a map says of a target, undefined where it says nothing. The entry with the most characters beside `*` decides, of
 * equally long ones the stronger. Whatever names a look-alike of the target counts beside it where it is stronger.
 */
export function askMap(map: PermissionMap, target: string): MapAnswer | undefined {
  const looks = textLooks(target);
  const found = patternsOf(map).flatMap((one) => {
    const by = howCovered(one, target, looks);
    return by === undefined ? [] : [{ ...one, by }];
  });
  if (found.length === 0) {
    return undefined;
  }
  const longest = Math.max(...found.map(({ by, literals }) => (by === 'name' ? literals : 0)));
  const deciding = found.filter(({ by, literals }) => by === 'looks' || literals === longest);
  const answer = strongest(deciding.map((one) => one.answer));
  const matches = found
    .map(({ pattern, answer: said, by, literals }) => ({
      ...{ pattern, answer: said, by, literals },
      decides: said === answer && (by === 'looks' || literals === longest),
    }))
    .sort((left, right) => Number(right.decides) - Number(left.decides) || right.literals - left.literals)
    .map(({ literals: _literals, ...match }) => match);
  return { answer, matches };
}

/** Characters beside `*`: how long a pattern is. */
export function literalsOf(pattern: string): number {
  return pattern.replaceAll('*', '').length;
}

/** The strongest of these; `allow` of none. */
export function strongest(said: readonly PermissionAnswer[]): PermissionAnswer {
  return permissionAnswers[Math.max(0, ...said.map((one) => permissionAnswers.indexOf(one)))] ?? 'deny';
}

interface Pattern {
  readonly pattern: string;
  readonly answer: PermissionAnswer;
  /** Characters beside `*`. */
  readonly literals: number;
  readonly parts: readonly string[];
  readonly looks: () => readonly string[];
}

/** Maps are asked for every call of a tool, and change seldom. */
const known = new WeakMap<PermissionMap, readonly Pattern[]>();

function patternsOf(map: PermissionMap): readonly Pattern[] {
  const before = known.get(map);
  if (before !== undefined) {
    return before;
  }
  const patterns = map.map(([pattern, answer]): Pattern => {
    const parts = pattern.split('*');
    let looks: readonly string[] | undefined;
    return {
      ...{ pattern, answer, parts, literals: literalsOf(pattern) },
      looks: () => (looks ??= parts.map(textLooks)),
    };
  });
  known.set(map, patterns);
  return patterns;
}

function howCovered(pattern: Pattern, target: string, looks: string): Match['by'] | undefined {
  if (coversParts(pattern.parts, target)) {
    return 'name';
  }
  return coversParts(pattern.looks(), looks) ? 'looks' : undefined;
}

/** White space separates words alike, whatever it is made of. */
function textLooks(text: string): string {
  return looksOf(text.replaceAll(/\s+/gu, ' '));
}

function patternFault(pattern: string): MapFault | undefined {
  if (pattern.length > longestPattern) {
    return fault(`A pattern has at most ${longestPattern} characters, and "${pattern.slice(0, 40)}…" has more.`);
  }
  if (/[\p{Cc}\p{Cs}]/u.test(pattern)) {
    return fault('A pattern holds no control characters and no half characters.');
  }
  if (pattern.split('*').length - 1 > mostStars) {
    return fault(`A pattern holds at most ${mostStars} "*", and "${pattern}" has more.`);
  }
  if (pattern === '*' || targetKinds.some((kind) => pattern.startsWith(`${kind}:`))) {
    return undefined;
  }
  const kinds = targetKinds.map((kind) => `${kind}:NAME`).join(', ');
  return { later: true, words: `"${pattern}" is no pattern: write ${kinds}, with * for any text, or * alone.` };
}

function answerFault(pattern: string, said: JsonValue | undefined): string {
  return `"${pattern.slice(0, 80)}" says ${JSON.stringify(said)?.slice(0, 40)}: an answer is ${permissionAnswers.join(', ')}.`;
}

function fault(words: string): MapFault {
  return { later: false, words };
}
