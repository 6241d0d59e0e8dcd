import { canonicalText } from '../../../src/base/canonical-json.ts';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { destinationOf } from '../judge/where-it-goes.ts';
import { whyKeptHere } from './kept-here.ts';
import { partsOfId } from './unit-names.ts';

/** The record of a unit whose text is one JSON value. `local` is computed here, and read from nowhere. */
export function recordOf(app: string, id: string, unit: string): JsonObject {
  const { kind, name } = partsOfId(id);
  const fields: JsonObject = { kind, name, app, settings: JSON.parse(unit) as JsonValue, enabled: true };
  return { ...fields, local: destinationOf(fields)?.reach === 'local' };
}

/** The unit of a record of this application; what stays where it is written is none. */
export function unitOfRecord(app: string, id: string, fields: JsonObject, home: string): string | undefined {
  const { place, kind, name } = partsOfId(id);
  const { settings } = fields;
  const isOurs =
    place === app &&
    fields['app'] === app &&
    fields['kind'] === kind &&
    fields['name'] === name &&
    settings !== undefined;
  return isOurs && whyKeptHere(settings, home, name) === undefined ? canonicalText(settings) : undefined;
}
