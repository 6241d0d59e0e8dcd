import type { Brand } from '../base/brand.ts';
import { bytesFromHex, hexFromBytes } from '../base/bytes.ts';
import { hash } from '../crypto/hash.ts';

/** 64 hexadecimal digits: the hash of a sealed chunk, by which it lies at a relay and is asked for. */
export type ChunkAddress = Brand<string, 'ChunkAddress'>;

export const addressSizeBytes = 32;

/** Whoever is handed sealed bytes can tell whether they are those of the address, without any key. */
export function chunkAddressOf(sealed: Uint8Array): ChunkAddress {
  return addressFromBytes(hash('blob-sealed', sealed));
}

export function addressFromBytes(bytes: Uint8Array): ChunkAddress {
  return hexFromBytes(bytes) as ChunkAddress;
}

export function parseAddress(text: string): ChunkAddress | undefined {
  return bytesFromHex(text)?.length === addressSizeBytes ? (text as ChunkAddress) : undefined;
}
