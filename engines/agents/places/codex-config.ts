import { canonicalText } from '../../../src/base/canonical-json.ts';
import { nameOfPart } from '../../../src/base/coded-name.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import { type Result, ok } from '../../../src/base/result.ts';
import type { ParsedPlace, Place, PlaceCodec, PlaceSurroundings, Unit } from '../../../src/contract/place.ts';
import { type TomlMembers, tomlMembers, withTomlValue } from '../../../src/merge/texts/toml-values.ts';
import { isOfThisMachine, whyHeld } from './of-this-machine.ts';
import { isName, saysWhatItIs, serverRecords } from './server-unit.ts';

const fileOf = ({ home, environment }: PlaceSurroundings): string =>
  `${environment['CODEX_HOME'] || `${home}/.codex`}/config.toml`;

/** Servers and settings of Codex. */
export const codexConfig: Place = {
  name: 'codex',
  files: (surroundings) => [fileOf(surroundings)],
  newUnits: fileOf,
  hookLine: undefined,
  open: async ({ home }) => codecFor(home),
};

const servers = 'mcp_servers';
const settings = 'codex/setting/';

/** Folders that a person trusts here, what Codex noted down, and providers of models, which are no agents. */
const alone = ['projects', 'notice', 'model_providers', servers];

function codecFor(home: string): PlaceCodec {
  const records = serverRecords('codex', home);
  const isServer = (id: string): boolean => id.startsWith('codex/mcp/');
  const settingOf = (id: string): string => nameOfPart(id.slice(settings.length));

  function isSetting(id: string, value: JsonValue | undefined): boolean {
    const name = settingOf(id);
    const isShared =
      value !== undefined && !alone.includes(name) && isName(name) && !isOfThisMachine({ [name]: value }, home);
    return id === settings + encodeURIComponent(name) && isShared;
  }

  function unitsOf(members: TomlMembers): ParsedPlace {
    const table = members.get(servers);
    const known = isJsonObject(table) ? Object.entries(table) : [];
    const others = [...members].filter(([name]) => name !== servers);
    const units = [
      ...known.flatMap(([name, server]) => records.unitIn(name, server) ?? []),
      ...others.flatMap(([name, value]): readonly Unit[] => {
        const id = settings + encodeURIComponent(name.toWellFormed());
        return value !== undefined && isSetting(id, value) ? [{ id, text: canonicalText(value) }] : [];
      }),
    ];
    const isOdd = members.has(servers) && !isJsonObject(table);
    const found = new Set(units.map(({ id }) => id));
    const ofServers = records.heldAmong(known);
    return {
      units,
      leftAlone: known.length + others.length - units.length + Number(isOdd),
      held(id) {
        const isHeld = isServer(id) ? isOdd : members.has(settingOf(id)) && !found.has(id);
        return isHeld ? whyHeld : ofServers(id);
      },
    };
  }

  function fieldsOf(id: string, unit: string): JsonObject {
    const name = settingOf(id);
    return isServer(id)
      ? records.fieldsOf(id, unit)
      : { kind: 'setting', app: 'codex', name, path: [name], value: JSON.parse(unit) as JsonValue };
  }

  return {
    parse(text): Result<ParsedPlace, string> {
      const members = tomlMembers(text);
      return members.ok ? ok(unitsOf(members.value)) : members;
    },
    set(text, id, unit) {
      const members = tomlMembers(text);
      if (!members.ok) {
        return text;
      }
      if (isServer(id)) {
        const table = members.value.get(servers);
        const name = records.nameOf(id);
        const here = isJsonObject(table) && Object.hasOwn(table, name) ? table[name] : undefined;
        const next = records.next(unit, here);
        return (next && withTomlValue(text, [servers, name], next)) ?? text;
      }
      const here = members.value.get(settingOf(id));
      const isFree = here === undefined ? !members.value.has(settingOf(id)) : isSetting(id, here);
      return (isFree ? withTomlValue(text, [settingOf(id)], JSON.parse(unit) as JsonValue) : undefined) ?? text;
    },
    remove: (text, id) =>
      withTomlValue(text, isServer(id) ? [servers, records.nameOf(id)] : [settingOf(id)], undefined) ?? text,
    fieldsOf,
    unitOf(id, fields) {
      const { value } = fields;
      if (isServer(id)) {
        return records.unitOf(id, fields);
      }
      const unit = value !== undefined && isSetting(id, value) ? canonicalText(value) : undefined;
      return unit !== undefined && saysWhatItIs(fields, fieldsOf(id, unit)) ? unit : undefined;
    },
  };
}
