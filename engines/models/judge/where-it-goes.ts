import { type JsonObject, type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import { looksOf } from '../../../src/base/look-alike.ts';
import { type Reach, furthest, reachOf, runsInCloud } from './reach.ts';

/** Where the prompts of a record go, by what is in it. */
export interface Destination {
  readonly reach: Reach;
  /** What says so. */
  readonly by: string;
}

/** Providers that Continue asks on this machine where no address is given. */
const ownDefaults = ['ollama', 'lmstudio', 'llama.cpp', 'llamafile'];

/** Undefined for a record that sends nothing anywhere, as far as can be told. */
export function destinationOf(fields: JsonObject): Destination | undefined {
  const found = [...endpointsIn(fields), ...cloudModelsIn(fields)];
  const reach = furthest(found.map((one) => one.reach));
  const furthestOne = found.find((one) => one.reach === reach);
  if (furthestOne !== undefined) {
    return furthestOne;
  }
  return isRoute(fields)
    ? defaultOf(fields)
    : isObservedModel(fields)
      ? { reach: 'local', by: 'this machine' }
      : undefined;
}

/** True where a record calls itself local and is not. */
export function saysLocalFalsely(fields: JsonObject): boolean {
  const claims = Object.entries(fields).some(([name, value]) => looksOf(name) === looksOf('local') && !deniesIt(value));
  const destination = destinationOf(fields);
  return claims && destination !== undefined && destination.reach !== 'local';
}

function deniesIt(value: JsonValue): boolean {
  return value === false || value === null || value === 'false' || value === 0 || value === '';
}

function isRoute({ kind, app, settings }: JsonObject): boolean {
  return kind === 'route' && typeof app === 'string' && settings !== undefined;
}

function isObservedModel({ kind, app }: JsonObject): boolean {
  return kind === 'model' && typeof app === 'string' && stores.includes(app);
}

/** What runs models from files of its own. */
const stores = ['ollama', 'lmstudio', 'huggingface', 'llama-cpp'];

function defaultOf({ app, settings }: JsonObject): Destination {
  const provider = isJsonObject(settings) ? settings['provider'] : undefined;
  const isOwn = app === 'continue' && typeof provider === 'string' && ownDefaults.includes(provider);
  return {
    reach: isOwn ? 'local' : 'remote',
    by: `the address that ${typeof provider === 'string' ? provider : String(app)} has by default`,
  };
}

/** Every text that is, or by its name is, an address. */
function endpointsIn(fields: JsonObject): readonly Destination[] {
  const name = typeof fields['name'] === 'string' ? fields['name'] : '';
  return textsIn(fields)
    .filter(({ path, text }) => text !== '' && (hasScheme(text) || isAddressName(nameOf(path, name))))
    .map(({ text }) => ({ reach: reachOf(text), by: text }));
}

/** A unit that is one value is named by its record. */
function nameOf(path: readonly string[], recordName: string): string {
  const own = path.filter((part) => !/^\d+$/.test(part)).at(-1) ?? '';
  return own === 'settings' ? recordName : own;
}

function hasScheme(text: string): boolean {
  return /^\s*[a-z][a-z0-9+.-]*:[/\\]{1,2}/i.test(text) || (text.length < longestAddress && /^\S*:\/\/\S*$/.test(text));
}

const longestAddress = 2000;

/** By how it looks: `apiBase`, `api_url`, `openai-api-base`, `OLLAMA_HOST`. */
export function isAddressName(name: string): boolean {
  const plain = looksOf(name).replaceAll(/[^a-z0-9]/g, '');
  return addressEnds.some((word) => plain.endsWith(word)) || addressWords.includes(plain);
}

const addressEnds = [
  ...['endpoint', 'url', 'uri', 'apibase', 'host', 'hostname', 'proxy', 'address', 'destination', 'server', 'target'],
  ...['origin', 'domain', 'gateway', 'upstream'],
].map(looksOf);
const addressWords = ['ip', 'base'].map(looksOf);

/** Names of models anywhere in it: as values, or as names of members. */
function cloudModelsIn(fields: JsonObject): readonly Destination[] {
  const names = textsIn(fields).flatMap(({ path, text }) => [text, ...path]);
  const models = names.filter((name) => /[:.-]/.test(name) && runsInCloud(name));
  return models.map((model) => ({ reach: 'remote' as const, by: `${model}, which runs in a cloud` }));
}

interface PlacedText {
  readonly path: readonly string[];
  readonly text: string;
}

const freeTexts = ['description', 'comment', 'notes', 'title'];

function textsIn(value: JsonValue, path: readonly string[] = []): readonly PlacedText[] {
  if (typeof value === 'string') {
    return freeTexts.includes(path.at(-1) ?? '') ? [] : [{ path, text: value }];
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([name, inner]) => textsIn(inner as JsonValue, [...path, name]));
}
