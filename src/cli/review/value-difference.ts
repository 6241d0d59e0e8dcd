import { pointerTo } from '../../base/json-pointer.ts';
import { canonicalText } from '../../base/canonical-json.ts';
import { type JsonObject, type JsonValue, isJsonObject, memberOf } from '../../base/json.ts';
import { largeFileWords } from './large-file-words.ts';
import { lineDifference, wholeText } from './line-difference.ts';
import { type Line, type Look, toned } from './paint.ts';

/**
 * What one value has that another has not, field by field: a text by its lines, anything else by the lines of its JSON.
 * Empty where both are the same; undefined stands for nothing at all.
 */
export function valueDifference(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  look: Look,
): readonly Line[] {
  const fields = differing(before, after, '');
  const [only] = fields;
  if (fields.length === 1 && only !== undefined && isText(only)) {
    return linesOf(only, look);
  }
  // Texts come last, so that a long one hides nothing.
  return [...fields.filter((field) => !isText(field)), ...fields.filter(isText)].flatMap((field) => [
    ...(field.path === '' ? [] : [toned('title', `${field.path.slice(1)}:`)]),
    ...linesOf(field, look),
  ]);
}

interface Field {
  readonly path: string;
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

function differing(before: JsonValue | undefined, after: JsonValue | undefined, path: string): readonly Field[] {
  const [old, next] = [objectOf(before), objectOf(after)];
  // A record that comes or goes is told of by its fields too.
  if ((old !== null && next !== null) || (path === '' && isNothing(before, old) && isNothing(after, next))) {
    const names = [...new Set([...Object.keys(old ?? {}), ...Object.keys(next ?? {})])].sort();
    return names.flatMap((name) => differing(memberOf(old, name), memberOf(next, name), pointerTo(path, name)));
  }
  return before === after || (before !== undefined && after !== undefined && sameText(before, after))
    ? []
    : [{ path, before, after }];
}

function isNothing(value: JsonValue | undefined, object: JsonObject | null): boolean {
  return value === undefined || object !== null;
}

function objectOf(value: JsonValue | undefined): JsonObject | null {
  return isJsonObject(value) ? value : null;
}

function sameText(before: JsonValue, after: JsonValue): boolean {
  return canonicalText(before) === canonicalText(after);
}

/** Of several lines on a side: those are compared as they are, and shown without quotes. */
function isText({ before, after }: Field): boolean {
  const sides = [before, after].filter((side) => side !== undefined);
  return sides.every((side) => typeof side === 'string');
}

function linesOf(field: Field, look: Look): readonly Line[] {
  const asText = isText(field);
  const [before, after] = [shown(field.before, asText), shown(field.after, asText)];
  return before === undefined
    ? wholeText(after ?? '', 'added')
    : after === undefined
      ? wholeText(before, 'removed')
      : lineDifference(before, after, look);
}

/** An empty text is shown by its quotes, so that it is seen at all. */
function shown(value: JsonValue | undefined, asText: boolean): string | undefined {
  return value === undefined
    ? undefined
    : asText && typeof value === 'string' && value !== ''
      ? (largeFileWords(value) ?? value)
      : JSON.stringify(value, null, 2);
}
