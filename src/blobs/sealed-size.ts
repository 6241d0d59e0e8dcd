import { maximumChunkBytes } from '../contract/chunk-list.ts';
import { paddedSizeBytes } from '../log/padding.ts';

/** `version 1 ‖ u32be epoch` in clear, then the sealed `u32be |chunk| ‖ chunk ‖ zeros` with its tag. */
export const headBytes = 5;
export const lengthBytes = 4;
const tagBytes = 16;

export const maximumSealedBytes: number = headBytes + paddedSizeBytes(lengthBytes + maximumChunkBytes) + tagBytes;

/** Whether these may be a sealed chunk, as far as who has no key can tell. */
export function isSealedChunk({ length }: Uint8Array): boolean {
  return length >= headBytes + tagBytes && length <= maximumSealedBytes;
}
