import type { FileMapping } from '../../src/contract/engine.ts';
import { type TextShape, createFileMapping } from '../../src/merge/values/folder-files.ts';

const plainFile: TextShape = {
  fieldsOf: () => ({ producer: 'folder' }),
  container: undefined,
  textField: 'body',
  isFile: (_id, { producer, body }) => producer === 'folder' && typeof body === 'string',
};

export const files: FileMapping | undefined = createFileMapping({ producer: 'string', body: 'string' }, plainFile);
