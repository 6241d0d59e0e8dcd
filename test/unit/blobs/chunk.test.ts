import { describe, expect, it } from 'vitest';
import { concat, equalBytes, hexFromBytes, u32 } from '../../../src/base/bytes.ts';
import { bytesFromScopeId } from '../../../src/base/ids.ts';
import { chunkAddressOf, parseAddress } from '../../../src/blobs/address.ts';
import { blobKeyOf, chunkIdOf, openChunk, sealChunk } from '../../../src/blobs/chunk.ts';
import { maximumChunkBytes } from '../../../src/contract/chunk-list.ts';
import { maximumSealedBytes } from '../../../src/blobs/sealed-size.ts';
import { reasonText } from '../../../src/contract/verdict.ts';
import { keyedHash } from '../../../src/crypto/hash.ts';
import { sealAead } from '../../../src/crypto/seal.ts';
import { paddedSizeBytes } from '../../../src/log/padding.ts';
import { blobKey, epochKey, filled, noise, otherScope, scope } from './setup.ts';

const keys = { blobKey, epoch: 4, epochKey };
const holder = { blobKey, epochKey: (epoch: number) => (epoch === 4 ? epochKey : undefined) };
const chunk = noise(1000, 1);
const { id, sealed } = sealChunk(scope, keys, chunk);
const expected = { id, sizeBytes: chunk.length };

function verdictOn(
  bytes: Uint8Array,
  {
    where = scope,
    who = holder,
    what = expected,
  }: Partial<Record<'where', typeof scope>> & {
    readonly who?: typeof holder;
    readonly what?: typeof expected;
  } = {},
): string {
  const opened = openChunk(where, who, what, bytes);
  return opened.ok ? 'opened' : `${opened.error.verdict} ${reasonText(opened.error)}`;
}

/** As a member could seal it, who keeps to no rule but the keys. */
function sealedBy(body: Uint8Array, about: Uint8Array = id): Uint8Array {
  const head = concat([new Uint8Array([1]), u32(4)]);
  const key = keyedHash(epochKey, 'blob-seal', bytesFromScopeId(scope), about);
  return concat([head, sealAead(key, about.subarray(0, 24), head, body)]);
}

function bodyOf(bytes: Uint8Array): Uint8Array {
  return concat([u32(bytes.length), bytes, new Uint8Array(paddedSizeBytes(4 + bytes.length) - 4 - bytes.length)]);
}

describe('chunks', () => {
  it('4 ids and keys are other ones in another scope and another epoch', () => {
    const others = [blobKeyOf(epochKey, otherScope), blobKeyOf(filled(8), scope), blobKey];
    expect(new Set(others.map((key) => hexFromBytes(chunkIdOf(key, chunk)))).size).toBe(3);
    expect(hexFromBytes(id)).toBe(hexFromBytes(chunkIdOf(blobKey, chunk)));
  });

  it('5 the same chunk is the same bytes, opens to itself, and sizes are padded', () => {
    expect(equalBytes(sealChunk(scope, keys, chunk).sealed, sealed)).toBe(true);
    const opened = openChunk(scope, holder, expected, sealed);
    expect(opened.ok && equalBytes(opened.value, chunk)).toBe(true);
    expect(sealChunk(scope, keys, noise(1001, 1)).sealed).toHaveLength(sealed.length);
    expect(sealed).toHaveLength(5 + 1024 + 16);
    expect(sealChunk(scope, keys, filled(0, maximumChunkBytes)).sealed).toHaveLength(maximumSealedBytes);
  });

  it('5 the format is this one', () => {
    expect(hexFromBytes(sealedBy(bodyOf(chunk)))).toBe(hexFromBytes(sealed));
  });

  it('6 no chunk with one flipped bit opens', () => {
    const passed: number[] = [];
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const bytes = sealed.slice();
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      if (verdictOn(bytes) === 'opened') {
        passed.push(bit);
      }
    }
    expect(passed).toEqual([]);
  });

  it.each([
    ['nothing', () => verdictOn(new Uint8Array(0)), 'reject schema_unknown'],
    ['too long', () => verdictOn(new Uint8Array(maximumSealedBytes + 1)), 'reject schema_unknown'],
    ['a cut end', () => verdictOn(sealed.subarray(0, -1)), 'reject signature_invalid/aead'],
    ['another scope', () => verdictOn(sealed, { where: otherScope }), 'reject signature_invalid/aead'],
    ['another id', () => verdictOn(sealed, { what: { ...expected, id: filled(5) } }), 'reject signature_invalid/aead'],
    ['another size', () => verdictOn(sealed, { what: { id, sizeBytes: 999 } }), 'reject signature_invalid/aead'],
    [
      'another key of files',
      () => verdictOn(sealed, { who: { ...holder, blobKey: filled(6) } }),
      'reject signature_invalid/chunk_id',
    ],
    [
      'other bytes under its id',
      () => verdictOn(sealedBy(bodyOf(noise(1000, 2)))),
      'reject signature_invalid/chunk_id',
    ],
    [
      'padding that is not zero',
      () => verdictOn(sealedBy(concat([u32(1000), chunk, filled(1, 20)]))),
      'reject signature_invalid/aead',
    ],
    ['no padding', () => verdictOn(sealedBy(concat([u32(1000), chunk]))), 'reject signature_invalid/aead'],
    ['a body of nothing', () => verdictOn(sealedBy(new Uint8Array(0))), 'reject signature_invalid/aead'],
  ])('6 refuses %s', (_name, verdict, said) => {
    expect(verdict()).toBe(said);
  });

  it('10 an address is that of the sealed bytes, all of them', () => {
    const address = chunkAddressOf(sealed);
    expect(parseAddress(address)).toBe(address);
    expect(chunkAddressOf(sealed.slice())).toBe(address);
    expect(chunkAddressOf(sealed.slice().fill(0, -1))).not.toBe(address);
    expect(chunkAddressOf(sealChunk(scope, { ...keys, epoch: 5 }, chunk).sealed)).not.toBe(address);
    expect(['', 'xy', address.slice(2), `${address}00`, address.toUpperCase()].map(parseAddress)).toEqual(
      Array.from({ length: 5 }, () => undefined),
    );
  });

  it('7 who lacks the key of the epoch does not read it, and another version waits for an upgrade', () => {
    const revoked = { ...holder, epochKey: () => undefined };
    expect(verdictOn(sealed, { who: revoked })).toBe('hold signature_invalid/epoch_key_missing');
    expect(verdictOn(concat([new Uint8Array([2]), sealed.subarray(1)]))).toBe('hold migration_required');
  });
});
