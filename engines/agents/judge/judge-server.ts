import { type JsonObject, type JsonValue, isJsonObject, memberOf } from '../../../src/base/json.ts';
import { looksOf } from '../../../src/base/look-alike.ts';
import { type Judgement, dangerous, harmless } from '../../../src/contract/judgement.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';
import { sameValue } from '../../../src/merge/values/json-patch.ts';
import { addressWarnings } from './address-words.ts';
import { commandOf, commandWarnings } from './command-words.ts';
import { disguise, disguisesIn, hides, shown } from './in-words.ts';
import { isNarrower } from './narrower.ts';

/** What is run, and where to: approval is of that, and never of a name. */
const running = ['command', 'args', 'cwd', 'url', 'type', 'transport', 'source', 'serverUrl', 'httpUrl'];
const addresses = ['url', 'serverUrl', 'httpUrl'];
const maps = ['env', 'environment', 'headers', 'http_headers', 'env_http_headers'];

/** Members that say nothing of what is run, where they hold what they should. */
const shownOnly: Readonly<Record<string, (value: JsonValue) => boolean>> = {
  description: (value) => typeof value === 'string' && !hides(value),
  timeout: isTime,
  startup_timeout_sec: isTime,
  startup_timeout_ms: isTime,
  tool_timeout_sec: isTime,
};

/** Dangerous unless it is known to be harmless. `next` is null for a removal. */
export function judgeServer(before: JsonObject | null, next: JsonObject | null): Judgement {
  const [was, is] = [serverIn(before), serverIn(next)];
  if (next === null) {
    return { level: 'harmless', words: 'harmless: a server less' };
  }
  if (is === undefined) {
    return dangerous('what it is cannot be told: its server is none');
  }
  const words = was === undefined ? newWords(next, is) : changesOf(was, is);
  if (words.length === 0) {
    return harmless;
  }
  return dangerous([...words, ...warningsOf(is)].join('; '));
}

function newWords(next: JsonObject, is: JsonObject): readonly string[] {
  const name = next['name'];
  const names = maps.flatMap((map) => namesIn(is[map]));
  const odd = Object.keys(is).flatMap((member) => lookAlike(member) ?? []);
  return [
    `a new server that runs ${runOf(is)}`,
    ...[disguise(typeof name === 'string' ? name : '')].flatMap((words) => words ?? []),
    ...(names.length === 0 ? [] : [`it is given ${listed(names)}`]),
    ...odd,
  ];
}

function changesOf(was: JsonObject, is: JsonObject): readonly string[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  const changed = names.filter((name) => !sameValue(memberOf(was, name), memberOf(is, name)));
  const words = changed
    .filter((name) => !isHarmless(name, memberOf(was, name), memberOf(is, name)))
    .map((name) => changeWords(name, memberOf(was, name), memberOf(is, name)));
  const given = changed.some((name) => running.includes(name)) ? maps.flatMap((map) => namesIn(memberOf(is, map))) : [];
  return given.length === 0 ? words : [...words, `it is given ${listed(given)} of this machine`];
}

function isHarmless(name: string, was: JsonValue | undefined, is: JsonValue | undefined): boolean {
  if (Object.hasOwn(shownOnly, name)) {
    return is === undefined || shownOnly[name]?.(is) === true;
  }
  return (name === 'disabled' && is === true) || (name === 'enabled' && is === false) || isNarrower(name, was, is);
}

function changeWords(name: string, was: JsonValue | undefined, is: JsonValue | undefined): string {
  if (maps.includes(name)) {
    return mapWords(name, was, is);
  }
  if (addresses.includes(name) && typeof was === 'string' && typeof is === 'string') {
    const [from, to] = [hostOf(was), hostOf(is)];
    const hosts = from === to ? '' : `, to another host: ${from} → ${to}`;
    return `the same name, another ${name}: ${shown(was)} → ${shown(is)}${hosts}`;
  }
  if (running.includes(name)) {
    return `the same name, another ${name}: ${shown(was)} → ${shown(is)}`;
  }
  if (name === 'disabled' || name === 'enabled') {
    return `${name} is changed: it is switched on`;
  }
  return lookAlike(name) ?? `${textOf(name)} is changed: ${shown(was)} → ${shown(is)}`;
}

function mapWords(name: string, was: JsonValue | undefined, is: JsonValue | undefined): string {
  const [had, has] = [isJsonObject(was) ? was : {}, isJsonObject(is) ? is : {}];
  const more = Object.keys(has).filter((key) => !Object.hasOwn(had, key));
  const less = Object.keys(had).filter((key) => !Object.hasOwn(has, key));
  const other = Object.keys(has).filter((key) => Object.hasOwn(had, key) && !sameValue(had[key], has[key]));
  const parts = [
    ...(more.length === 0 ? [] : [`it gains ${more.map((key) => entry(key, has[key])).join(', ')}`]),
    ...(less.length === 0 ? [] : [`it loses ${listed(less)}`]),
    ...(other.length === 0 ? [] : [`${other.map((key) => entry(key, has[key])).join(', ')} instead of before`]),
  ];
  return `the same name, another ${name}: ${parts.join(', ') || shown(is)}`;
}

function entry(name: string, value: JsonValue | undefined): string {
  return typeof value === 'string' ? `${textOf(name)}=${textOf(value)}` : textOf(name);
}

function warningsOf(is: JsonObject): readonly string[] {
  return [
    ...commandWarnings(commandOf(is)),
    ...addresses.flatMap((name) => addressWarnings(memberOf(is, name))),
    ...maps.flatMap((map) =>
      namesIn(memberOf(is, map))
        .filter((name) => steering.test(name))
        .map((name) => `${textOf(name)} changes what programs do`),
    ),
    ...disguisesIn(is),
  ];
}

/** Variables by which another program, library or host takes the place of the one that is named. */
const steering =
  /^(PATH|LD_.+|DYLD_.+|NODE_OPTIONS|NODE_TLS_REJECT_UNAUTHORIZED|NODE_PATH|PYTHON(PATH|STARTUP|HOME)|PERL5(OPT|LIB)|RUBYOPT|BASH_ENV|ENV|GIT_SSH(_COMMAND)?|.*_(PROXY|BASE_URL)|SSL_CERT_FILE|NPM_CONFIG_.+|PIP_INDEX_URL|UV_.*INDEX.*)$/i;

/** A member that is drawn like one that programs read. */
function lookAlike(member: string): string | undefined {
  const known = [...running, ...maps, 'disabled', 'enabled'];
  const twin = known.find((name) => name !== member && looksOf(name) === looksOf(member));
  return twin === undefined ? undefined : `${textOf(member)} looks like ${twin} and is another member`;
}

function runOf(is: JsonObject): string {
  const url = addresses.map((name) => is[name]).find((address) => typeof address === 'string');
  return url === undefined ? textOf(commandOf(is).map(textOf).join(' ')) || 'nothing that is known' : textOf(url);
}

function namesIn(map: JsonValue | undefined): readonly string[] {
  return isJsonObject(map) ? Object.keys(map) : [];
}

function listed(names: readonly string[]): string {
  const first = names.slice(0, 5).map(textOf).join(', ');
  return names.length > 5 ? `${first} and ${names.length - 5} more` : first;
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host || textOf(address) : textOf(address);
}

function isTime(value: JsonValue): boolean {
  return typeof value === 'number' && value >= 0 && value <= 86_400_000;
}

function serverIn(fields: JsonObject | null): JsonObject | undefined {
  const server = fields?.['server'];
  return isJsonObject(server) ? server : undefined;
}
