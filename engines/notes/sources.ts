import type { FileMapping } from '../../src/contract/engine.ts';
import { createFileMapping } from '../../src/merge/values/folder-files.ts';
import { noteShape } from '../../src/merge/values/note-files.ts';

/** As base64 it just fits one update of a shared document (1 MiB), with what else the record says. */
const wholeBinaryBytes = 764 * 1024;

// Every file is a text of its own: one that looks like a record of ours, such as a manifest with a `kind`, is a text too.
export const files: FileMapping | undefined = createFileMapping(undefined, {
  ...noteShape,
  takesChunks: true,
  wholeBinaryBytes,
});
