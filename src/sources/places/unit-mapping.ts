import { textFromUtf8, utf8 } from '../../base/bytes.ts';
import { err, ok } from '../../base/result.ts';
import type { FileMapping } from '../../contract/engine.ts';
import type { PlaceCodec } from '../../contract/place.ts';

/** The units of a place as files of a folder; a record that is none of its units is no file there. */
export function unitMapping({ fieldsOf, unitOf }: Pick<PlaceCodec, 'fieldsOf' | 'unitOf'>): FileMapping {
  return {
    content: '',
    toFields({ path, bytes }) {
      const text = textFromUtf8(bytes);
      return text === undefined ? err('it is no text') : ok(fieldsOf(path, text));
    },
    toFile(id, fields) {
      const text = unitOf(id, fields);
      return text === undefined ? undefined : { path: id, bytes: utf8(text), executable: false, private: false };
    },
    holdsMode: () => false,
    keptAsBytes: () => undefined,
  };
}
