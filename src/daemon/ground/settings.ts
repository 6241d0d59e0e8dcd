import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { printedKey } from '../../merge/texts/toml-layout.ts';
import { packageRoot } from './package-root.ts';

/** Names below these hold dots: `engines.sourceos.sync.shell.enabled` means one engine. */
const dotted: Readonly<Record<string, (below: readonly string[]) => readonly string[]>> = {
  engines: (below) => [below.slice(0, -1).join('.'), ...below.slice(-1)],
};

/** The names of a setting, one below the other, as its TOML key says; undefined for what is no key. */
export function settingPath(name: string): readonly string[] | undefined {
  try {
    const path: string[] = [];
    let at: unknown = parseToml(`${name} = 0`);
    while (typeof at === 'object' && at !== null) {
      const [[key, value] = ['', undefined], ...others] = Object.entries(at);
      if (others.length > 0) {
        return undefined;
      }
      path.push(key);
      at = value;
    }
    const [first = '', ...below] = path;
    return below.length > 2 ? [first, ...(dotted[first]?.(below) ?? below)] : path;
  } catch {
    return undefined;
  }
}

/** The same as one key. */
export function settingKey(path: readonly string[]): string {
  // As `config show` writes them.
  const quotedAt = path.length < 3 ? -1 : path[0] === 'engines' ? 1 : 2;
  return path.map((name, at) => (at === quotedAt ? JSON.stringify(name) : printedKey(name))).join('.');
}

/** The value that a text means for a setting, or what the setting takes; undefined for one that does not exist. */
export function parseSetting(path: readonly string[], text: string): Result<JsonValue, string> | undefined {
  const schema = schemaOf(path);
  if (schema === undefined || schema['type'] === undefined) {
    return undefined;
  }
  const value = schema['type'] === 'string' ? text : valueIn(text);
  return isOfType(value, schema['type']) ? ok(value) : err(takenBy(schema));
}

/** What a setting takes, in words; undefined for one that does not exist. */
export function allowedOf(path: readonly string[]): string | undefined {
  const schema = schemaOf(path);
  return schema === undefined ? undefined : takenBy(schema);
}

let schema: JsonObject | undefined;

function schemaOf(path: readonly string[]): JsonObject | undefined {
  schema ??= JSON.parse(readFileSync(join(packageRoot, 'schemas', 'config.json'), 'utf8')) as JsonObject;
  let at: JsonValue | undefined = schema;
  for (const name of path) {
    const { properties, additionalProperties }: JsonObject = isJsonObject(at) ? at : {};
    at = isJsonObject(properties) && Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
  }
  return at !== undefined && isJsonObject(at) ? at : undefined;
}

function valueIn(text: string): JsonValue | undefined {
  try {
    return (parseToml(`value = ${text}`) as { readonly value: JsonValue }).value;
  } catch {
    return undefined;
  }
}

function isOfType(value: JsonValue | undefined, type: JsonValue): value is JsonValue {
  switch (type) {
    case 'integer':
      return Number.isSafeInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return value !== undefined && isJsonObject(value);
    default:
      return typeof value === type;
  }
}

function takenBy({ type, enum: words, minimum, maximum, pattern, maxLength }: JsonObject): string {
  if (Array.isArray(words)) {
    return `one of ${words.join(', ')}`;
  }
  switch (type) {
    case 'boolean':
      return 'true or false';
    case 'integer':
    case 'number':
      return `${type === 'integer' ? 'a whole number' : 'a number'}${minimum === undefined ? '' : ` from ${String(minimum)}`}${maximum === undefined ? '' : ` to ${String(maximum)}`}`;
    case 'array':
      return 'a list, such as ["wss://one.example", "wss://two.example"]';
    case 'object':
      return 'a table, which is written with: sourcesync config edit';
    default:
      return `text${pattern === undefined ? '' : ` that matches ${String(pattern)}`}${maxLength === undefined ? '' : ` of at most ${String(maxLength)} characters`}`;
  }
}
