import { type JsonObject, type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import { type Judgement, dangerous, harmless } from '../../../src/contract/judgement.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';
import { sameValue } from '../../../src/merge/values/json-patch.ts';
import { holdsKnownToken } from '../../shared/known-tokens.ts';
import { hidesCharacters } from './plain-value.ts';

/**
 * A snippet is a text that a person puts in and looks at: it is harmless as long as all of it is shown and asked for.
 * `next` is null for a removal.
 */
export function judgeSnippet(before: JsonObject | null, next: JsonObject | null): Judgement {
  if (next === null) {
    return harmless;
  }
  const { kind: _kind, host, profile, file, name, snippet, ...others } = next;
  const isNamed = [host, file, name, profile ?? ''].every((part) => typeof part === 'string');
  if (!isNamed || !isJsonObject(snippet) || Object.keys(others).length > 0 || !isKnown(snippet)) {
    return dangerous('it is no snippet as this version knows them');
  }
  const texts = textsIn([host ?? '', file ?? '', name ?? '', profile ?? '', snippet]);
  if (texts.some((text) => hidesCharacters(text.replaceAll(/[\n\r\t]/g, ' ')))) {
    return dangerous('it has characters in it that are not shown');
  }
  if (texts.some(holdsKnownToken)) {
    return dangerous('it holds what looks like a secret');
  }
  const isMoved =
    before !== null && ['host', 'profile', 'file', 'name'].some((key) => !sameValue(before[key], next[key]));
  if (isMoved) {
    return dangerous('it takes the place of another snippet');
  }
  const typed = prefixesOf(snippet).find((prefix) => prefix.trim().length < 2);
  return typed === undefined
    ? harmless
    : dangerous(`it is offered on a key that is used for typing: ${textOf(typed === '' ? 'nothing' : typed)}`);
}

const members: Readonly<Record<string, (value: JsonValue) => boolean>> = {
  prefix: isLines,
  body: isLines,
  description: isLines,
  scope: (value) => typeof value === 'string',
  isFileTemplate: (value) => typeof value === 'boolean',
  include: isLines,
  exclude: isLines,
};

function isKnown(snippet: JsonObject): boolean {
  return (
    snippet['body'] !== undefined &&
    Object.entries(snippet).every(([name, value]) => Object.hasOwn(members, name) && members[name]?.(value) === true)
  );
}

function isLines(value: JsonValue): boolean {
  return (
    typeof value === 'string' || (Array.isArray(value) && value.every((line: JsonValue) => typeof line === 'string'))
  );
}

/** None for one that is put in by its name alone. */
function prefixesOf({ prefix }: JsonObject): readonly string[] {
  return typeof prefix === 'string' ? [prefix] : Array.isArray(prefix) ? (prefix as readonly string[]) : [];
}

function textsIn(value: JsonValue): readonly string[] {
  if (typeof value === 'string') {
    return [value];
  }
  return typeof value === 'object' && value !== null ? Object.values(value as JsonObject).flatMap(textsIn) : [];
}
