import type { FileMapping } from '../../src/contract/engine.ts';

/** Audit events are written by the daemon alone. */
export const files: FileMapping | undefined = undefined;

/** Folders, below the user's home, that a person may want to link. */
export const defaultFolders: readonly string[] = [];
