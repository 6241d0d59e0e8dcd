import { canonicalText } from '../../../src/base/canonical-json.ts';
import { parseRecordId } from '../../../src/base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import { ok } from '../../../src/base/result.ts';
import type { Place } from '../../../src/contract/place.ts';
import { type JsonFile, itemsIn, jsonFile, withItemAt, withoutItemsAt } from '../../../src/merge/texts/json-file.ts';
import { type ProfileCodec, type ProfileIds, isOf, placesOfEditors } from './in-profiles.ts';
import { isOfThisMachine, whyHeld } from './of-this-machine.ts';

/** Key bindings of an editor: a unit is what one key does in one case. */
export const keybindingsPlaces: readonly Place[] = placesOfEditors({
  part: 'keybindings',
  firstFile: 'keybindings.json',
  files: (folder) => [`${folder}/keybindings.json`],
  codecOf,
});

function codecOf(ids: ProfileIds, home: string): ProfileCodec {
  const prefix = `${ids.prefix}keybinding/`;
  /** Undefined for what is no binding. */
  const nameOf = (binding: JsonValue | undefined): string | undefined => {
    const { key, command, when = '' } = isJsonObject(binding) ? binding : {};
    if (typeof key !== 'string' || typeof command !== 'string' || typeof when !== 'string') {
      return undefined;
    }
    const isWellFormed = [key, command, when].every((text) => text.isWellFormed());
    const names = when === '' ? [plainKey(key), command] : [plainKey(key), command, when];
    const id = isWellFormed ? prefix + names.map(encodeURIComponent).join('/') : '';
    return parseRecordId(id) === undefined ? undefined : id;
  };
  const staysHere = (binding: JsonValue): boolean => isOfThisMachine('', binding, home);
  const rowsOf = (file: JsonFile): readonly Row[] => itemsIn(file).map((value) => ({ id: nameOf(value), value }));
  return {
    nameOf: () => 'keybindings.json',
    parse(text) {
      const file = jsonFile(text, 'array');
      if (!file.ok) {
        return file;
      }
      const rows = rowsOf(file.value);
      const last = new Map(rows.map(({ id, value }) => [id, value]));
      last.delete(undefined);
      const units = [...last].filter(([, value]) => !staysHere(value as JsonValue));
      const shared = new Set(units.map(([id]) => id));
      return ok({
        units: units.map(([id, value]) => ({ id: id as string, text: canonicalText(value as JsonValue) })),
        leftAlone: rows.length - units.length,
        held: (id) => (last.has(id) && !shared.has(id) ? whyHeld : undefined),
      });
    },
    set(text, id, unit) {
      const file = jsonFile(text, 'array');
      if (!file.ok) {
        return text;
      }
      const rows = rowsOf(file.value);
      const index = rows.findLastIndex((row) => row.id === id);
      const there = rows[index]?.value;
      if (there !== undefined && staysHere(there)) {
        return text;
      }
      return there !== undefined && canonicalText(there) === unit
        ? text
        : withItemAt(file.value, index === -1 ? undefined : index, JSON.parse(unit) as JsonValue);
    },
    remove(text, id) {
      const file = jsonFile(text, 'array');
      const indexes = file.ok ? rowsOf(file.value).flatMap((row, index) => (row.id === id ? [index] : [])) : [];
      return file.ok ? withoutItemsAt(file.value, new Set(indexes)) : text;
    },
    fieldsOf(_id, unit): JsonObject {
      const binding = JSON.parse(unit) as JsonObject;
      const name = `${String(binding['key'])} ${String(binding['command'])}`;
      return { kind: 'keybinding', ...ids.fields, name, binding };
    },
    unitOf(id, fields) {
      const { kind, binding } = fields;
      const isMeant = kind === 'keybinding' && isOf(ids, fields) && binding !== undefined && nameOf(binding) === id;
      return isMeant && !staysHere(binding) ? canonicalText(binding) : undefined;
    },
  };
}

interface Row {
  readonly id: string | undefined;
  readonly value: JsonValue | undefined;
}

/** Case and blanks between its parts mean nothing. */
function plainKey(key: string): string {
  return key.toLowerCase().trim().replaceAll(/\s+/g, ' ');
}
