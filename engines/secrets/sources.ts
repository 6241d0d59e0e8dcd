import type { FileMapping } from '../../src/contract/engine.ts';

/** A secret in a file is a secret that leaks. */
export const files: FileMapping | undefined = undefined;
