import { canonicalText } from '../../../src/base/canonical-json.ts';
import { nameOfPart } from '../../../src/base/coded-name.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import type { Held, PlaceCodec, Unit } from '../../../src/contract/place.ts';
import { sameValue } from '../../../src/merge/values/json-patch.ts';
import { withValues, withoutValues } from './kept-values.ts';
import { isOfThisMachine, whyHeld } from './of-this-machine.ts';

/** False for a name that no id can be made of and come back from. */
export function isName(name: string): boolean {
  return name.isWellFormed() && encodeURIComponent(name).length <= 400 && !/^\.*$/.test(name);
}

/** True for a record that says of itself what its id says: nobody approves one name and gets another. */
export function saysWhatItIs(fields: JsonObject, meant: JsonObject): boolean {
  return Object.entries(meant).every(([name, value]) => Object.hasOwn(fields, name) && sameValue(fields[name], value));
}

/** The unit of a server as a file has it; undefined for one that is of this machine, or is none. */
function serverUnit(server: JsonValue, home: string): string | undefined {
  const shared = isJsonObject(server) ? withoutValues(server) : undefined;
  return shared === undefined || isOfThisMachine(withoutNames(shared), home) ? undefined : canonicalText(shared);
}

function serverOf(unit: string, here: JsonValue | undefined): JsonObject | undefined {
  return withValues(JSON.parse(unit) as JsonObject, isJsonObject(here) ? here : undefined);
}

/** Ids and records of the servers of an application. */
export interface ServerRecords extends Pick<PlaceCodec, 'fieldsOf' | 'unitOf'> {
  nameOf(id: string): string;
  /** Undefined for a server that is of this machine, or is none. */
  unitIn(name: string, server: JsonValue): Unit | undefined;
  /** In words why one of these servers stays here. */
  heldAmong(servers: Iterable<readonly [name: string, server: JsonValue]>): Held;
  /** What is to stand in the file; undefined where what stands there is of this machine, or must not be given to it. */
  next(unit: string, here: JsonValue | undefined): JsonObject | undefined;
}

export function serverRecords(app: string, home: string): ServerRecords {
  const prefix = `${app}/mcp/`;
  const nameOf = (id: string): string => nameOfPart(id.slice(prefix.length));
  const fieldsOf = (id: string, unit: string): JsonObject => ({
    kind: 'mcp',
    name: nameOf(id),
    app,
    server: JSON.parse(unit) as JsonValue,
  });
  const unitIn: ServerRecords['unitIn'] = (name, server) => {
    const text = isName(name) ? serverUnit(server, home) : undefined;
    return text === undefined ? undefined : { id: prefix + encodeURIComponent(name), text };
  };
  return {
    nameOf,
    fieldsOf,
    unitIn,
    heldAmong(servers) {
      const held = [...servers].filter(([name, server]) => unitIn(name, server) === undefined);
      const ids = new Set(held.map(([name]) => prefix + encodeURIComponent(name.toWellFormed())));
      return (id) => (ids.has(id) ? whyHeld : undefined);
    },
    next(unit, here) {
      return here !== undefined && serverUnit(here, home) === undefined ? undefined : serverOf(unit, here);
    },
    unitOf(id, fields) {
      const { server } = fields;
      const isOurs = id.startsWith(prefix) && isJsonObject(server) && isName(nameOf(id));
      const unit = isOurs ? serverUnit(server, home) : undefined;
      return unit !== undefined && saysWhatItIs(fields, fieldsOf(id, unit)) ? unit : undefined;
    },
  };
}

/** Codex names variables by header: `{"Authorization": "MY_TOKEN"}` holds no token. */
function withoutNames(server: JsonObject): JsonObject {
  const { env_http_headers: names, ...rest } = server;
  const areNames =
    isJsonObject(names) && Object.values(names).every((name) => /^[A-Z_][A-Z0-9_]{0,63}$/.test(String(name)));
  return areNames ? rest : server;
}
