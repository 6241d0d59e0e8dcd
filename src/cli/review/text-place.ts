import { type JsonObject, type JsonValue, isJsonObject, memberOf } from '../../base/json.ts';
import { pointerTo, tokensOf, valueAt } from '../../base/json-pointer.ts';
import { isEncoded } from '../../merge/texts/text-fields.ts';

/** What engines call the text of a file, a section or a piece of a start file. */
const names = ['body', 'text'] as const;

/**
 * The JSON pointer of the one text that a record is: a member `body` or `text` that is a string, of the record or of an
 * object in it, and no bytes in base64. Undefined where there is none, or more than one.
 */
export function textPlace(fields: JsonObject): string | undefined {
  const containers: readonly (readonly [pointer: string, container: JsonObject])[] = [
    ['', fields],
    ...Object.entries(fields).flatMap(([name, value]) =>
      isJsonObject(value) ? [[pointerTo('', name), value] as const] : [],
    ),
  ];
  const places = containers.flatMap(([pointer, container]) =>
    isEncoded(container)
      ? []
      : names.filter((name) => typeof memberOf(container, name) === 'string').map((name) => pointerTo(pointer, name)),
  );
  return places.length === 1 ? places[0] : undefined;
}

/** The text at a place; undefined where there is none. */
export function textAt(fields: JsonObject | null, place: string): string | undefined {
  const value = valueAt(fields, place);
  return typeof value === 'string' ? value : undefined;
}

/** A value with another at a pointer, or without what was there; the same where the pointer leads nowhere. */
export function withValueAt(value: JsonValue, pointer: string, next: JsonValue | undefined): JsonValue {
  return replaced(value, tokensOf(pointer) ?? [], next) ?? null;
}

function replaced(
  value: JsonValue,
  [token, ...deeper]: readonly string[],
  next: JsonValue | undefined,
): JsonValue | undefined {
  if (token === undefined) {
    return next;
  }
  if (!isJsonObject(value)) {
    return value;
  }
  const member = memberOf(value, token);
  const inside = deeper.length === 0 ? next : member === undefined ? undefined : replaced(member, deeper, next);
  const others = Object.entries(value).filter(([name]) => name !== token);
  return Object.fromEntries(inside === undefined ? others : [...others, [token, inside]]);
}
