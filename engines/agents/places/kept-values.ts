import { type JsonObject, type JsonValue, isJsonObject, memberOf } from '../../../src/base/json.ts';
import { sameValue } from '../../../src/merge/values/json-patch.ts';
import { isReference } from './of-this-machine.ts';

/** Members of a server whose values are passwords more often than not. Their names travel, their values do not. */
const maps = ['env', 'environment', 'headers', 'http_headers'] as const;

/** What stands in a record for a value that every device has for itself, in the application's file. */
export const keptHere: JsonObject = { $local: true };

export function isKept(value: JsonValue | undefined): boolean {
  return value !== undefined && sameValue(value, keptHere);
}

/** The server as a record has it; undefined where values stand where no application is known to look for them. */
export function withoutValues(server: JsonObject): JsonObject | undefined {
  if (hasOtherValues(server, 0)) {
    return undefined;
  }
  const made: Record<string, JsonValue> = { ...server };
  for (const name of maps) {
    const map = memberOf(server, name);
    if (map !== undefined && !isJsonObject(map)) {
      return undefined;
    }
    if (map !== undefined) {
      made[name] = eachOf(map, (value) => (typeof value === 'string' && isReference(value) ? value : keptHere));
    }
  }
  return made;
}

/** Values in a map that is called like one of those, or lies deeper. */
function hasOtherValues(value: JsonValue, depth: number): boolean {
  if (typeof value !== 'object' || value === null || depth > 32) {
    return depth > 32;
  }
  return Object.entries(value as JsonObject).some(([name, member]) => {
    const isKnown = depth === 0 && (maps as readonly string[]).includes(name);
    const holdsValues = /env|header/i.test(name) && name !== 'env_http_headers' && isJsonObject(member);
    const hasLiteral =
      holdsValues && Object.values(member).some((one) => typeof one === 'string' && one !== '' && !isReference(one));
    return !isKnown && (hasLiteral || hasOtherValues(member, depth + 1));
  });
}

/**
 * The server with the values that this device has for it, empty where it has none. Undefined where what it calls is
 * another program or another host than the one that they were meant for: it must not get them unasked.
 */
export function withValues(server: JsonObject, here: JsonObject | undefined): JsonObject | undefined {
  const made: Record<string, JsonValue> = { ...server };
  for (const name of maps) {
    const [map, had] = [memberOf(server, name), memberOf(here ?? {}, name)];
    if (isJsonObject(map)) {
      const mine = isJsonObject(had) ? had : {};
      const filled = eachOf(map, (value, key) => (isKept(value) ? (memberOf(mine, key) ?? '') : value));
      const isGiven = Object.keys(map).some((key) => isKept(map[key]) && (memberOf(mine, key) ?? '') !== '');
      if (isGiven && here !== undefined && receiverOf(server) !== receiverOf(here)) {
        return undefined;
      }
      made[name] = filled;
    }
  }
  return made;
}

/**
 * The program or the host that the values of a server are given to: of `npx` and its like the arguments say which it is. Another
 * version of a package is the same program, which a person has said yes to.
 */
function receiverOf(server: JsonObject): string {
  const { url, serverUrl, httpUrl, command = null, args = null, cwd = null } = server;
  const addresses = [url, serverUrl, httpUrl].map((address) => (typeof address === 'string' ? originOf(address) : ''));
  const withoutVersion = (word: JsonValue): JsonValue =>
    typeof word === 'string' ? word.replace(/(?<=[\w-])(?:@|==)\d+(?:\.\d+){0,2}(?:-[\w.]+)?$/, '') : word;
  const isFetched = typeof command === 'string' && /(?:^|[\\/])(?:npx|bunx|uvx|pnpm|pipx)(?:\.cmd)?$/.test(command);
  const words = isFetched && Array.isArray(args) ? args.map(withoutVersion) : args;
  return JSON.stringify([...addresses, command, words, cwd]);
}

function originOf(address: string): string {
  const origin = URL.canParse(address) ? new URL(address).origin : 'null';
  return origin === 'null' ? address : origin;
}

function eachOf(map: JsonObject, change: (value: JsonValue, name: string) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value, name)]));
}
