import type { FileMapping } from '../../src/contract/engine.ts';
import { type TextShape, createFileMapping } from '../../src/merge/values/folder-files.ts';

const plainFile: TextShape = {
  fieldsOf: (path) => ({ lifecycle: 'observed', provenance: `file:${path}` }),
  container: undefined,
  textField: 'text',
  // Whatever path it says: a file that was renamed is one all the same.
  isFile: (_id, { provenance, text }) =>
    typeof provenance === 'string' && provenance.startsWith('file:') && typeof text === 'string',
};

export const files: FileMapping | undefined = createFileMapping(
  { text: 'string', lifecycle: 'string', provenance: 'string' },
  plainFile,
);
