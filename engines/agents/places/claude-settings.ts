import { createHash } from 'node:crypto';
import { canonicalText } from '../../../src/base/canonical-json.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import { type Result, ok } from '../../../src/base/result.ts';
import type {
  Held,
  Nameless,
  ParsedPlace,
  Place,
  PlaceCodec,
  PlaceSurroundings,
  Unit,
} from '../../../src/contract/place.ts';
import { membersAt, withChanges, withMember } from '../../../src/merge/texts/json-members.ts';
import { isOfThisMachine, whyHeld } from './of-this-machine.ts';
import { isName, saysWhatItIs } from './server-unit.ts';

/** Where Claude Code keeps what it is told. */
export function claudeFolder({ home, environment }: PlaceSurroundings): string {
  return environment['CLAUDE_CONFIG_DIR'] || `${home}/.claude`;
}

const fileOf = (surroundings: PlaceSurroundings): string => `${claudeFolder(surroundings)}/settings.json`;

/** What Claude Code may do, what it runs by itself, and its other settings. */
export const claudeSettings: Place = {
  name: 'claude',
  files: (surroundings) => [fileOf(surroundings)],
  newUnits: fileOf,
  hookLine: undefined,
  open: async ({ home }) => codecFor(home),
};

/** Lists of rules, each of them a set: a rule is a unit, and its place in the list means nothing. */
export const ruleLists = ['allow', 'ask', 'deny', 'additionalDirectories'] as const;

/** A unit and where it stands; a rule that stands there twice is one. */
interface Located extends Unit {
  readonly paths: readonly (readonly (string | number)[])[];
}

interface Reading {
  readonly units: ReadonlyMap<string, Located>;
  readonly leftAlone: number;
  readonly held: Held;
  readonly nameless: readonly Nameless[];
}

function codecFor(home: string): PlaceCodec {
  return {
    parse(text): Result<ParsedPlace, string> {
      const read = readSettings(text, home);
      return read.ok ? ok({ ...read.value, units: [...read.value.units.values()] }) : read;
    },
    set(text, id, unit) {
      const read = readSettings(text, home);
      const known = read.ok ? read.value.units.get(id) : undefined;
      const value = JSON.parse(unit) as JsonValue;
      if (known !== undefined) {
        return known.paths.reduce((made, path) => withChanges(made, [...path], JSON.parse(known.text), value), text);
      }
      const path = pathOf(id, value);
      return path === undefined || !hasRoom(text, path) ? text : withMember(text, path, value);
    },
    remove(text, id) {
      const read = readSettings(text, home);
      const paths = read.ok ? (read.value.units.get(id)?.paths ?? []) : [];
      // From behind, so that those before stay where they are.
      return [...paths].reverse().reduce((made, path) => withMember(made, [...path], undefined), text);
    },
    fieldsOf: recordOf,
    unitOf(id, fields) {
      const { value } = fields;
      if (value === undefined || isLocal(id, value, home) || pathOf(id, value) === undefined) {
        return undefined;
      }
      const unit = canonicalText(value);
      return saysWhatItIs(fields, recordOf(id, unit)) ? unit : undefined;
    },
  };
}

/** A setting is looked at with its name, which may say that it is a password. */
function isLocal(id: string, value: JsonValue, home: string): boolean {
  const { kind, path = [] } = placed(id);
  return isOfThisMachine(kind === 'setting' ? { [path.at(-1) ?? '']: value } : value, home);
}

