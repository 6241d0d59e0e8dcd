import { canonicalText } from '../../../src/base/canonical-json.ts';
import { nameOfPart } from '../../../src/base/coded-name.ts';
import { parseRecordId } from '../../../src/base/ids.ts';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { ok } from '../../../src/base/result.ts';
import type { Place } from '../../../src/contract/place.ts';
import {
  type JsonFile,
  type JsonMember,
  jsonFile,
  membersIn,
  withMemberAt,
  withoutMemberAt,
} from '../../../src/merge/texts/json-file.ts';
import { type ProfileCodec, type ProfileIds, isOf, placesOfEditors } from './in-profiles.ts';
import { isOfThisMachine, whyHeld } from './of-this-machine.ts';

/** Settings of an editor: each key is a unit, and each key of a language below `[language]`. */
export const settingsPlaces: readonly Place[] = placesOfEditors({
  part: 'settings',
  firstFile: 'settings.json',
  files: (folder) => [`${folder}/settings.json`],
  codecOf,
});

function codecOf(ids: ProfileIds, home: string): ProfileCodec {
  const prefix = `${ids.prefix}setting/`;
  const idOf = (path: SettingPath): string =>
    prefix + path.map((name) => encodeURIComponent(name.toWellFormed())).join('/');
  const pathOf = (id: string): SettingPath | undefined => {
    const path = id.startsWith(prefix) ? id.slice(prefix.length).split('/').map(nameOfPart) : [];
    return isSettingPath(path) && idOf(path) === id ? path : undefined;
  };
  const isShared = (path: SettingPath, value: JsonValue): boolean =>
    parseRecordId(idOf(path)) !== undefined && !isOfThisMachine(path.at(-1) as string, value, home);
  return {
    nameOf: () => 'settings.json',
    parse(text) {
      const file = jsonFile(text, 'object');
      if (!file.ok) {
        return file;
      }
      const all = settingsIn(file.value);
      const isUnit = ({ isClear, path, value }: Setting): boolean => isClear && isShared(path, value);
      const shared = all.filter(isUnit);
      const kept = new Set(all.filter((setting) => !isUnit(setting)).map(({ path }) => idOf(path)));
      return ok({
        units: shared.map(({ path, value }) => ({ id: idOf(path), text: canonicalText(value) })),
        leftAlone: all.length - shared.length,
        // What a language has stays with it, where nobody can tell what that is.
        held: (id) => (kept.has(id) || kept.has(id.slice(0, id.lastIndexOf('/'))) ? whyHeld : undefined),
      });
    },
    set(text, id, unit) {
      const file = jsonFile(text, 'object');
      const path = pathOf(id);
      if (!file.ok || path === undefined) {
        return text;
      }
      const there = settingsIn(file.value).findLast((setting) => idOf(setting.path) === id);
      // What is left alone is not overwritten either.
      const isKept = there !== undefined && !(there.isClear && isShared(path, there.value));
      const isSame = there?.isClear === true && canonicalText(there.value) === unit;
      return isKept || isSame || ignoredIn(file.value).has(path.at(-1) as string)
        ? text
        : withMemberAt(file.value, path, JSON.parse(unit) as JsonValue);
    },
    remove(text, id) {
      const file = jsonFile(text, 'object');
      const path = pathOf(id);
      return file.ok && path !== undefined ? withoutMemberAt(file.value, path) : text;
    },
    fieldsOf(id, unit): JsonObject {
      const [first, second] = pathOf(id) ?? [id];
      return {
        ...{ kind: 'setting', ...ids.fields, name: second ?? first, value: JSON.parse(unit) as JsonValue },
        ...(second === undefined ? {} : { language: first }),
      };
    },
    // A person judges the name in the record, and what is written stands under the id: they have to be one.
    unitOf(id, fields) {
      const { kind, name, language, value } = fields;
      const path = pathOf(id);
      const isMeant = kind === 'setting' && isOf(ids, fields) && path !== undefined && sameNames(path, language, name);
      return isMeant && value !== undefined && isShared(path, value) ? canonicalText(value) : undefined;
    },
  };
}

/** A key, or one of a language (`[python]`) behind it. */
type SettingPath = readonly [string] | readonly [string, string];

interface Setting {
  readonly path: SettingPath;
  readonly value: JsonValue;
  /** False where nobody can tell what it says, or the person keeps it out of every synchronisation. */
  readonly isClear: boolean;
}

function settingsIn(file: JsonFile): readonly Setting[] {
  const ignored = ignoredIn(file);
  const settingOf = ({ value, isLast }: JsonMember, path: SettingPath): Setting => {
    const isClear = isLast && value !== undefined && isSettingPath(path) && !ignored.has(path.at(-1) as string);
    return { path, value: value ?? null, isClear };
  };
  return membersIn(file, []).flatMap((member) =>
    isLanguage(member.name) && member.isObject && member.isLast
      ? membersIn(file, [member.name]).map((inner) => settingOf(inner, [member.name, inner.name]))
      : [settingOf(member, [member.name])],
  );
}

/** Keys that the editor's own synchronisation leaves out because the person said so. */
function ignoredIn(file: JsonFile): ReadonlySet<string> {
  const listed = membersIn(file, []).findLast(({ name }) => name === 'settingsSync.ignoredSettings')?.value;
  return new Set(Array.isArray(listed) ? listed.filter((name): name is string => typeof name === 'string') : []);
}

function isLanguage(name: string): boolean {
  return name.startsWith('[') && name.endsWith(']');
}

/** A language by itself is no setting, and what JavaScript makes something of by its name neither. */
function isSettingPath(path: readonly string[]): path is SettingPath {
  const [first = '', second] = path;
  const isName = (name: string): boolean => name !== '' && name !== '__proto__' && name.isWellFormed();
  return second === undefined
    ? path.length === 1 && isName(first) && !isLanguage(first)
    : path.length === 2 && isName(first) && isLanguage(first) && isName(second) && !isLanguage(second);
}

function sameNames(path: SettingPath, language: JsonValue | undefined, name: JsonValue | undefined): boolean {
  return path.length === 1 ? language === undefined && name === path[0] : language === path[0] && name === path[1];
}
