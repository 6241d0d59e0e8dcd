import { type JsonObject, type JsonValue, isJsonObject } from '../../src/base/json.ts';

function isString(value: JsonValue | undefined): boolean {
  return typeof value === 'string';
}

function isText(value: JsonValue | undefined): boolean {
  return isString(value) && value !== '';
}

/** What a record of a kind has to have to be one. Servers of before are what they were. */
const needs: Readonly<Record<string, Readonly<Record<string, (value: JsonValue | undefined) => boolean>>>> = {
  permission: { list: isText, value: isText },
  hook: { event: isText, value: isJsonObject },
  setting: { path: isPath, value: (value) => value !== undefined },
  env: { value: isString },
  agent: { text: isString },
  command: { text: isString },
  skill: { text: isString, files: isJsonObject },
};

/** In words what a record of an application's file lacks; undefined for one that is whole, and for agents of the registry. */
export function lacking(fields: JsonObject): string | undefined {
  const { kind, app } = fields;
  if (typeof kind !== 'string' || typeof app !== 'string' || !Object.hasOwn(needs, kind)) {
    return undefined;
  }
  const wrong = Object.entries(needs[kind] ?? {}).find(
    ([name, fits]) => !fits(Object.hasOwn(fields, name) ? fields[name] : undefined),
  );
  return wrong === undefined
    ? undefined
    : `/${wrong[0]} of a ${kind} of an application is missing, or is no such thing.`;
}

function isPath(value: JsonValue | undefined): boolean {
  return Array.isArray(value) && value.length > 0 && (value as readonly JsonValue[]).every(isText);
}