function readSettings(text: string, home: string): Result<Reading, string> {
  const members = membersAt(text, []);
  if (!members.ok) {
    return members;
  }
  const units = new Map<string, Located>();
  /** Ids, and what ids begin with, of what stays here. */
  const kept = new Set<string>();
  const nameless: Nameless[] = [];
  let leftAlone = 0;
  const take = (id: string | undefined, value: JsonValue, path: readonly (string | number)[]): void => {
    if (id === undefined || isLocal(id, value, home)) {
      leftAlone++;
      if (path.length === 3) {
        nameless.push({ group: groupOf(path), text: canonicalText(value), why: whyHeld });
      }
      [id ?? beginningOf(path), ...(path.join() === 'permissions' ? ['claude/setting/permissions'] : [])].forEach(
        (one) => kept.add(one),
      );
      return;
    }
    units.set(id, { id, text: canonicalText(value), paths: [...(units.get(id)?.paths ?? []), path] });
  };
  for (const [name, member] of members.value) {
    const value = JSON.parse(member) as JsonValue;
    if (name === 'permissions' && isJsonObject(value)) {
      Object.entries(value).forEach(([list, rules]) => takeRules(list, rules, take));
    } else if (name === 'hooks' && isJsonObject(value)) {
      Object.entries(value).forEach(([event, groups]) => takeHooks(event, groups, take));
    } else if (name === 'env' && isJsonObject(value)) {
      Object.entries(value).forEach(([variable, said]) =>
        take(isShared(variable, said) ? `claude/env/${variable}` : undefined, said, ['env', variable]),
      );
    } else {
      take(settingId([name]), value, [name]);
    }
  }
  return ok({ units, leftAlone, nameless, held: (id) => (isAmong(kept, id) ? whyHeld : undefined) });
}

/** What the ids of a list begin with, of which rules and hooks are called by what they say. */
function groupOf([first, second]: readonly (string | number)[]): string {
  const name = encodeURIComponent(String(second).toWellFormed());
  return first === 'hooks' ? `claude/hook/${name}/` : `claude/permission/${name}/`;
}

/** What the ids begin with of what stands there, where nobody can tell what that is; nothing for one of a list. */
function beginningOf([first = '', second, index]: readonly (string | number)[]): string {
  if (index !== undefined) {
    return '';
  }
  const named = second === undefined ? '' : encodeURIComponent(String(second).toWellFormed());
  switch (first) {
    case 'permissions':
      return second === undefined || isList(named) ? `claude/permission/${named && `${named}/`}` : '';
    case 'hooks':
      return `claude/hook/${named && `${named}/`}`;
    case 'env':
      return `claude/env/${named}`;
    default:
      return '';
  }
}

function isAmong(kept: ReadonlySet<string>, id: string): boolean {
  const parts = id.split('/');
  return parts.some((_part, index) => {
    const beginning = parts.slice(0, index + 1).join('/');
    return kept.has(beginning) || kept.has(`${beginning}/`);
  });
}

type Take = (id: string | undefined, value: JsonValue, path: readonly (string | number)[]) => void;

function takeRules(list: string, rules: JsonValue, take: Take): void {
  if (!isList(list)) {
    take(settingId(['permissions', list]), rules, ['permissions', list]);
  } else if (Array.isArray(rules)) {
    (rules as readonly JsonValue[]).forEach((rule, index) =>
      take(typeof rule === 'string' ? ruleId(list, rule) : undefined, rule, ['permissions', list, index]),
    );
  } else {
    take(undefined, rules, ['permissions', list]);
  }
}

function takeHooks(event: string, groups: JsonValue, take: Take): void {
  if (!Array.isArray(groups)) {
    take(undefined, groups, ['hooks', event]);
    return;
  }
  (groups as readonly JsonValue[]).forEach((group, index) =>
    take(hookId(event, group), group, ['hooks', event, index]),
  );
}

function isList(name: string): name is (typeof ruleLists)[number] {
  return (ruleLists as readonly string[]).includes(name);
}

export function ruleId(list: string, rule: string): string | undefined {
  return isName(rule) ? `claude/permission/${list}/${encodeURIComponent(rule)}` : undefined;
}

/** Hooks have no names: what one says is its name, so that a changed one is another one. */
function hookId(event: string, group: JsonValue): string | undefined {
  const isGroup = isJsonObject(group) && Array.isArray(group['hooks']) && isName(event);
  return isGroup ? `claude/hook/${encodeURIComponent(event)}/${digestOf(group)}` : undefined;
}

