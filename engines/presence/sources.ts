import type { FileMapping } from '../../src/contract/engine.ts';
import { type TextShape, createFileMapping } from '../../src/merge/folder-files.ts';

const plainFile: TextShape = {
  fieldsOf: () => ({ kind: 'note' }),
  container: undefined,
  textField: 'text',
  isFile: (_id, { kind, text }) => kind === 'note' && typeof text === 'string',
};

export const files: FileMapping | undefined = createFileMapping({ kind: 'string' }, plainFile);

/** Folders, below the user's home, that a person may want to link. */
export const defaultFolders: readonly string[] = ['Notes'];
