import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { DeviceId } from '../../base/ids.ts';
import { type Result, err } from '../../base/result.ts';
import { isAlive } from '../ground/is-alive.ts';
import { syncFolder } from '../ground/new-file.ts';
import { type DeviceKeys, type RandomBytes, deviceKeysFromSeeds } from '../../crypto/keys.ts';
import {
  type KeyFile,
  type KeyFileDamage,
  type Seeds,
  createSeeds,
  encodeKeyFile,
  mostKeyFileBytes,
  parseKeyFile,
} from './key-file-format.ts';

/** Every secret of a home, from the one file that holds them. */
export interface HomeKeys {
  readonly device: DeviceKeys;
  readonly dataKey: Uint8Array;
  readonly indexKey: Uint8Array;
  readonly vaultKey: Uint8Array;
  /** What the file holds; everything above follows from it. */
  readonly seeds: Seeds;
}

/** wrong_passphrase: the file may also have been altered. keyring: it does not answer, or lacks the key. */
export interface KeyFault {
  readonly kind: 'absent' | 'unreadable' | 'exposed' | KeyFileDamage | 'wrong_passphrase' | 'keyring';
  readonly message: string;
}

const fileName = 'device.json';

export function createHomeKeys(randomBytes: RandomBytes): HomeKeys {
  return keysOf(createSeeds(randomBytes));
}

export function keysOf(seeds: Seeds): HomeKeys {
  const { signSeed, boxSeed, hedge, dataKey, indexKey, vaultKey } = seeds;
  return { device: deviceKeysFromSeeds(signSeed, boxSeed, hedge), dataKey, indexKey, vaultKey, seeds };
}

export function deviceOf(file: KeyFile): DeviceId {
  return file.kind === 'bare' ? keysOf(file.seeds).device.deviceId : file.deviceId;
}

/** Overwrites every secret. Copies that the engine made while it worked stay until their memory is used again. */
export function wipeKeys({ seeds, device }: HomeKeys): void {
  for (const secret of [...Object.values(seeds), device.sign.secretKey, device.box.secretKey]) {
    secret.fill(0);
  }
}

/** Writes the keys of a home durably, readable by their owner alone; what stood there before is gone at once or not at all. */
export function writeKeyFile(folder: string, file: KeyFile): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writePrivateFile(join(folder, fileName), encodeKeyFile(file));
}

/** Of a home whose setting up failed: nothing is sealed under these keys. */
export function removeKeyFile(folder: string): void {
  rmSync(join(folder, fileName), { force: true });
}

/**
 * As {@link writeKeyFile}, and then overwrites the content of the file that was replaced, as far as the disk allows, and
 * removes what an earlier attempt left when it was killed.
 */
export function replaceKeyFile(folder: string, file: KeyFile): void {
  const replaced = openSync(join(folder, fileName), 'r+');
  try {
    writeKeyFile(folder, file);
    const { nlink, size } = fstatSync(replaced);
    // Under another name it is somebody's copy, which is not ours to destroy.
    if (nlink === 0) {
      writeSync(replaced, new Uint8Array(size), 0, size, 0);
      fsyncSync(replaced);
    }
  } finally {
    closeSync(replaced);
  }
  removeLeftovers(folder);
}

function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = /^device\.json\.(\d+)\.tmp$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) {
      rmSync(join(folder, name), { force: true });
    }
  }
}

export function readKeyFile(folder: string): Result<KeyFile, KeyFault> {
  const path = join(folder, fileName);
  let text: string;
  try {
    const exposed = exposure(path) ?? exposure(folder);
    if (exposed !== undefined) {
      return err({ kind: 'exposed', message: exposed });
    }
    if (statSync(path).size > mostKeyFileBytes) {
      return err(damageFault(path, 'damaged'));
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
  const parsed = parseKeyFile(text);
  return parsed.ok ? parsed : err(damageFault(path, parsed.error));
}

function damageFault(path: string, kind: KeyFileDamage): KeyFault {
  switch (kind) {
    case 'damaged':
      return {
        kind,
        message: `${path} is damaged. Restore it from a backup; without it the database of this home cannot be opened.`,
      };
    case 'version_unknown':
      return { kind, message: `${path} was written by a newer version of this program. Upgrade it to open this home.` };
    case 'weakened':
      return {
        kind,
        message: `${path} asks for a cost of guessing that this program never writes: somebody has altered it. Type no passphrase; restore the file from a backup.`,
      };
  }
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
  syncFolder(dirname(path));
}

/** Why others may reach a file of keys, with what to do; undefined when only its owner can. */
export function exposure(path: string): string | undefined {
  if (process.platform === 'win32') {
    return undefined;
  }
  const { mode, uid } = statSync(path);
  if ((mode & 0o077) !== 0) {
    return `${path} may be read by others (mode ${(mode & 0o777).toString(8)}). Make it private with: chmod go= ${path}`;
  }
  return uid === process.getuid?.() ? undefined : `${path} belongs to another user. Its owner must run this command.`;
}
