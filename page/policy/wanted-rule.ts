import type { PolicyBody, SetRuleBody } from '../../src/api/types/policy.ts';
import type { JsonValue } from '../../src/base/json.ts';

export const decisions = ['deny', 'require_review', 'allow'] as const;

/** What is chosen where the text was typed for a rule of another kind: the first. */
export function decisionOf(text: string): string {
  return decisions.find((one) => one === text) ?? decisions[0];
}

export const layers = ['org', 'workspace', 'repo', 'profile'] as const;

/** A rule that a layer shall have, or shall have no longer. */
export interface WantedRule {
  readonly layer: string;
  readonly rule: SetRuleBody;
}

/** The version of the layer's document that the person saw; null where there is none. */
export function seenVersion({ documents }: PolicyBody, layer: string): string | null {
  return documents.find(({ id }) => id === layer)?.version ?? null;
}

/** A key of the vocabulary up to what stands in it for any name. */
export function beginningOf(key: string): string {
  return key.replace(/<.*/, '');
}

/** The kinds of rule that a key takes, by the line of the vocabulary that it belongs to; none for what nobody knows. */
export function kindsOf(vocabulary: PolicyBody['vocabulary'], key: string): readonly string[] {
  const line = vocabulary
    .map((one) => ({ ...one, begin: beginningOf(one.key) }))
    .filter(({ key: whole, begin }) => (begin === whole ? key === whole : key.startsWith(begin) && key !== begin))
    .toSorted((one, other) => other.begin.length - one.begin.length)[0];
  return line?.kinds ?? [];
}

export type ReadValue =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly words: string };

/** What was typed as the value of a rule: a word, a number, or one member or pattern on each line. */
export function readValue(kind: string, text: string): ReadValue {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  switch (kind) {
    case 'max':
    case 'min': {
      const number = Number(text);
      return text.trim() === '' || !Number.isFinite(number)
        ? { ok: false, words: 'Write a number.' }
        : { ok: true, value: number };
    }
    case 'allowset':
    case 'denyset':
      return { ok: true, value: lines };
    case 'map':
      return readPatterns(lines);
    default:
      return { ok: true, value: decisionOf(text) };
  }
}

function readPatterns(lines: readonly string[]): ReadValue {
  const pairs = lines.map((line) => /^(\S.*?)\s*=\s*(allow|ask|deny)$/.exec(line));
  const strange = lines.find((_, at) => pairs[at] === null);
  if (lines.length === 0 || strange !== undefined) {
    const what = strange === undefined ? '' : `“${strange}” is no line of a map. `;
    return { ok: false, words: `${what}Write a pattern and its answer on each line: tool:Bash = ask` };
  }
  return { ok: true, value: Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? ''])) };
}
