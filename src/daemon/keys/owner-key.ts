import { linkSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { base64urlFromBytes, bytesFromBase64url } from '../../base/bytes.ts';
import { isJsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type KeyPair, signPairFromSeed } from '../../crypto/keys.ts';
import { exposure, writePrivateFile } from './key-file.ts';
import { randomBytes } from './open-home.ts';

const fileName = 'owner-client.json';

/**
 * The key that signs the privileged calls of the person's own command line, made when it is first asked for. Two
 * processes that ask at once get the same one. An exposed or damaged file is a fault in words.
 */
export function ownerKey(folder: string): Result<KeyPair, string> {
  const path = join(folder, fileName);
  try {
    return readKey(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') {
      return err(`${path} cannot be read: ${(cause as Error).message}`);
    }
  }
  makeKey(folder, path);
  return readKey(path);
}

/** What the daemon holds envelopes of the person's command line against; null when its file is not to be used. */
export function ownerPublicKey(folder: string): Uint8Array | null {
  const key = ownerKey(folder);
  return key.ok ? key.value.publicKey : null;
}

function readKey(path: string): Result<KeyPair, string> {
  const exposed = exposure(path);
  const seed = exposed === undefined ? parseSeed(readFileSync(path, 'utf8')) : undefined;
  if (seed !== undefined) {
    return ok(signPairFromSeed(seed));
  }
  return err(exposed ?? `${path} is damaged. Remove it; a new one is made at the next privileged command.`);
}

function makeKey(folder: string, path: string): void {
  const temporary = `${path}.${base64urlFromBytes(randomBytes(9))}`;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writePrivateFile(temporary, `${JSON.stringify({ version: 1, seed: base64urlFromBytes(randomBytes(32)) })}\n`);
  try {
    // Unlike a rename, a link never takes the place of a key that another process has made meanwhile.
    linkSync(temporary, path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw cause;
    }
  } finally {
    rmSync(temporary, { force: true });
  }
}

function parseSeed(text: string): Uint8Array | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const seed = isJsonObject(value) && value['version'] === 1 ? value['seed'] : undefined;
    const bytes = typeof seed === 'string' ? bytesFromBase64url(seed) : undefined;
    return bytes?.length === 32 ? bytes : undefined;
  } catch {
    return undefined;
  }
}
