import type { FileMapping } from '../../src/contract/engine.ts';

/** Policy comes from an authority, not from a file that anything may write. */
export const files: FileMapping | undefined = undefined;

/** Folders, below the user's home, that a person may want to link. */
export const defaultFolders: readonly string[] = [];
