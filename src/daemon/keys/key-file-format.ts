import { base64urlFromBytes, concat, utf8 } from '../../base/bytes.ts';
import { canonicalBytes, canonicalText, parseCanonicalIntegers } from '../../base/canonical-json.ts';
import { type DeviceId, parseDeviceId } from '../../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { frame } from '../../crypto/frame.ts';
import type { RandomBytes } from '../../crypto/keys.ts';
import { isAcceptedCost, passphraseSaltSizeBytes } from '../../crypto/passphrase.ts';
import { nonceSizeBytes, openAead, sealAead, tagSizeBytes } from '../../crypto/seal.ts';
import { bytesOf, exactObject, integerOf } from '../../membership/parse/json-fields.ts';

const seedNames = ['signSeed', 'boxSeed', 'hedge', 'dataKey', 'indexKey', 'vaultKey'] as const;
const seedSizeBytes = 32;
const sealedSizeBytes = seedNames.length * seedSizeBytes + tagSizeBytes;
/** The longest file of either version is well below this. */
export const mostKeyFileBytes = 4096;
const accountSizeBytes = 16;

/** 32 random bytes each. */
export type Seeds = Readonly<Record<(typeof seedNames)[number], Uint8Array>>;

export interface PassphraseProtection {
  readonly kind: 'passphrase';
  readonly memoryBytes: number;
  readonly operations: number;
  readonly salt: Uint8Array;
}

/** The key lies in the keyring of the operating system, under this name of 16 random bytes in base64url. */
export interface KeyringProtection {
  readonly kind: 'keyring';
  readonly account: string;
}

export type SealedProtection = PassphraseProtection | KeyringProtection;

export interface SealedKeyFile {
  readonly kind: 'sealed';
  readonly protection: SealedProtection;
  /** Whose keys these are, readable while they are locked. */
  readonly deviceId: DeviceId;
  readonly nonce: Uint8Array;
  readonly ciphertext: Uint8Array;
}

export interface BareKeyFile {
  readonly kind: 'bare';
  readonly seeds: Seeds;
}

export type KeyFile = BareKeyFile | SealedKeyFile;

/**
 * version_unknown: written by a newer program. weakened: the cost of a guess is not one that this program writes, so
 * the file was altered. damaged: anything else that is not a key file.
 */
export type KeyFileDamage = 'damaged' | 'version_unknown' | 'weakened';

export function createSeeds(randomBytes: RandomBytes): Seeds {
  return seedsFrom(() => randomBytes(seedSizeBytes));
}

/** Seals seeds under a key that serves this file alone. */
export function sealSeeds(options: {
  readonly seeds: Seeds;
  readonly deviceId: DeviceId;
  readonly protection: SealedProtection;
  readonly key: Uint8Array;
  readonly randomBytes: RandomBytes;
}): SealedKeyFile {
  const { seeds, deviceId, protection, key, randomBytes } = options;
  const nonce = randomBytes(nonceSizeBytes);
  const plaintext = concat(seedNames.map((name) => seeds[name]));
  const ciphertext = sealAead(key, nonce, additionalData(deviceId, protection), plaintext);
  plaintext.fill(0);
  return { kind: 'sealed', protection, deviceId, nonce, ciphertext };
}

/** Undefined when the key is not the right one, or anything in the file was altered. */
export function openSeeds(file: SealedKeyFile, key: Uint8Array): Seeds | undefined {
  const { nonce, ciphertext, deviceId, protection } = file;
  const plaintext = openAead(key, nonce, additionalData(deviceId, protection), ciphertext);
  if (plaintext === undefined) {
    return undefined;
  }
  const seeds = seedsFrom((index) => plaintext.slice(index * seedSizeBytes, (index + 1) * seedSizeBytes));
  plaintext.fill(0);
  return seeds;
}

export function encodeKeyFile(file: KeyFile): string {
  if (file.kind === 'bare') {
    const texts = Object.fromEntries(seedNames.map((name) => [name, base64urlFromBytes(file.seeds[name])]));
    return `${JSON.stringify({ version: 1, ...texts }, null, 2)}\n`;
  }
  const { protection, deviceId, nonce, ciphertext } = file;
  const sealed = { nonce: base64urlFromBytes(nonce), ciphertext: base64urlFromBytes(ciphertext) };
  return `${canonicalText({ ...headerOf(deviceId, protection), ...sealed })}\n`;
}

