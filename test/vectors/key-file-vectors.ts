import { bytesFromHex, hexFromBytes } from '../../src/base/bytes.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { keyFromPassphrase, passphraseCost } from '../../src/crypto/passphrase.ts';
import { encodeKeyFile, sealSeeds } from '../../src/daemon/keys/key-file-format.ts';
import { createHomeKeys } from '../../src/daemon/keys/key-file.ts';
import type { VectorSet } from './vectors.ts';

const filled = (byte: number, size = 32): string => byte.toString(16).padStart(2, '0').repeat(size);
const secrets = { seeds: [1, 2, 3, 4, 5, 6].map((byte) => filled(byte)), nonce: filled(7, 24) };

/** Sealed key files; where a passphrase is named, the key is derived from it. */
export const keyFiles: VectorSet = {
  name: 'key-file',
  about:
    'the key file, version 2: seeds are sign, box, hedge, data, index, vault; a passphrase is UTF-8 in form C, its key Argon2id at the stated cost',
  inputs: [
    { ...secrets, passphrase: 'correct horse battery staple', salt: filled(8, 16), ...passphraseCost },
    { ...secrets, passphrase: 'Größe und Maß', salt: filled(9, 16), ...passphraseCost },
    { ...secrets, keyringKey: filled(10), account: 'CwsLCwsLCwsLCwsLCwsLCw' },
  ],
  compute(input) {
    const seeds = [...(input['seeds'] as readonly string[])];
    const { seeds: held, device } = createHomeKeys(() => bytes(seeds.shift() ?? ''));
    const salt = bytes(String(input['salt'] ?? ''));
    const cost = { memoryBytes: Number(input['memoryBytes']), operations: Number(input['operations']) };
    const derived = keyFromPassphrase(new TextEncoder().encode(String(input['passphrase'])), salt, cost);
    const key = derived ?? bytes(String(input['keyringKey']));
    const file = sealSeeds({
      ...{ seeds: held, deviceId: device.deviceId, key: key.slice(), randomBytes: () => bytes(String(input['nonce'])) },
      protection:
        derived === undefined
          ? { kind: 'keyring', account: String(input['account']) }
          : { kind: 'passphrase', salt, ...cost },
    });
    return { key: hexFromBytes(key), text: encodeKeyFile(file) } satisfies JsonObject;
  },
};

function bytes(hex: string): Uint8Array {
  const read = bytesFromHex(hex);
  if (read === undefined) {
    throw new Error(`vector input ${hex} is malformed`);
  }
  return read;
}
