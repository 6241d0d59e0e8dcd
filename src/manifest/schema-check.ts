import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { pointerTo } from '../base/json-pointer.ts';
import { type Result, err, ok } from '../base/result.ts';
import { nearestWord } from './nearest.ts';

/** Where a value breaks a schema, in words; it names fields and never values. */
export interface SchemaFault {
  /** `schema.required`, `schema.unknown_field`, or `schema.` and the JSON Schema keyword. */
  readonly rule: string;
  /** JSON pointer; for a missing or unknown field it ends in that field. */
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
}

/** Empty when the value holds to the schema. */
export type SchemaCheck = (value: JsonValue) => readonly SchemaFault[];

/** Beyond these a value is wrong enough: telling more helps nobody. */
const mostFaults = 50;

/**
 * Compiles a JSON Schema (draft 2020-12) once. The error is why it is no schema: an unknown keyword, a reference that
 * leads nowhere, an asynchronous schema. `x-merge`, `x-reference` and `x-tree` are known and
 * have no say in validity.
 */
export function compileSchema(schema: JsonObject, every: 'every_fault' | 'first_fault'): Result<SchemaCheck, string> {
  const ajv = compilerOf(every, 'foreign');
  if (schema['$async'] !== undefined) {
    return err('A record schema is synchronous: remove $async.');
  }
  try {
    // Schemas are strangers to each other: two may bear one $id.
    ajv.removeSchema();
    const validate = ajv.compile(schema);
    return ok((value) => faultsOf(validate, value));
  } catch (error) {
    return err(error instanceof Error ? error.message : 'it cannot be compiled');
  }
}

/**
 * A schema that ships with this program, compiled when something is first held against it: a daemon that starts holds
 * nothing against most of them. The tests compile each of them as a stranger's.
 */
export function compileOwnSchema(schema: JsonObject, every: 'every_fault' | 'first_fault'): SchemaCheck {
  let validate: ValidateFunction | undefined;
  return (value) => {
    validate ??= compilerOf(every, 'own').removeSchema().compile(schema);
    return faultsOf(validate, value);
  };
}

const compilers = new Map<string, Ajv2020>();

/** One compiler for each way of checking: compiling the metaschema, for strangers alone, costs more than all schemas. */
function compilerOf(every: 'every_fault' | 'first_fault', whose: 'own' | 'foreign'): Ajv2020 {
  const known = compilers.get(`${every} ${whose}`);
  if (known !== undefined) {
    return known;
  }
  const ajv = new Ajv2020({
    allErrors: every === 'every_fault',
    allowUnionTypes: true,
    strictRequired: false,
    validateFormats: true,
    logger: false,
    ...(whose === 'own' ? { validateSchema: false, meta: false } : {}),
  });
  formats.default(ajv, { mode: 'full' });
  if (whose === 'own') {
    ajv.addVocabulary(['x-merge', 'x-reference', 'x-tree']);
  } else {
    ajv.addKeyword({ keyword: 'x-merge', schemaType: 'string', metaSchema: { enum: ['text'] } });
    ajv.addKeyword({ keyword: 'x-reference', schemaType: 'string', metaSchema: { enum: ['required', 'optional'] } });
    ajv.addKeyword({ keyword: 'x-tree', schemaType: 'string', metaSchema: { minLength: 1 } });
  }
  compilers.set(`${every} ${whose}`, ajv);
  return ajv;
}

function faultsOf(validate: ValidateFunction, value: JsonValue): readonly SchemaFault[] {
  if (validate(value)) {
    return [];
  }
  return (validate.errors ?? []).slice(0, mostFaults).map((error) => describe(error, validate.schema));
}

function describe(error: ErrorObject, schema: ValidateFunction['schema']): SchemaFault {
  const path = error.instancePath;
  const parameters = error.params as Readonly<Record<string, unknown>>;
  switch (error.keyword) {
    case 'required': {
      const field = String(parameters['missingProperty']);
      return fault('required', pointerTo(path, field), `The field "${field}" is missing.`, `Add "${field}".`);
    }
    case 'additionalProperties':
      return unknownField(path, String(parameters['additionalProperty']), schema);
    case 'enum': {
      const allowed = (parameters['allowedValues'] as readonly unknown[]).map(String).join(', ');
      return fault('enum', path, `${subject(path)} is none of the words allowed here.`, `Write one of: ${allowed}.`);
    }
    case 'type': {
      const types = [parameters['type']].flat().join(' or ');
      return fault('type', path, `${subject(path)} is of the wrong type.`, `Write a value of type ${types}.`);
    }
    case 'pattern':
      return fault(
        'pattern',
        path,
        `${subject(path)} has the wrong form.`,
        `It must match ${String(parameters['pattern'])}.`,
      );
    case 'not':
      return fault(
        'not',
        path,
        `${subject(path)} has a form that is refused here.`,
        'Look for a line break, or remove it.',
      );
    default:
      return fault(error.keyword, path, `${subject(path)} ${error.message ?? 'is not allowed'}.`, 'Correct the value.');
  }
}

function unknownField(path: string, field: string, schema: ValidateFunction['schema']): SchemaFault {
  const near = nearestWord(field, knownFields(schema, path));
  const remedy = near === undefined ? `Remove "${shown(field)}".` : `Did you mean "${near}"?`;
  return fault('unknown_field', pointerTo(path, field), `The field "${shown(field)}" is not known here.`, remedy);
}

/** Names of the properties that the schema lists for the object at a path; follows properties and map values. */
function knownFields(schema: unknown, path: string): readonly string[] {
  let at = schema as {
    readonly properties?: Readonly<Record<string, unknown>>;
    readonly additionalProperties?: unknown;
  };
  for (const key of path.split('/').slice(1)) {
    at = (at.properties?.[key.replaceAll('~1', '/').replaceAll('~0', '~')] ??
      at.additionalProperties ??
      {}) as typeof at;
  }
  return Object.keys(at.properties ?? {});
}

function subject(path: string): string {
  return path === '' ? 'The document' : `The value at ${shown(path)}`;
}

/** A name short and plain enough for a message. */
function shown(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it takes out
  return name.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '?').slice(0, 120);
}

function fault(keyword: string, path: string, message: string, remedy: string): SchemaFault {
  return { rule: `schema.${keyword}`, path, message, remedy };
}
