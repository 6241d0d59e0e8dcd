import { bytesFromHex, hexFromBytes } from '../../src/base/bytes.ts';
import { scopeIdFromBytes } from '../../src/base/ids.ts';
import { chunkAddressOf } from '../../src/blobs/address.ts';
import { blobKeyOf, sealChunk } from '../../src/blobs/chunk.ts';
import { gearOf } from '../../src/blobs/cut.ts';
import { encodeChunkList } from '../../src/contract/chunk-list.ts';
import { sha256 } from '../../src/crypto/hash.ts';
import type { VectorSet } from './vectors.ts';

const filled = (byte: number, size = 32): string => byte.toString(16).padStart(2, '0').repeat(size);

/** A file of one chunk: its key, the first numbers of its table, the sealed chunk and the list. */
export const chunkVectors: VectorSet = {
  name: 'chunk',
  about: 'a file of one chunk: blobKey, the first eight numbers that cut it (u32be each), the chunk sealed, and its list',
  inputs: [
    { epochKey: filled(1), scope: filled(2), epoch: 0, chunk: filled(7, 3) },
    { epochKey: filled(3), scope: filled(4), epoch: 258, chunk: filled(9, 300) },
  ],
  compute(input) {
    const epochKey = bytes(input['epochKey']);
    const scopeId = scopeIdFromBytes(bytes(input['scope']));
    const epoch = Number(input['epoch']);
    const chunk = bytes(input['chunk']);
    const blobKey = blobKeyOf(epochKey, scopeId);
    const { id, sealed } = sealChunk(scopeId, { blobKey, epoch, epochKey }, chunk);
    const sizeBytes = chunk.length;
    const address = bytes(chunkAddressOf(sealed));
    const chunks = [{ id, address, sizeBytes }];
    const list = encodeChunkList({ keyEpoch: epoch, sizeBytes, sha256: sha256(chunk), chunks });
    return {
      blobKey: hexFromBytes(blobKey),
      gear: [...gearOf(blobKey).subarray(0, 8)].map((number) => number.toString(16).padStart(8, '0')).join(''),
      id: hexFromBytes(id),
      sealed: hexFromBytes(sealed),
      list: hexFromBytes(list),
    };
  },
};

function bytes(hex: unknown): Uint8Array {
  const read = bytesFromHex(String(hex));
  if (read === undefined) {
    throw new Error('a vector is hexadecimal');
  }
  return read;
}
