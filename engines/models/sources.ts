import type { FileMapping } from '../../src/contract/engine.ts';
import { createFileMapping } from '../../src/merge/values/folder-files.ts';

/** JSON records only: a text of unknown form says nothing here. */
export const files: FileMapping | undefined = createFileMapping(
  { kind: 'string', name: 'string', local: 'boolean', enabled: 'boolean' },
  undefined,
);
