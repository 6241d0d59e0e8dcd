import { structuredPatch } from 'diff';
import { canonicalText } from '../../base/canonical-json.ts';
import { pointerTo } from '../../base/json-pointer.ts';
import { type JsonValue, isJsonObject } from '../../base/json.ts';
import { printable } from './table.ts';

/** Unchanged lines around a change. */
const contextLines = 3;
/** Beyond as many changed lines both texts are shown whole: the search costs their square. */
const mostChangedLines = 1_000;

/**
 * What one value has that another has not, for a terminal: field by field, and line by line where a field is a text of
 * several lines. Every line is printable. Empty where both are the same; undefined stands for nothing at all.
 */
export function differenceLines(before: JsonValue | undefined, after: JsonValue | undefined, path = ''): string[] {
  if (isJsonObject(before) && isJsonObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) =>
      differenceLines(memberOf(before, name), memberOf(after, name), pointerTo(path, name)),
    );
  }
  if (textOf(before) === textOf(after)) {
    return [];
  }
  const at = path === '' ? '' : `${printable(path)}: `;
  const lines = typeof after === 'string' && typeof before === 'string' ? changedLines(before, after) : undefined;
  return lines === undefined
    ? [
        ...(before === undefined ? [] : [`- ${at}${textOf(before)}`]),
        ...(after === undefined ? [] : [`+ ${at}${textOf(after)}`]),
      ]
    : [...(path === '' ? [] : [`${printable(path)}:`]), ...lines];
}

function memberOf(object: Readonly<Record<string, JsonValue>>, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function textOf(value: JsonValue | undefined): string | undefined {
  return value === undefined ? undefined : printable(canonicalText(value));
}

/** Undefined where neither text has lines, or too much differs. */
function changedLines(before: string, after: string): readonly string[] | undefined {
  if (!before.includes('\n') && !after.includes('\n')) {
    return undefined;
  }
  const options = { context: contextLines, maxEditLength: mostChangedLines };
  const hunks = structuredPatch('', '', before, after, undefined, undefined, options)?.hunks;
  return hunks?.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    ...lines.map((line) => `${line.slice(0, 1)} ${printable(line.slice(1))}`.trimEnd()),
  ]);
}