/** Reads either version. Version 2 is canonical JSON and a line feed, byte for byte; it never throws on input. */
export function parseKeyFile(text: string): Result<KeyFile, KeyFileDamage> {
  if (text.length > mostKeyFileBytes) {
    return err('damaged');
  }
  const version = versionOf(text);
  switch (version?.number) {
    case undefined:
      return err('damaged');
    case 1:
      return parseBare(version?.object ?? {});
    case 2:
      return parseSealed(text);
    default:
      return err('version_unknown');
  }
}

function versionOf(text: string): { readonly number: number; readonly object: JsonObject } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const number = isJsonObject(value) && Object.hasOwn(value, 'version') ? value['version'] : undefined;
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0
    ? { number, object: value as JsonObject }
    : undefined;
}

function parseBare(object: JsonObject): Result<KeyFile, KeyFileDamage> {
  const found = seedNames.map((name) => bytesOf(object[name], seedSizeBytes));
  return found.every((seed) => seed !== undefined)
    ? ok({ kind: 'bare', seeds: seedsFrom((index) => found[index] as Uint8Array) })
    : err('damaged');
}

function parseSealed(text: string): Result<KeyFile, KeyFileDamage> {
  const parsed = text.endsWith('\n') ? parseCanonicalIntegers(utf8(text.slice(0, -1))) : undefined;
  const object = parsed?.ok === true ? exactObject(parsed.value, sealedNames) : undefined;
  if (object === undefined) {
    return err('damaged');
  }
  const protection = parseProtection(object['protection']);
  if (!protection.ok) {
    return protection;
  }
  const deviceId = typeof object['deviceId'] === 'string' ? parseDeviceId(object['deviceId']) : undefined;
  const nonce = bytesOf(object['nonce'], nonceSizeBytes);
  const ciphertext = bytesOf(object['ciphertext'], sealedSizeBytes);
  return deviceId === undefined || nonce === undefined || ciphertext === undefined
    ? err('damaged')
    : ok({ kind: 'sealed', protection: protection.value, deviceId, nonce, ciphertext });
}

const sealedNames = ['version', 'protection', 'deviceId', 'nonce', 'ciphertext'];
const passphraseNames = ['kind', 'algorithm', 'memoryBytes', 'operations', 'salt'];
const algorithm = 'argon2id13';

function parseProtection(value: JsonValue | undefined): Result<SealedProtection, KeyFileDamage> {
  const keyring = exactObject(value, ['kind', 'account']);
  if (keyring?.['kind'] === 'keyring') {
    const account = bytesOf(keyring['account'], accountSizeBytes);
    return account === undefined ? err('damaged') : ok({ kind: 'keyring', account: base64urlFromBytes(account) });
  }
  const object = exactObject(value, passphraseNames);
  const memoryBytes = integerOf(object?.['memoryBytes'], 0, Number.MAX_SAFE_INTEGER);
  const operations = integerOf(object?.['operations'], 0, Number.MAX_SAFE_INTEGER);
  const salt = bytesOf(object?.['salt'], passphraseSaltSizeBytes);
  const isPassphrase = object?.['kind'] === 'passphrase' && object['algorithm'] === algorithm;
  if (!isPassphrase || memoryBytes === undefined || operations === undefined || salt === undefined) {
    return err('damaged');
  }
  return isAcceptedCost({ memoryBytes, operations })
    ? ok({ kind: 'passphrase', memoryBytes, operations, salt })
    : err('weakened');
}

export function createAccount(randomBytes: RandomBytes): string {
  return base64urlFromBytes(randomBytes(accountSizeBytes));
}

function headerOf(deviceId: DeviceId, protection: SealedProtection): JsonObject {
  const told =
    protection.kind === 'keyring'
      ? { ...protection }
      : { ...protection, algorithm, salt: base64urlFromBytes(protection.salt) };
  return { version: 2, deviceId, protection: told };
}

/** Everything that stands in the clear: an altered parameter, salt or owner does not open. */
function additionalData(deviceId: DeviceId, protection: SealedProtection): Uint8Array {
  return frame('key-file', canonicalBytes(headerOf(deviceId, protection)));
}

function seedsFrom(seedAt: (index: number) => Uint8Array): Seeds {
  return Object.fromEntries(seedNames.map((name, index) => [name, seedAt(index)])) as unknown as Seeds;
}
