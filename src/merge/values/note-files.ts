import type { JsonObject } from '../../base/json.ts';
import type { TextShape } from './folder-files.ts';

/** A file of a folder of notes, as presence and notes keep it: its text in `text`, whatever it is called. */
export const noteShape: TextShape = {
  fieldsOf: () => ({ kind: 'note' }),
  container: undefined,
  textField: 'text',
  isFile: (_id: string, { kind, text }: JsonObject) => kind === 'note' && typeof text === 'string',
};
