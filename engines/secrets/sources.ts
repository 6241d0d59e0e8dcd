import type { FileMapping } from '../../src/contract/engine.ts';

/** A secret in a file is a secret that leaks. */
export const files: FileMapping | undefined = undefined;

/** Folders, below the user's home, that a person may want to link. */
export const defaultFolders: readonly string[] = [];
