import { engine as notes } from '../../../engines/notes/engine.ts';
import { engine as shell } from '../../../engines/shell/engine.ts';
import { engine as workspace } from '../../../engines/workspace/engine.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { FolderKind } from './port.ts';

const engines = { notes, shell, workspace };

/** What the file of a record holds; undefined where it is no file. */
export function bytesOfRecord(kind: FolderKind, path: string, fields: JsonObject): Uint8Array | undefined {
  return engines[kind].files?.toFile(path, fields)?.bytes;
}