function digestOf(value: JsonValue): string {
  return createHash('sha256').update(canonicalText(value)).digest('hex').slice(0, 16);
}

/** The schema's address says nothing to Claude Code; plugins are installed here or not. */
function settingId(path: readonly string[]): string | undefined {
  const isUnit =
    path[0] !== '$schema' && !['permissions', 'hooks', 'env'].includes(path.join('/')) && path.every(isName);
  return isUnit ? `claude/setting/${path.map(encodeURIComponent).join('/')}` : undefined;
}

/** Of its environment only what is known to hold no password. */
function isShared(variable: string, value: JsonValue): boolean {
  const isKnown =
    /^(ANTHROPIC_(MODEL|SMALL_FAST_MODEL|DEFAULT_[A-Z]+_MODEL|(BEDROCK_|VERTEX_)?BASE_URL)|AWS_REGION|CLOUD_ML_REGION|HTTPS?_PROXY|NO_PROXY)$/.test(
      variable,
    );
  const isSwitch = /^[A-Z][A-Z0-9_]{1,63}$/.test(variable) && /^(\d{1,9}|true|false)$/.test(String(value));
  return (
    typeof value === 'string' && value.length <= 200 && (isKnown || (isSwitch && !/PIN|CODE$|PASS/.test(variable)))
  );
}

/** Where a new unit goes; undefined for what is no unit of this place. */
function pathOf(id: string, value: JsonValue): (string | number)[] | undefined {
  const { kind, list, event, path = [], name } = placed(id);
  if (kind === 'permission' && list !== undefined) {
    return isList(list) && typeof value === 'string' && ruleId(list, value) === id
      ? ['permissions', list, -1]
      : undefined;
  }
  if (kind === 'hook' && event !== undefined) {
    return hookId(event, value) === id ? ['hooks', event, -1] : undefined;
  }
  if (kind === 'env') {
    return isShared(name, value) && id === `claude/env/${name}` ? ['env', name] : undefined;
  }
  const isSetting = kind === 'setting' && settingId(path) === id && (path.length === 1 || isRuleSetting(path));
  return isSetting ? [...path] : undefined;
}

function isRuleSetting([first, second = '', ...more]: readonly string[]): boolean {
  return first === 'permissions' && more.length === 0 && !isList(second);
}

/** False where something that is no unit stands at that place, or on the way to it. */
function hasRoom(text: string, path: readonly (string | number)[]): boolean {
  const names = path.filter((part): part is string => typeof part === 'string');
  const last = names.at(-1) ?? '';
  const above = membersAt(text, names.slice(0, -1));
  const there = above.ok ? above.value.get(last) : 'x';
  return there === undefined || (path.at(-1) === -1 && there.startsWith('['));
}

interface Placed {
  readonly kind: string;
  readonly name: string;
  readonly list?: string;
  readonly event?: string;
  readonly path?: readonly string[];
}

function placed(id: string): Placed {
  const [place, kind = '', first = '', ...rest] = id.split('/');
  const names = [first, ...rest].map(decoded);
  if (place !== 'claude') {
    return { kind: '', name: '' };
  }
  switch (kind) {
    case 'permission':
      return { kind, list: first, name: names.slice(1).join('/') };
    case 'hook':
      return { kind, event: names[0] ?? '', name: `${names[0]} ${rest.join('/')}` };
    case 'setting':
      return { kind, path: names, name: names.join('.') };
    default:
      return { kind, name: names.join('/') };
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function recordOf(id: string, unit: string): JsonObject {
  const { kind, name, list, event, path } = placed(id);
  return {
    ...{ kind, name, app: 'claude', value: JSON.parse(unit) as JsonValue },
    ...(list === undefined ? {} : { list }),
    ...(event === undefined ? {} : { event }),
    ...(path === undefined ? {} : { path }),
  };
}
