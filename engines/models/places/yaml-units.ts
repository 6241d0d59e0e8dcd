import { createRanks } from '../../../src/base/coded-name.ts';
import { canonicalText } from '../../../src/base/canonical-json.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import { type Result, ok } from '../../../src/base/result.ts';
import type { Held, ParsedPlace, PlaceCodec } from '../../../src/contract/place.ts';
import { type YamlPath, withYaml, yamlAt } from '../../../src/merge/texts/yaml-edits.ts';
import { type YamlNode, yamlMap } from '../../../src/merge/texts/yaml-tree.ts';
import { whyInWords, whyKeptHere } from './kept-here.ts';
import { partsOfId, unitId } from './unit-names.ts';
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
      const { found, leftAlone, held } = unitsIn(shape, root.value, home);
      return ok({ units: found.map(({ id, value }) => ({ id, text: canonicalText(value) })), leftAlone, held });
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
): { readonly found: readonly Found[]; readonly leftAlone: number; readonly held: Held } {
  const all = [...itemsIn(shape, root), ...settingsIn(shape, root)];
  const kept = new Map<string, string>();
  const found = all.filter((one): one is Found => {
    const { id, value } = one;
    const why = id === undefined || value === undefined ? undefined : whyKeptHere(value, home, partsOfId(id).name);
    const isUnit = id !== undefined && value !== undefined && why === undefined;
    if (!isUnit) {
      kept.set(id ?? '', whyInWords(why));
    }
    return isUnit;
  });
  const beginnings = untold(shape, root);
  const isUntold = (id: string): boolean => beginnings.some((beginning) => id.startsWith(beginning));
  const held: Held = (id) => kept.get(id) ?? (isUntold(id) ? whyInWords(undefined) : undefined);
  return { found, leftAlone: all.length - found.length, held };
}

/** What the ids begin with of the lists and maps that are there and are none, so far as can be told. */
function untold({ app, lists, maps }: YamlShape, root: YamlNode | undefined): readonly string[] {
  const isOther = (member: string, kind: YamlNode['kind']): boolean => {
    const node = yamlAt(root, [member]);
    return node !== undefined && node.kind !== kind && node.value !== null;
  };
  return [
    ...lists.filter(({ member }) => isOther(member, 'list')).map(({ kind }) => `${app}/${kind}/`),
    ...maps.filter((map) => map !== '' && isOther(map, 'map')).map((map) => `${app}/setting/${map}.`),
  ];
}

type Seen = { readonly [Name in keyof Found]: Found[Name] | undefined };

/** Ranks count all of a name, so that one that stays here does not change what the others are called. */
function itemsIn({ app, lists }: YamlShape, root: YamlNode | undefined): readonly Seen[] {
  return lists.flatMap(({ member, kind, nameOf }) => {
    const list = yamlAt(root, [member]);
    const ranked = createRanks();
    return (list?.items ?? []).map(({ node }, index): Seen => {
      const value = list?.isShared === true || !isJsonObject(node.value) ? undefined : node.value;
      const id = unitId(app, kind, nameOf(value ?? plainMembers(node)));
      return { id: id && ranked(id), path: [member, index], value };
    });
  });
}

/** Of an item that nobody can tell, what of it can be told: its name may be. */
function plainMembers({ members }: YamlNode): JsonObject {
  const told = members.flatMap(({ name, node: { value } }) =>
    name === undefined || value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(told);
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
