import type { FileMapping } from '../../src/contract/engine.ts';
import { createFileMapping } from '../../src/merge/values/folder-files.ts';
import { noteShape } from '../../src/merge/values/note-files.ts';

export const files: FileMapping | undefined = createFileMapping({ kind: 'string' }, noteShape);
