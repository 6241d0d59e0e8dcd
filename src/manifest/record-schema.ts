import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { pointerTo } from '../base/json-pointer.ts';
import { type Result, err, ok } from '../base/result.ts';
import type { ReferenceField, TreeEdge } from '../contract/references.ts';
import { type SchemaCheck, compileOwnSchema, compileSchema } from './schema-check.ts';

/** What a collection's records must look like. */
export interface RecordSchema {
  /** As it was given. */
  readonly schema: JsonObject;
  /** JSON pointers of the string fields that merge as text (`x-merge: text`). */
  readonly textPaths: readonly string[];
  /** Fields that refer to other records (`x-reference`). */
  readonly references: readonly ReferenceField[];
  /** The edge along which the records form a tree (`x-tree`): the first that is marked. */
  readonly tree: TreeEdge | undefined;
  /** The fields as they are, or where they break the schema and what to do, in words that hold no content. */
  validate(fields: JsonObject): Result<JsonObject, string>;
}

/** The schema of a collection that has none: any object. */
export const genericRecordSchema: RecordSchema = shippedRecordSchema({ type: 'object' });

/** Compiles a record schema (draft 2020-12). The error is why it is none. Records are checked to the first fault. */
export function compileRecordSchema(schema: JsonObject): Result<RecordSchema, string> {
  const compiled = compileSchema(schema, 'first_fault');
  return compiled.ok ? ok(recordSchemaOf(schema, compiled.value)) : compiled;
}

/** A record schema that ships with this program. */
export function shippedRecordSchema(schema: JsonObject): RecordSchema {
  return recordSchemaOf(schema, compileOwnSchema(schema, 'first_fault'));
}

function recordSchemaOf(schema: JsonObject, check: SchemaCheck): RecordSchema {
  const marked = propertiesOf(schema);
  return {
    schema,
    textPaths: marked.flatMap(({ path, property }) => (property['x-merge'] === 'text' ? [path] : [])),
    references: marked.flatMap(({ path, property }) => referenceAt(path, property) ?? []),
    tree: marked.flatMap(({ path, property }) => treeAt(path, property) ?? [])[0],
    validate(fields) {
      const [fault] = check(fields);
      return fault === undefined ? ok(fields) : err(`${fault.message} ${fault.remedy}`);
    },
  };
}

interface MarkedProperty {
  readonly path: string;
  readonly property: JsonObject;
}

/** Follows `properties` alone: what is marked has a fixed place in its record. Below text that merges there is nothing. */
function propertiesOf(schema: JsonObject, pointer: string = ''): readonly MarkedProperty[] {
  const properties: JsonValue | undefined = schema['properties'];
  if (!isJsonObject(properties)) {
    return [];
  }
  return Object.entries(properties).flatMap(([name, property]) => {
    if (!isJsonObject(property)) {
      return [];
    }
    const path = pointerTo(pointer, name);
    return [{ path, property }, ...(property['x-merge'] === 'text' ? [] : propertiesOf(property, path))];
  });
}

function referenceAt(path: string, property: JsonObject): ReferenceField | undefined {
  const mark = property['x-reference'];
  return mark === undefined ? undefined : { path, form: formOf(property), required: mark === 'required' };
}

/** A field's `x-tree` only marks it; that of edges names the type of the edge that counts. */
function treeAt(path: string, property: JsonObject): TreeEdge | undefined {
  const type = property['x-tree'];
  if (typeof type !== 'string') {
    return undefined;
  }
  return formOf(property) === 'edges' ? { form: 'edges', path, type } : { form: 'field', path };
}

function formOf(property: JsonObject): ReferenceField['form'] {
  return property['type'] === 'object' ? 'edges' : 'field';
}
