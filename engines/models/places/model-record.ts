import { canonicalText } from '../../../src/base/canonical-json.ts';
import { type JsonObject, isJsonObject } from '../../../src/base/json.ts';
import { destinationOf } from '../judge/where-it-goes.ts';
import { objectIn } from './small-files.ts';
import { partsOfId } from './unit-names.ts';
import { utf8 } from '../../../src/base/bytes.ts';

/** The record of a model that lies on a machine; its unit is what was fetched. `local` is computed, and read from nowhere. */
export function modelRecord(app: string): {
  readonly fieldsOf: (id: string, unit: string) => JsonObject;
  readonly unitOf: (id: string, fields: JsonObject) => string | undefined;
} {
  return {
    fieldsOf(id, unit) {
      const { name } = partsOfId(id);
      const fields = { ...objectIn(utf8(unit)), kind: 'model', name, app, enabled: true };
      return { ...fields, local: destinationOf(fields)?.reach === 'local' };
    },
    unitOf(id, fields) {
      const { place, kind, name } = partsOfId(id);
      const { kind: ofKind, name: ofName, app: ofApp, local: _local, enabled: _enabled, ...rest } = fields;
      const isOurs = place === app && kind === 'model' && ofKind === kind && ofName === name && ofApp === app;
      return isOurs && isJsonObject(rest) ? canonicalText(rest) : undefined;
    },
  };
}
