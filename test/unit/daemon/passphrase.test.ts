import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyFromPassphrase, passphraseCost } from '../../../src/crypto/passphrase.ts';
import {
  keyProtection,
  namedPassphrase,
  protectKeys,
  requestedProtection,
} from '../../../src/daemon/keys/key-commands.ts';
import { createHomeKeys, writeKeyFile } from '../../../src/daemon/keys/key-file.ts';
import { homePaths } from '../../../src/daemon/ground/home.ts';
import {
  type Passphrase,
  deriveKey,
  parsePassphrase,
  readPassphraseFile,
} from '../../../src/daemon/keys/passphrase.ts';
import { createRandom } from '../../simulation/random.ts';
import { temporaryFolder } from './temporary-folder.ts';

const words = 'correct horse battery staple';
const salt = new Uint8Array(16).fill(1);

function fileOf(content: string | Uint8Array, mode = 0o600): string {
  const path = join(temporaryFolder(), 'passphrase');
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

describe('4 a passphrase file', () => {
  it.each([words, `${words}\n`, `${words}\r\n`])('%j holds the passphrase', (content) => {
    expect(readPassphraseFile(fileOf(content))).toEqual({ ok: true, value: words });
  });

  it.each<[string, string | Uint8Array]>([
    ['nothing', ''],
    ['an empty line', '\n'],
    ['two lines', 'one\ntwo\n'],
    ['two ends of line', `${words}\n\n`],
    ['too much', 'x'.repeat(1025)],
    ['far too much', 'x'.repeat(100_000)],
    ['what is no text', Uint8Array.of(0xff, 0xfe, 0x41)],
  ])('with %s is refused, and no message quotes it', (_what, content) => {
    const path = fileOf(content);
    const read = readPassphraseFile(path);
    expect(read).toMatchObject({ ok: false, error: expect.stringContaining(path) });
    expect(JSON.stringify(read)).not.toContain('xxx');
  });

  it.each([0o604, 0o602, 0o644, 0o666])('that everybody may open is refused: mode %i', (mode) => {
    expect(readPassphraseFile(fileOf(words, mode))).toMatchObject({
      ok: false,
      error: expect.stringContaining('chmod'),
    });
  });

  it('that a service reads through its group is fine; a folder and nothing are not', () => {
    expect(readPassphraseFile(fileOf(words, 0o440)).ok).toBe(true);
    const folder = join(temporaryFolder(), 'folder');
    mkdirSync(folder, { mode: 0o700 });
    for (const path of [folder, join(folder, 'nothing')]) {
      expect(readPassphraseFile(path)).toMatchObject({ ok: false, error: expect.stringContaining(path) });
    }
  });
});

describe('the key of a passphrase', () => {
  it('is the same in a thread of its own as here, and another one for another salt', async () => {
    const passphrase = parsePassphrase(words) as Passphrase;
    const here = keyFromPassphrase(new TextEncoder().encode(words), salt, passphraseCost);
    expect(await deriveKey(passphrase, salt, passphraseCost)).toEqual(here);
    expect(
      await deriveKey(
        passphrase,
        salt.map((byte) => byte + 1),
        passphraseCost,
      ),
    ).not.toEqual(here);
  });

  it('49 is not worked out at a cost, or with a salt, that is not accepted', async () => {
    for (const cost of [
      { ...passphraseCost, operations: 2 },
      { ...passphraseCost, memoryBytes: passphraseCost.memoryBytes / 2 },
      { ...passphraseCost, memoryBytes: 2 ** 40 },
    ]) {
      expect(keyFromPassphrase(new Uint8Array(8), salt, cost)).toBeUndefined();
      await expect(deriveKey(words as Passphrase, salt, cost)).rejects.toThrow('accepted cost');
    }
    expect(keyFromPassphrase(new Uint8Array(8), new Uint8Array(15), passphraseCost)).toBeUndefined();
  });
});

describe('how a home asks to be protected', () => {
  const request = (passphraseFile?: string, keyring = false): Parameters<typeof requestedProtection>[0] => ({
    ...{ passphraseFile, keyring },
  });

  it('flag, then environment, then a bare file', () => {
    const environment = { SOURCESYNC_PASSPHRASE_FILE: fileOf('the one of the environment') };
    const byPassphrase = (passphrase: string): object => ({ wanted: { kind: 'passphrase', passphrase } });
    expect(requestedProtection(request(fileOf(words)), environment)).toEqual(byPassphrase(words));
    expect(requestedProtection(request(), environment)).toEqual(byPassphrase('the one of the environment'));
    expect(requestedProtection(request(undefined, true), environment)).toEqual({ wanted: { kind: 'keyring' } });
    expect(requestedProtection(request(), {})).toEqual({ wanted: { kind: 'bare' } });
    expect(namedPassphrase(undefined, { SOURCESYNC_PASSPHRASE_FILE: '' })).toEqual({ passphrase: undefined });
  });

  it('a short passphrase protects nothing', async () => {
    expect(requestedProtection(request(fileOf('seven77')), {})).toMatchObject({ exitCode: 2 });
    const paths = homePaths(temporaryFolder(), {});
    expect(keyProtection(paths)).toMatchObject({ exitCode: 5 });
    writeKeyFile(paths.keys, { kind: 'bare', seeds: createHomeKeys(createRandom(1, 'keys').bytes).seeds });
    for (const next of ['seven77', '', undefined, 'x'.repeat(1025)]) {
      expect(await protectKeys(paths, {}, { kind: 'passphrase', current: undefined, next })).toMatchObject({
        exitCode: 2,
      });
    }
    expect(keyProtection(paths)).toEqual({ protection: 'bare' });
    expect(await protectKeys(paths, {}, { kind: 'passphrase', current: undefined, next: words })).toEqual({
      protection: 'passphrase',
    });
    expect(await protectKeys(paths, {}, { kind: 'bare', current: 'not these words', next: undefined })).toMatchObject({
      ...{ exitCode: 1, message: expect.stringMatching(/^Nothing was changed/) },
    });
  });
});
