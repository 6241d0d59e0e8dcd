import type { FileMapping } from '../../src/contract/engine.ts';

/** Policy comes from an authority, not from a file that anything may write. */
export const files: FileMapping | undefined = undefined;
