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
