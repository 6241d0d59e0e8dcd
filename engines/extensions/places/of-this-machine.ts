import { type JsonObject, type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import { namesHome } from '../../shared/home-folder.ts';
import { holdsKnownToken } from '../../shared/known-tokens.ts';

/** Settings that the editor itself keeps for each machine: interpreters, sets of tools, hosts that it reaches. */
const machineKeys =
  /^(python\.(defaultInterpreterPath|pythonPath|condaPath|poetryPath|pipenvPath|venvPath|venvFolders)|java\.(home|jdt\.ls\.java\.home|configuration\.runtimes|import\.gradle\.(java\.)?home)|go\.(goroot|gopath|toolsGopath)|dart\.(flutterS|s)dkPaths?|remote\..+|window\.zoomLevel|telemetry\.(machineId|sessionId|devDeviceId|instanceId))$/;

/** What is given to a server as it is. */
const givenAsItIs = /\b(bearer|basic)\s+[\w+/.~=-]{8}/i;

/** Said of what is of this machine. */
export const whyHeld = 'it is of this machine, holds what looks like a secret, or is kept out of synchronisation';

/** True where what it says is only true of one machine, or is nobody else's business: it is left where it stands. */
export function isOfThisMachine(name: string, value: JsonValue, home: string): boolean {
  return (
    machineKeys.test(name) || textsIn(name, value).some((text) => namesHome(text, home)) || holdsSecret(name, value)
  );
}

function holdsSecret(name: string, value: JsonValue): boolean {
  if (typeof value === 'string') {
    return isSecretText(value) || (isSecretName(name) && value !== '' && !/^\$\{[\w:.-]+\}$/.test(value));
  }
  if (typeof value === 'number') {
    return /(password|passphrase|pin|secret)$/.test(plainName(name));
  }
  if (Array.isArray(value)) {
    return value.some((item: JsonValue, index) => holdsSecret(name, item) || isSecretOption(item, value[index + 1]));
  }
  return (
    isJsonObject(value) &&
    (isSecretPair(value) || Object.entries(value).some(([member, inner]) => holdsSecret(member, inner)))
  );
}

function isSecretText(text: string): boolean {
  const plain = decoded(text);
  return (
    holdsKnownToken(plain) || givenAsItIs.test(plain) || /^--?[\w-]*(token|password|secret|api-?key)[= ]\S/i.test(plain)
  );
}

/** `{ "name": "Authorization", "value": "…" }` */
function isSecretPair({ value, ...named }: JsonObject): boolean {
  const isNamed = ['name', 'key', 'header'].some((member) => {
    const name = named[member];
    return typeof name === 'string' && isSecretName(name);
  });
  return isNamed && typeof value === 'string' && value !== '';
}

/** `--token` and the word behind it, or a header as a pair. */
function isSecretOption(option: JsonValue, next: JsonValue | undefined): boolean {
  return (
    typeof option === 'string' &&
    typeof next === 'string' &&
    /^(-|authorization$|x-)/i.test(option) &&
    isSecretName(option)
  );
}

function isSecretName(name: string): boolean {
  return /(token|password|passwd|passphrase|secret|apikey|accesskey|privatekey|secretkey|credentials?|authorization|cookie)s?$/.test(
    plainName(name),
  );
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

function textsIn(name: string, value: JsonValue): readonly string[] {
  if (typeof value === 'string') {
    return [name, value];
  }
  if (Array.isArray(value)) {
    return [name, ...value.flatMap((item: JsonValue) => textsIn('', item))];
  }
  return isJsonObject(value)
    ? [name, ...Object.entries(value).flatMap(([member, inner]) => textsIn(member, inner))]
    : [name];
}

/** What stands percent-coded in an address is the same place. */
function decoded(text: string): string {
  return text.replaceAll(/%([2-7][0-9a-f])/gi, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
