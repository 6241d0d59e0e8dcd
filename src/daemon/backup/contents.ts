import { type DeviceId, parseDeviceId } from '../../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { arrayOf, exactObject, integerOf } from '../../membership/parse/json-fields.ts';

/** One file of a home in a backup. */
export interface BackedUpFile {
  /** `store.db`, `keys/device.json`, `config/config.toml`, `config/engines.d/NAME` or `place-copies/NAME`. */
  readonly path: string;
  readonly sizeBytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/** What a backup says of itself, behind its files. */
export interface BackupContents {
  readonly deviceId: DeviceId;
  /** RFC 3339 */
  readonly createdAt: string;
  /** Of the program that wrote it. */
  readonly version: string;
  /** Number of the store's schema. */
  readonly store: number;
  readonly files: readonly BackedUpFile[];
}

export const storePath = 'store.db';
export const keysPath = 'keys/device.json';
export const configPath = 'config/config.toml';
/** Folders of which a backup holds the files, flat. */
export const folderPaths = ['config/engines.d', 'place-copies'] as const;

const mostFiles = 10_000;

/** True for a path that a home has: nothing of a backup is ever written anywhere else. */
export function isKnownPath(path: string): boolean {
  const folder = folderPaths.find((known) => path.startsWith(`${known}/`));
  const name = folder === undefined ? '' : path.slice(folder.length + 1);
  return [storePath, keysPath, configPath].includes(path) || isPlainName(name);
}

/** The name of a file in a folder, on every system. */
export function isPlainName(name: string): boolean {
  return name.length > 0 && name.length <= 255 && name !== '.' && name !== '..' && !/[/\\\u0000]/.test(name);
}

export function contentsOf(value: JsonValue | undefined): BackupContents | undefined {
  const object = exactObject(value, ['deviceId', 'createdAt', 'version', 'store', 'files']);
  const deviceId = typeof object?.['deviceId'] === 'string' ? parseDeviceId(object['deviceId']) : undefined;
  const { createdAt, version } = object ?? {};
  const store = integerOf(object?.['store'], 1, Number.MAX_SAFE_INTEGER);
  const files = arrayOf(object?.['files'], mostFiles, fileOf);
  return deviceId === undefined ||
    typeof createdAt !== 'string' ||
    typeof version !== 'string' ||
    store === undefined ||
    files === undefined
    ? undefined
    : { deviceId, createdAt, version, store, files };
}

export function contentsBody({ files, ...rest }: BackupContents): JsonObject {
  return { ...rest, files: files.map((file) => ({ ...file })) };
}

function fileOf(value: JsonValue): BackedUpFile | undefined {
  const { path, sha256 } = isJsonObject(value) ? value : {};
  const sizeBytes = isJsonObject(value) ? integerOf(value['sizeBytes'], 0, Number.MAX_SAFE_INTEGER) : undefined;
  return typeof path === 'string' && isKnownPath(path) && typeof sha256 === 'string' && sizeBytes !== undefined
    ? { path, sizeBytes, sha256 }
    : undefined;
}
