import type { FileMapping } from '../../src/contract/engine.ts';

/** A device describes itself; a file could only forge that. */
export const files: FileMapping | undefined = undefined;
