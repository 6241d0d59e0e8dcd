import { canonicalText } from '../../../src/base/canonical-json.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import { type Result, ok } from '../../../src/base/result.ts';
import type { ParsedPlace, PlaceCodec } from '../../../src/contract/place.ts';
import { type YamlPath, withYaml, yamlAt } from '../../../src/merge/texts/yaml-edits.ts';
import { type YamlNode, yamlMap } from '../../../src/merge/texts/yaml-tree.ts';
import { whyKeptHere } from './kept-here.ts';
import { createRanks, partsOfId, unitId } from './unit-names.ts';
import { recordOf, unitOfRecord } from './unit-record.ts';

/** Where units stand in the file of an application. */
export interface YamlShape {
  readonly app: string;
  /** Lists whose items are units, each by a name that is in it. */
  readonly lists: readonly {
    readonly member: string;
    readonly kind: string;
    readonly nameOf: (item: JsonObject) => JsonValue | undefined;
  }[];
  /** Maps whose members are settings; the empty name is the file itself. */
  readonly maps: readonly string[];
}

interface Found {
  readonly id: string;
  readonly path: YamlPath;
  readonly value: JsonValue;
}

export function yamlUnits(shape: YamlShape, home: string): PlaceCodec {
  return {
    parse(text): Result<ParsedPlace, string> {
      const root = yamlMap(text);
      if (!root.ok) {
        return root;
      }
      const { found, leftAlone } = unitsIn(shape, root.value, home);
      return ok({ units: found.map(({ id, value }) => ({ id, text: canonicalText(value) })), leftAlone });
    },
    set: (text, id, unit) => edited(shape, home, text, id, JSON.parse(unit) as JsonValue),
    remove: (text, id) => edited(shape, home, text, id, undefined),
    fieldsOf: (id, unit) => recordOf(shape.app, id, unit),
    unitOf: (id, fields) => unitOfRecord(shape.app, id, fields, home),
  };
}

function edited(shape: YamlShape, home: string, text: string, id: string, value: JsonValue | undefined): string {
  const read = yamlMap(text);
  if (!read.ok) {
    return text;
  }
  const root = read.value;
  const known = unitsIn(shape, root, home).found.find((unit) => unit.id === id);
  const path = known?.path ?? (value === undefined ? undefined : newPath(shape, root, id));
  return path === undefined ? text : withYaml(text, root, path, value);
}

function unitsIn(
  shape: YamlShape,
  root: YamlNode | undefined,
  home: string,
): { readonly found: readonly Found[]; readonly leftAlone: number } {
  const all = [...itemsIn(shape, root), ...settingsIn(shape, root)];
  const found = all.filter(
    (one): one is Found =>
      one.id !== undefined &&
      one.value !== undefined &&
      whyKeptHere(one.value, home, partsOfId(one.id).name) === undefined,
  );
  return { found, leftAlone: all.length - found.length };
}

type Seen = { readonly [Name in keyof Found]: Found[Name] | undefined };

/** Ranks count all of a name, so that one that stays here does not change what the others are called. */
function itemsIn({ app, lists }: YamlShape, root: YamlNode | undefined): readonly Seen[] {
  return lists.flatMap(({ member, kind, nameOf }) => {
    const list = yamlAt(root, [member]);
    const ranked = createRanks();
    return (list?.items ?? []).map(({ node }, index): Seen => {
      const value = list?.isShared === true || !isJsonObject(node.value) ? undefined : node.value;
      const id = value && unitId(app, kind, nameOf(value));
      return { id: id && ranked(id), path: [member, index], value };
    });
  });
}

function settingsIn({ app, maps, lists }: YamlShape, root: YamlNode | undefined): readonly Seen[] {
  return maps.flatMap((map) => {
    const node = map === '' ? root : yamlAt(root, [map]);
    const members = (node?.members ?? []).filter(
      ({ name }) => map !== '' || !lists.some(({ member }) => member === name),
    );
    return members.map(({ name, node: { value } }): Seen => {
      const full = name === undefined ? undefined : map === '' ? name : `${map}.${name}`;
      return {
        id: unitId(app, 'setting', full),
        path: map === '' ? [name ?? ''] : [map, name ?? ''],
        value: node?.isShared === true ? undefined : value,
      };
    });
  });
}

/** Where a unit goes that the file does not have. */
function newPath({ lists, maps }: YamlShape, root: YamlNode | undefined, id: string): YamlPath | undefined {
  const { kind, name } = partsOfId(id);
  const list = lists.find((one) => one.kind === kind);
  if (list !== undefined) {
    return [list.member, yamlAt(root, [list.member])?.items.length ?? 0];
  }
  const map = kind === 'setting' ? maps.find((one) => one === '' || name.startsWith(`${one}.`)) : undefined;
  return map === undefined ? undefined : map === '' ? [name] : [map, name.slice(map.length + 1)];
}
