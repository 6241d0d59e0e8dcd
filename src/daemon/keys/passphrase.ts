import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { utf8 } from '../../base/bytes.ts';
import type { Brand } from '../../base/brand.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { PassphraseCost } from '../../crypto/passphrase.ts';
import { packageRoot } from '../ground/package-root.ts';
import { readSecretFile } from '../ground/secret-file.ts';
import type { PassphraseTask } from './passphrase-worker.ts';

/** 1 to 1,024 bytes of text in Unicode normal form C, so that every keyboard spells it alike. */
export type Passphrase = Brand<string, 'Passphrase'>;

const mostBytes = 1024;
const leastNewCharacters = 8;
const workerProgram = join(packageRoot, 'dist', 'program', 'passphrase-worker.js');

export function parsePassphrase(text: string): Passphrase | undefined {
  const normal = text.normalize('NFC');
  const sizeBytes = utf8(normal).length;
  return normal.isWellFormed() && sizeBytes > 0 && sizeBytes <= mostBytes ? (normal as Passphrase) : undefined;
}

/** Why a passphrase may not protect keys from now on; undefined when it may. */
export function weaknessOf(passphrase: Passphrase): string | undefined {
  return [...passphrase].length < leastNewCharacters
    ? `A passphrase has at least ${leastNewCharacters} characters. Take several words that do not belong together.`
    : undefined;
}

/** The first line of a file that others may not read, which is what the variables named *_FILE point at. */
export function readPassphraseFile(path: string): Result<Passphrase, string> {
  const read = readSecretFile(path, 'a passphrase', 2 * mostBytes);
  if (!read.ok) {
    return read;
  }
  const text = read.value.replace(/\r?\n$/, '');
  const passphrase = /[\r\n]/.test(text) ? undefined : parsePassphrase(text);
  return passphrase === undefined
    ? err(`${path} is no passphrase file: it holds one line of 1 to ${mostBytes} bytes of text.`)
    : ok(passphrase);
}

/** 32 bytes by Argon2id, worked out in a thread of its own so that the daemon goes on answering. */
export async function deriveKey(passphrase: Passphrase, salt: Uint8Array, cost: PassphraseCost): Promise<Uint8Array> {
  const bytes = new Uint8Array(utf8(passphrase));
  const workerData: PassphraseTask = { passphrase: bytes, salt, cost };
  const worker = new Worker(workerProgram, { workerData, transferList: [bytes.buffer] });
  try {
    return await new Promise<Uint8Array>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => {
        reject(new Error(`the thread that derives a key ended with ${code} before it answered`));
      });
    });
  } finally {
    await worker.terminate();
  }
}
