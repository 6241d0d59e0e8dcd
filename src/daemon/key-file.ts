import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { base64urlFromBytes, bytesFromBase64url } from '../base/bytes.ts';
import { isJsonObject } from '../base/json.ts';
import { type Result, err, ok } from '../base/result.ts';
import { type DeviceKeys, type RandomBytes, deviceKeysFromSeeds } from '../crypto/keys.ts';

/** Every secret of a home, from the one file that holds them. */
export interface HomeKeys {
  readonly device: DeviceKeys;
  readonly dataKey: Uint8Array;
  readonly indexKey: Uint8Array;
  readonly vaultKey: Uint8Array;
  /** What the file holds; everything above follows from it. */
  readonly seeds: Seeds;
}

export interface KeyFault {
  readonly kind: 'absent' | 'unreadable' | 'exposed';
  readonly message: string;
}

const fileName = 'device.json';
const seedNames = ['signSeed', 'boxSeed', 'hedge', 'dataKey', 'indexKey', 'vaultKey'] as const;

/** 32 random bytes each. */
export type Seeds = Readonly<Record<(typeof seedNames)[number], Uint8Array>>;

export function createHomeKeys(randomBytes: RandomBytes): HomeKeys {
  return keysOf(Object.fromEntries(seedNames.map((name) => [name, randomBytes(32)])) as unknown as Seeds);
}

/** Writes a new home's keys durably, readable by their owner alone. */
export function writeHomeKeys(folder: string, { seeds }: HomeKeys): void {
  const texts = Object.fromEntries(seedNames.map((name) => [name, base64urlFromBytes(seeds[name])]));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writePrivateFile(join(folder, fileName), `${JSON.stringify({ version: 1, ...texts }, null, 2)}\n`);
}

export function readHomeKeys(folder: string): Result<HomeKeys, KeyFault> {
  const path = join(folder, fileName);
  let text: string;
  try {
    const exposed = exposure(path) ?? exposure(folder);
    if (exposed !== undefined) {
      return err({ kind: 'exposed', message: exposed });
    }
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'ENOENT'
      ? err({
          kind: 'absent',
          message: `No device is set up here (${path} does not exist). Set one up with: sourcesync init, or: sourcesync pair join CODE`,
        })
      : err({ kind: 'unreadable', message: `${path} cannot be read: ${(cause as Error).message}` });
  }
  const seeds = parseSeeds(text);
  if (seeds === undefined) {
    return err({
      kind: 'unreadable',
      message: `${path} is damaged. Restore it from a backup; without it the database of this home cannot be opened.`,
    });
  }
  return ok(keysOf(seeds));
}

function keysOf(seeds: Seeds): HomeKeys {
  const { signSeed, boxSeed, hedge, dataKey, indexKey, vaultKey } = seeds;
  return { device: deviceKeysFromSeeds(signSeed, boxSeed, hedge), dataKey, indexKey, vaultKey, seeds };
}

/** Writes a file that only its owner may read: temporary file, fsync, rename, fsync of the folder. */
export function writePrivateFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  const file = openSync(temporary, 'w', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  if (process.platform !== 'win32') {
    const folder = openSync(dirname(path), 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  }
}

function exposure(path: string): string | undefined {
  if (process.platform === 'win32') {
    return undefined;
  }
  const { mode, uid } = statSync(path);
  if ((mode & 0o077) !== 0) {
    return `${path} may be read by others (mode ${(mode & 0o777).toString(8)}). Make it private with: chmod go= ${path}`;
  }
  return uid === process.getuid?.() ? undefined : `${path} belongs to another user. Its owner must run this command.`;
}

function parseSeeds(text: string): Seeds | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value) || value['version'] !== 1) {
    return undefined;
  }
  const seeds: Partial<Record<(typeof seedNames)[number], Uint8Array>> = {};
  for (const name of seedNames) {
    const text64 = value[name];
    const bytes = typeof text64 === 'string' ? bytesFromBase64url(text64) : undefined;
    if (bytes?.length !== 32) {
      return undefined;
    }
    seeds[name] = bytes;
  }
  return seeds as Seeds;
}
