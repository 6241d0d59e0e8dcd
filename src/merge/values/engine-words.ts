import type { JsonObject, JsonValue } from '../../base/json.ts';
import { pointerTo, valueAt } from '../../base/json-pointer.ts';
import { looksOf } from '../../base/look-alike.ts';
import { widenings } from '../../policy/widened.ts';
import { sameValue } from './json-patch.ts';

const longestText = 60;

/** A value in the summary of a record: one short line. */
export function textOf(value: JsonValue | undefined): string {
  const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it replaces
  const line = text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
  const characters = [...line.slice(0, longestText * 2)];
  return characters.length > longestText ? `${characters.slice(0, longestText - 1).join('')}…` : line;
}

/** The pointer of an agent's permissions, where one version of its record may use more by them than the one before. */
export function widenedPermissions(before: JsonObject | null, next: JsonObject): readonly string[] {
  const { permissions: had } = before ?? {};
  const { permissions: has } = next;
  const isWider =
    had !== undefined && widenings({ permissions: had }, has === undefined ? {} : { permissions: has }).length > 0;
  return isWider ? ['/permissions'] : [];
}

/** Pointers of the named members, and of those that look like them, in which two versions of a record differ. */
export function changedMembers(
  before: JsonObject | null,
  next: JsonObject,
  names: readonly string[],
): readonly string[] {
  const looks = new Set(names.map(looksOf));
  const alike = [before, next].flatMap((fields) =>
    Object.keys(fields ?? {}).filter((name) => looks.has(looksOf(name))),
  );
  return [...new Set([...names, ...alike])]
    .map((name) => pointerTo('', name))
    .filter((path) => !sameValue(valueAt(before, path), valueAt(next, path)));
}
