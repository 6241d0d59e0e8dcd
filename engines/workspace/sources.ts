import { isJsonObject } from '../../src/base/json.ts';
import type { FileMapping } from '../../src/contract/engine.ts';
import { type TextShape, createFileMapping } from '../../src/merge/values/folder-files.ts';

const plainFile: TextShape = {
  fieldsOf: (path, name) => ({ kind: 'artifact', title: name, props: { path } }),
  container: 'props',
  textField: 'text',
  takesChunks: true,
  // Whatever path it says: a file that was renamed is one all the same.
  isFile: (_id, { kind, props }) =>
    kind === 'artifact' &&
    isJsonObject(props) &&
    typeof props['path'] === 'string' &&
    typeof props['text'] === 'string',
};

export const files: FileMapping | undefined = createFileMapping({ kind: 'string', title: 'string' }, plainFile);
