import type { FileMapping } from '../../src/contract/engine.ts';

/** Agents are registered by authority, not by dropping a file. */
export const files: FileMapping | undefined = undefined;
