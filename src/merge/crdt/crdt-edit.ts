import * as Y from 'yjs';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { pointerTo, tokensOf } from '../../base/json-pointer.ts';
import { jsonFrom } from './crdt-json.ts';
import { sameValue } from '../values/json-patch.ts';
import { differenceOf } from '../texts/text-difference.ts';
import { isEncoded, isText } from '../texts/text-fields.ts';

/** Edits a map until it says `next`, with as few operations as a member by member comparison finds. */
export function editMap(map: Y.Map<unknown>, next: JsonObject, parent: string, textPaths: readonly string[]): void {
  for (const name of [...map.keys()]) {
    if (!Object.hasOwn(next, name)) {
      if (name === 'encoding') {
        // A write of its own, which stands where its text does: a deletion alone gives way to whoever wrote bytes.
        map.set(name, null);
      }
      map.delete(name);
    }
  }
  for (const name of Object.keys(next)) {
    const path = pointerTo(parent, name);
    const value = next[name] as JsonValue;
    const old = map.get(name);
    if (isText(next, value, path, textPaths)) {
      editText(old instanceof Y.Text ? old : freshIn(map, name, new Y.Text()), value);
    } else if (isJsonObject(value)) {
      editMap(old instanceof Y.Map ? old : freshIn(map, name, new Y.Map<unknown>()), value, path, textPaths);
    } else if (!map.has(name) || !sameValue(jsonFrom(old, 1), value)) {
      map.set(name, value);
      if (textPaths.includes(path) && isEncoded(next)) {
        // With the bytes, who wins with them wins with what says that they are bytes.
        map.set('encoding', next['encoding']);
      }
    }
  }
}

/** Writes at a place, so that whatever the map says there next is a write of its own. */
export function forget(map: Y.Map<unknown>, path: string): void {
  const tokens = tokensOf(path) ?? [];
  const name = tokens.at(-1);
  const parent = tokens
    .slice(0, -1)
    .reduce<unknown>((inner, token) => (inner instanceof Y.Map ? inner.get(token) : undefined), map);
  if (name !== undefined && parent instanceof Y.Map) {
    parent.set(name, null);
    parent.delete(name);
  }
}

function freshIn<T extends Y.Text | Y.Map<unknown>>(map: Y.Map<unknown>, name: string, type: T): T {
  map.set(name, type);
  return type;
}

/** What nobody touched stays: editors keep their places in it, and edits made apart meet where they were made. */
function editText(text: Y.Text, next: string): void {
  const old = text.toString();
  const placeOf = placesIn(text, old);
  // From the end, so that the places before stay what they are.
  for (const { start, end, insert } of differenceOf(old, next).toReversed()) {
    const place = placeOf(start);
    if (end > start) {
      text.delete(place, placeOf(end) - place);
    }
    if (insert !== '') {
      text.insert(place, insert);
    }
  }
}

/** Where an offset of its string stands in a text: what an editor embedded counts one there, and nothing in the string. */
function placesIn(text: Y.Text, string: string): (offset: number) => number {
  if (text.length === string.length) {
    return (offset) => offset;
  }
  const embeds: number[] = [];
  let offset = 0;
  for (const { insert } of text.toDelta() as readonly { readonly insert: unknown }[]) {
    if (typeof insert === 'string') {
      offset += insert.length;
    } else {
      embeds.push(offset);
    }
  }
  return (wanted) => wanted + embeds.filter((embed) => embed < wanted).length;
}
