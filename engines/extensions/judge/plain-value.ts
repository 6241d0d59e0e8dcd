import { holdsHidden } from '../../../src/base/hidden-characters.ts';
import { type JsonValue, isJsonObject } from '../../../src/base/json.ts';

export function hidesCharacters(value: JsonValue): boolean {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return holdsHidden(text) || /\p{Cc}/u.test(text);
}

export function isSwitch(value: JsonValue): boolean {
  return typeof value === 'boolean' || typeof value === 'number' || value === null;
}

/** A word or a few: no path, no address, nothing that is put together when it is read. */
export function isWord(value: JsonValue): boolean {
  return typeof value === 'string' && value.length <= 200 && /^[\p{L}\p{N} .,'"#%()+:_|-]*$/u.test(value);
}

export function isWordOrSwitch(value: JsonValue): boolean {
  return isSwitch(value) || isWord(value);
}

export function isListOf(isItem: (value: JsonValue) => boolean): (value: JsonValue) => boolean {
  return (value) => Array.isArray(value) && value.every((item: JsonValue) => isItem(item));
}

/** By patterns of file names, or names. */
export function isMapOf(isItem: (value: JsonValue) => boolean): (value: JsonValue) => boolean {
  return (value) =>
    isJsonObject(value) &&
    Object.entries(value).every(
      ([name, item]) => /^[\p{L}\p{N} .*?{},!@[\]/()+&#=:_~^-]*$/u.test(name) && isItem(item),
    );
}

/** Words and switches, however deep: colours by theme and by kind of text. */
export function isStyle(value: JsonValue): boolean {
  return isWordOrSwitch(value) || isListOf(isStyle)(value) || isMapOf(isStyle)(value);
}
