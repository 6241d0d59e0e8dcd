import type { FileMapping } from '../../src/contract/engine.ts';
import { createFileMapping } from '../../src/merge/values/folder-files.ts';
import { noteShape } from '../../src/merge/values/note-files.ts';

export const files: FileMapping | undefined = createFileMapping({ kind: 'string' }, noteShape);

/** Folders, below the user's home, that a person may want to link: notes have an engine of their own. */
export const defaultFolders: readonly string[] = [];
