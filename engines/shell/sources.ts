import type { FileMapping } from '../../src/contract/engine.ts';
import { type TextShape, createFileMapping } from '../../src/merge/values/folder-files.ts';

const plainFile: TextShape = {
  fieldsOf: (path, name) => ({ kind: 'file', name, path }),
  container: undefined,
  textField: 'body',
  // Whatever path it says: a file that was renamed is one all the same.
  isFile: (_id, { kind, path, body }) => kind === 'file' && typeof path === 'string' && typeof body === 'string',
};

export const files: FileMapping | undefined = createFileMapping(
  { kind: 'string', name: 'string', body: 'string' },
  plainFile,
);

/** Folders, below the user's home, that a person may want to link. */
export const defaultFolders: readonly string[] = ['.config/shell', '.bashrc.d', '.zshrc.d', '.config/fish'];
