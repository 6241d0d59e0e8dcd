import { textFromUtf8, utf8 } from '../base/bytes.ts';
import { maximumDepth, nestingDepth } from '../base/canonical-json.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../base/json.ts';
import { err, ok } from '../base/result.ts';
import type { FileMapping, FolderFile } from '../contract/engine.ts';

const maximumFileBytes = 1024 * 1024;

/** Where a collection keeps the content of a file that is no record of its own. */
export interface TextShape {
  /** What a new file's record says beside its content. */
  readonly fieldsOf: (path: string, name: string) => JsonObject;
  /** Object that holds the content; undefined for the top level. */
  readonly container: string | undefined;
  /** Member that holds the text, or base64 with `encoding: "base64"` beside it. */
  readonly textField: string;
  /** True for a record that is such a file. */
  readonly isFile: (id: string, fields: JsonObject) => boolean;
}

/** Required members of a record: what makes a `.json` file a record rather than a text. */
export type RequiredMembers = Readonly<Record<string, 'string' | 'boolean' | 'number'>>;

/**
 * Files as records and back. A `.json` file that holds a record becomes it; any other file is carried byte by byte,
 * or refused where `shape` is undefined.
 */
export function createFileMapping(required: RequiredMembers, shape: TextShape | undefined): FileMapping {
  return {
    toFields(file) {
      if (!isRelativePath(file.path)) {
        return err('its path is not relative to the folder');
      }
      if (file.bytes.length > maximumFileBytes) {
        return err('it is larger than 1 MiB');
      }
      const record = file.executable ? undefined : recordOf(file, required, shape);
      if (record !== undefined) {
        return ok(record);
      }
      return shape === undefined
        ? err('only .json files with the fields of this collection can be records')
        : ok(wrapped(file, shape));
    },
    toFile(id, fields) {
      if (!isRelativePath(id)) {
        return undefined;
      }
      if (shape?.isFile(id, fields) === true) {
        return unwrapped(id, fields, shape);
      }
      return id.endsWith('.json') && hasMembers(fields, required)
        ? { path: id, bytes: utf8(`${JSON.stringify(fields, null, 2)}\n`), executable: false }
        : undefined;
    },
  };
}

function wrapped({ path, bytes, executable }: FolderFile, shape: TextShape): JsonObject {
  const text = textFromUtf8(bytes);
  const content: JsonObject = {
    [shape.textField]: text ?? Buffer.from(bytes).toString('base64'),
    ...(text === undefined ? { encoding: 'base64' } : {}),
    ...(executable ? { executable: true } : {}),
  };
  const fields = shape.fieldsOf(path, path.slice(path.lastIndexOf('/') + 1));
  if (shape.container === undefined) {
    return { ...fields, ...content };
  }
  const container = fields[shape.container];
  return { ...fields, [shape.container]: { ...(isJsonObject(container) ? container : {}), ...content } };
}

function unwrapped(path: string, fields: JsonObject, shape: TextShape): FolderFile | undefined {
  const content = shape.container === undefined ? fields : fields[shape.container];
  const text = isJsonObject(content) ? content[shape.textField] : undefined;
  if (!isJsonObject(content) || typeof text !== 'string') {
    return undefined;
  }
  const bytes = content['encoding'] === 'base64' ? bytesFromBase64(text) : utf8(text);
  return bytes && { path, bytes, executable: content['executable'] === true };
}

function recordOf(
  { path, bytes }: FolderFile,
  required: RequiredMembers,
  shape: TextShape | undefined,
): JsonObject | undefined {
  const text = path.endsWith('.json') ? textFromUtf8(bytes) : undefined;
  if (text === undefined || nestingDepth(text) > maximumDepth) {
    return undefined;
  }
  const value = parsed(text);
  // What would be read back as a plain file has to stay one, or its bytes would change under its writer.
  const isRecord = isJsonObject(value) && hasMembers(value, required) && shape?.isFile(path, value) !== true;
  return isRecord && isExact(value) ? value : undefined;
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/** False for numbers and strings that JSON text can hold and a record cannot. */
function isExact(value: JsonValue): boolean {
  if (typeof value === 'number') {
    return Number.isInteger(value) ? Number.isSafeInteger(value) && !Object.is(value, -0) : Number.isFinite(value);
  }
  if (typeof value === 'string') {
    return value.isWellFormed();
  }
  return (
    typeof value !== 'object' ||
    value === null ||
    Object.entries(value).every(([key, item]) => key.isWellFormed() && isExact(item))
  );
}

function hasMembers(fields: JsonObject, required: RequiredMembers): boolean {
  return Object.entries(required).every(([name, type]) => Object.hasOwn(fields, name) && typeof fields[name] === type);
}

function isRelativePath(path: string): boolean {
  return path !== '' && path.split('/').every((name) => name !== '' && name !== '.' && name !== '..');
}

function bytesFromBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? new Uint8Array(bytes) : undefined;
}
