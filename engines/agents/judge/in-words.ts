import { holdsHidden } from '../../../src/base/hidden-characters.ts';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { looksOf } from '../../../src/base/look-alike.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';

/** True for a text of several lines with characters in it that are not shown. */
export function hides(text: string): boolean {
  return isHiding(text.replaceAll(/[\t\r\n]/g, ' '));
}

/** Why a name or a text is not what it seems; undefined for one that is. */
export function disguise(text: string): string | undefined {
  if (isHiding(text)) {
    return `${textOf(text)} has characters in it that are not shown`;
  }
  const start = text.slice(0, 4000);
  const bare = start.normalize('NFD').replaceAll(/\p{M}/gu, '');
  const foreign = /[^\x20-\x7e]/.test(bare) && /^[\x20-\x7e]*$/.test(looksOf(bare));
  return foreign ? `${textOf(text)} is written with letters that only look like others` : undefined;
}

function isHiding(text: string): boolean {
  return holdsHidden(text) || /\p{Cc}/u.test(text);
}

/** Each disguise in a value, the names of its members too; at most three. */
export function disguisesIn(value: JsonValue): readonly string[] {
  const found: string[] = [];
  const open: JsonValue[] = [value];
  while (open.length > 0 && found.length < 3) {
    const next = open.pop();
    if (typeof next === 'string') {
      found.push(...[disguise(next.replaceAll(/[\t\n\r]/g, ' '))].flatMap((words) => words ?? []));
    } else if (typeof next === 'object' && next !== null) {
      open.push(...Object.values(next as JsonObject));
      open.push(...(Array.isArray(next) ? [] : Object.keys(next)));
    }
  }
  return found;
}

/** A value in a sentence. */
export function shown(value: JsonValue | undefined): string {
  return value === undefined ? 'nothing' : textOf(value) || 'nothing';
}
