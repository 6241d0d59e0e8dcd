import { describe, expect, it } from 'vitest';
import { scopeIdFromBytes } from '../../src/base/ids.ts';
import { chunkAddressOf } from '../../src/blobs/address.ts';
import type { AddressedChunk, ChunkStore } from '../../src/relay/chunks/port.ts';
import { noise } from '../unit/blobs/setup.ts';

const scope = scopeIdFromBytes(new Uint8Array(32).fill(1));
const other = scopeIdFromBytes(new Uint8Array(32).fill(2));

export function chunkOf(sizeBytes: number, seed: number): AddressedChunk {
  const sealed = noise(sizeBytes, seed);
  return { address: chunkAddressOf(sealed), sealed };
}

/** What every store of chunks promises. `reopen` gives the same chunks through a new object, where the kind can do that. */
export function chunkStoreContract(
  name: string,
  open: () => { readonly store: ChunkStore; readonly reopen?: () => ChunkStore },
): void {
  describe(`store of chunks: ${name}`, () => {
    const [first, second] = [chunkOf(1000, 1), chunkOf(2000, 2)];

    it('19 knows nothing at first', async () => {
      const { store } = open();
      expect(await store.held(scope, [first.address])).toEqual([false]);
      expect(await store.read(scope, first.address)).toBeUndefined();
      expect(await store.broughtMs(scope, first.address)).toBeUndefined();
      expect(await store.sizeBytes(scope)).toBe(0);
    });

    it('19 keeps chunks of a scope by their addresses, and no other scope has them', async () => {
      const { store } = open();
      await store.keep(scope, [first, second], 5000);
      expect(await store.held(scope, [second.address, chunkOf(10, 3).address, first.address])).toEqual([
        true,
        false,
        true,
      ]);
      expect(await store.read(scope, second.address).then((found) => found && new Uint8Array(found))).toEqual(
        second.sealed,
      );
      expect(await store.sizeBytes(scope)).toBe(3000);
      expect(await store.held(other, [first.address])).toEqual([false]);
      expect(await store.read(other, first.address)).toBeUndefined();
      expect(await store.sizeBytes(other)).toBe(0);
    });

    it('20 a chunk that is brought again takes no more room, and is one that was brought just now', async () => {
      const { store } = open();
      await store.keep(scope, [first, second], 5000);
      await store.keep(scope, [first, first], 9000.7);
      expect(await store.sizeBytes(scope)).toBe(3000);
      expect(await store.broughtMs(scope, first.address)).toBe(9000);
      expect(await store.broughtMs(scope, second.address)).toBe(5000);
    });

    it('19 many bring the same at once, and it is there once', async () => {
      const { store } = open();
      await Promise.all(Array.from({ length: 8 }, async () => store.keep(scope, [first, second], 5000)));
      expect(await store.sizeBytes(scope)).toBe(3000);
      expect(await store.held(scope, [first.address, second.address])).toEqual([true, true]);
    });

    it('19 what was kept is there after the store was opened again', async () => {
      const { store, reopen } = open();
      await store.keep(scope, [first, second], 5000);
      const again = reopen?.() ?? store;
      expect(await again.held(scope, [first.address, second.address])).toEqual([true, true]);
      expect(await again.sizeBytes(scope)).toBe(3000);
      expect(await again.broughtMs(scope, first.address)).toBe(5000);
    });
  });
}
