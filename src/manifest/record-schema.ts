import { assert } from '../base/assert.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { type Result, err, ok } from '../base/result.ts';
import { pointerTo } from './json-text.ts';
import { compileSchema } from './schema-check.ts';

/** What a collection's records must look like, compiled once. */
export interface RecordSchema {
  /** JSON pointers of the string fields that merge as text (`x-merge: text`). */
  readonly textPaths: readonly string[];
  /** The fields as they are, or where they break the schema and what to do, in words that hold no content. */
  validate(fields: JsonObject): Result<JsonObject, string>;
}

/** The schema of a collection that has none: any object. */
export const genericRecordSchema: RecordSchema = compileShipped({ type: 'object' });

/** Compiles a record schema (draft 2020-12). The error is why it is none. Records are checked to the first fault. */
export function compileRecordSchema(schema: JsonObject): Result<RecordSchema, string> {
  const compiled = compileSchema(schema, 'first_fault');
  if (!compiled.ok) {
    return compiled;
  }
  const check = compiled.value;
  return ok({
    textPaths: textPathsOf(schema),
    validate(fields) {
      const [fault] = check(fields);
      return fault === undefined ? ok(fields) : err(`${fault.message} ${fault.remedy}`);
    },
  });
}

function compileShipped(schema: JsonObject): RecordSchema {
  const compiled = compileRecordSchema(schema);
  assert(compiled.ok, 'the generic record schema compiles');
  return compiled.value;
}

/** Follows `properties` alone: text that merges has a fixed place in its record. */
function textPathsOf(schema: JsonObject, pointer: string = ''): readonly string[] {
  const properties: JsonValue | undefined = schema['properties'];
  if (!isJsonObject(properties)) {
    return [];
  }
  return Object.entries(properties).flatMap(([name, property]) => {
    if (!isJsonObject(property)) {
      return [];
    }
    const path = pointerTo(pointer, name);
    return property['x-merge'] === 'text' ? [path] : textPathsOf(property, path);
  });
}
