import { describe, expect, it } from 'vitest';
import { decodeBatch, signedPrefixSizeBytes } from '../../../src/log/header.ts';
import { openBatch } from '../../../src/log/sealing.ts';
import { verifyBatch } from '../../../src/log/verify.ts';
import { createWorld, emptyChain, exampleRecords, flipBit, seal } from './setup.ts';

const world = createWorld();
const batchBytes = seal(world, { records: exampleRecords(40) }).bytes;
function batchIsAccepted(bytes: Uint8Array): boolean {
  const batch = decodeBatch(bytes);
  return batch.ok && verifyBatch(batch.value, world.scope, emptyChain).verdict === 'accept';
}

describe('mutations', () => {
  it('§10.6 no batch with one flipped bit is accepted or opened as it was', () => {
    expect(batchIsAccepted(batchBytes)).toBe(true);
    const accepted: number[] = [];
    for (let bit = 0; bit < batchBytes.length * 8; bit++) {
      if (batchIsAccepted(flipBit(batchBytes, bit))) {
        accepted.push(bit);
      }
    }
    expect(accepted).toEqual([]);
  });

  it('§10.6 no flipped bit in additional data or ciphertext passes the seal', () => {
    const opened: number[] = [];
    for (let bit = 0; bit < batchBytes.length * 8; bit++) {
      const inRoot = bit >= 184 * 8 && bit < 216 * 8;
      const sealed = bit < 184 * 8 || inRoot || bit >= signedPrefixSizeBytes * 8;
      const batch = sealed ? decodeBatch(flipBit(batchBytes, bit)) : undefined;
      if (batch?.ok && openBatch(batch.value, world.epochKey).ok) {
        opened.push(bit);
      }
    }
    expect(opened).toEqual([]);
  });
});
