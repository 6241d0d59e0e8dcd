import { canonicalText } from '../../../src/base/canonical-json.ts';
import { nameOfPart } from '../../../src/base/coded-name.ts';
import { parseRecordId } from '../../../src/base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import { ok } from '../../../src/base/result.ts';
import type { Place } from '../../../src/contract/place.ts';
import {
  type JsonFile,
  jsonFile,
  membersIn,
  withMemberAt,
  withoutMemberAt,
} from '../../../src/merge/texts/json-file.ts';
import { filesIn } from '../../shared/files-in.ts';
import { type ProfileCodec, type ProfileIds, isOf, placesOfEditors } from './in-profiles.ts';
import { isOfThisMachine, whyHeld } from './of-this-machine.ts';

/** Snippets of an editor: each is a unit, by the file that it stands in and its name there. */
export const snippetsPlaces: readonly Place[] = placesOfEditors({
  part: 'snippets',
  firstFile: 'snippets/global.code-snippets',
  files: (folder) => filesIn(`${folder}/snippets`, isSnippetFile),
  codecOf,
});

/** One of a language (`go.json`), or of many; a name that is one file everywhere. */
const isSnippetFile = /^[\p{L}\p{N}_][\p{L}\p{N}_ .+#()-]{0,99}\.(?:json|code-snippets)$/u;

function codecOf(ids: ProfileIds, home: string): ProfileCodec {
  const prefix = `${ids.prefix}snippet/`;
  const idOf = ([file, name]: SnippetPath): string =>
    prefix + [file, name].map((part) => encodeURIComponent(part.toWellFormed())).join('/');
  const pathOf = (id: string): SnippetPath | undefined => {
    const [file = '', name = '', ...more] = id.startsWith(prefix)
      ? id.slice(prefix.length).split('/').map(nameOfPart)
      : [];
    const isMeant = isSnippetFile.test(file) && isName(name) && more.length === 0 && idOf([file, name]) === id;
    return isMeant ? [file, name] : undefined;
  };
  const isShared = (path: SnippetPath, value: JsonValue | undefined): value is JsonObject =>
    isSnippet(value) && parseRecordId(idOf(path)) !== undefined && !isOfThisMachine(path[1], value, home);
  /** What stands under each name, of which the last one counts. */
  const snippetsIn = (file: JsonFile, path: string) =>
    membersIn(file, []).map(({ name, value, isLast }) => {
      const at: SnippetPath = [path.slice(path.lastIndexOf('/') + 1), name];
      return { at, value, isUnit: isLast && isName(name) && isShared(at, value) };
    });
  return {
    parse(text, path = '') {
      const file = jsonFile(text, 'object');
      if (!file.ok) {
        return file;
      }
      const all = snippetsIn(file.value, path);
      const shared = all.filter(({ isUnit }) => isUnit);
      const units = new Set(shared.map(({ at }) => idOf(at)));
      const kept = new Set(all.map(({ at }) => idOf(at)).filter((id) => !units.has(id)));
      return ok({
        units: shared.map(({ at, value }) => ({ id: idOf(at), text: canonicalText(value as JsonValue) })),
        leftAlone: all.length - shared.length,
        held: (id) => (kept.has(id) ? whyHeld : undefined),
      });
    },
    nameOf(id) {
      const path = pathOf(id);
      return path && `snippets/${path[0]}`;
    },
    set(text, id, unit) {
      const file = jsonFile(text, 'object');
      const path = pathOf(id);
      if (!file.ok || path === undefined) {
        return text;
      }
      const there = snippetsIn(file.value, path[0]).findLast(({ at }) => at[1] === path[1]);
      const isSame = there?.isUnit === true && canonicalText(there.value as JsonValue) === unit;
      // What is left alone is not overwritten either.
      return isSame || there?.isUnit === false
        ? text
        : withMemberAt(file.value, [path[1]], JSON.parse(unit) as JsonValue);
    },
    remove(text, id) {
      const file = jsonFile(text, 'object');
      const path = pathOf(id);
      return file.ok && path !== undefined ? withoutMemberAt(file.value, [path[1]]) : text;
    },
    fieldsOf(id, unit): JsonObject {
      const [file, name] = pathOf(id) ?? ['', id];
      return { kind: 'snippet', ...ids.fields, file, name, snippet: JSON.parse(unit) as JsonValue };
    },
    // A person judges the name in the record, and what is written stands under the id: they have to be one.
    unitOf(id, fields) {
      const { kind, file, name, snippet } = fields;
      const path = pathOf(id);
      const isMeant = kind === 'snippet' && isOf(ids, fields) && file === path?.[0] && name === path?.[1];
      return isMeant && path !== undefined && isShared(path, snippet) ? canonicalText(snippet) : undefined;
    },
  };
}

type SnippetPath = readonly [file: string, name: string];

function isName(name: string): boolean {
  return name !== '' && name !== '__proto__' && name.isWellFormed();
}

/** As the editor takes one: without a body it is none. */
function isSnippet(value: JsonValue | undefined): value is JsonObject {
  const body = isJsonObject(value) ? value['body'] : undefined;
  return typeof body === 'string' || Array.isArray(body);
}
