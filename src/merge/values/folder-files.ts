import { textFromUtf8, utf8 } from '../../base/bytes.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { parseExact } from '../../base/parse-exact.ts';
import { pointerTo } from '../../base/json-pointer.ts';
import { err, ok } from '../../base/result.ts';
import { decodeChunkList } from '../../contract/chunk-list.ts';
import type { FileMapping, FolderFile } from '../../contract/engine.ts';
import { bytesFromBase64 } from './base64.ts';
import { chunkField } from './chunk-lists.ts';
import { setMember } from './json-patch.ts';
import { whyItRuns } from './self-running.ts';

const maximumFileBytes = 1024 * 1024;

/** Where a collection keeps the content of a file that is no record of its own. */
export interface TextShape {
  /** What a new file's record says beside its content. */
  readonly fieldsOf: (path: string, name: string) => JsonObject;
  /** Object that holds the content; undefined for the top level. */
  readonly container: string | undefined;
  /** Member that holds the text, or base64 with `encoding: "base64"` beside it. */
  readonly textField: string;
  /** A large file has the list of its chunks in {@link chunkField} instead. */
  readonly takesChunks?: boolean;
  /** See {@link FileMapping.wholeBinaryBytes}. */
  readonly wholeBinaryBytes?: number;
  /** True for a record that is such a file, where its content is a text. */
  readonly isFile: (id: string, fields: JsonObject) => boolean;
}

/** Required members of a record: what makes a `.json` file a record rather than a text. */
export type RequiredMembers = Readonly<Record<string, 'string' | 'boolean' | 'number'>>;

/**
 * Files as records and back. A `.json` file that holds a record becomes it, none where `required` is undefined; any
 * other file is carried byte by byte, or refused where `shape` is undefined.
 */
export function createFileMapping(required: RequiredMembers | undefined, given: TextShape | undefined): FileMapping {
  const shape = given && withChunks(given);
  return {
    content: shape?.container === undefined ? '' : pointerTo('', shape.container),
    takesChunks: shape?.takesChunks === true,
    ...(shape?.wholeBinaryBytes === undefined ? {} : { wholeBinaryBytes: shape.wholeBinaryBytes }),
    toFields(file) {
      if (!isRelativePath(file.path)) {
        return err('its path is not relative to the folder');
      }
      if (file.bytes.length > maximumFileBytes) {
        return err('it is larger than 1 MiB');
      }
      // A record that is a file of its own says nothing of modes, and a mode that somebody gave a file must travel.
      const hasMode = shape !== undefined && (file.executable || file.private || file.symlink === true);
      if (file.chunked === true) {
        return shape?.takesChunks === true
          ? ok(wrapped(file, shape))
          : err('a large file cannot be a record of this collection');
      }
      if (shape === undefined && file.symlink === true) {
        return err('a symbolic link cannot be a record of this collection');
      }
      const record = hasMode ? undefined : recordOf(file, required, shape);
      if (record !== undefined) {
        return ok(record);
      }
      return shape === undefined ? err(noRecordWords(file)) : ok(wrapped(file, shape));
    },
    toFile(id, fields) {
      if (!isRelativePath(id)) {
        return undefined;
      }
      if (shape?.isFile(id, fields) === true) {
        return unwrapped(id, fields, shape);
      }
      return id.endsWith('.json') && hasMembers(fields, required) && !isKept(id, shape)
        ? { path: id, bytes: utf8(`${JSON.stringify(inOrder(fields), null, 2)}\n`), executable: false, private: false }
        : undefined;
    },
    holdsMode: (id, fields) => shape?.isFile(id, fields) === true,
    keptAsBytes(id, fields) {
      const mayBeRecord = required !== undefined && id.endsWith('.json') && shape?.isFile(id, fields) === true;
      const file = mayBeRecord ? unwrapped(id, fields, shape) : undefined;
      const parsed = file && parseExact(file.bytes);
      return parsed?.ok === false ? `It travels as the bytes it is, not as fields. ${parsed.error}` : undefined;
    },
  };
}

/** The same, which knows a large file as one of its files too. */
function withChunks(shape: TextShape): TextShape {
  if (shape.takesChunks !== true) {
    return shape;
  }
  const contentOf = (fields: JsonObject): JsonValue | undefined =>
    shape.container === undefined ? fields : fields[shape.container];
  return {
    ...shape,
    isFile(id, fields) {
      const content = contentOf(fields);
      if (!isJsonObject(content) || typeof content[chunkField] !== 'string') {
        return shape.isFile(id, fields);
      }
      const asText = { ...content, [shape.textField]: '' };
      return shape.isFile(id, shape.container === undefined ? asText : { ...fields, [shape.container]: asText });
    },
  };
}

/** What runs by its name is never made from members that came one by one: it is a file as it is, or none. */
function isKept(path: string, shape: TextShape | undefined): boolean {
  return shape !== undefined && whyItRuns(path) !== undefined;
}

/** The same text on every device: members come in one order, whatever order they were written in. */
function inOrder(value: JsonValue): JsonValue {
  if (Array.isArray(value)) {
    return value.map(inOrder);
  }
  if (!isJsonObject(value)) {
    return value;
  }
  const ordered: JsonObject = {};
  for (const name of Object.keys(value).sort()) {
    setMember(ordered, name, inOrder(value[name] as JsonValue));
  }
  return ordered;
}

function wrapped(
  { path, bytes, executable, private: isPrivate, symlink: isLink, chunked }: FolderFile,
  shape: TextShape,
): JsonObject {
  const content: JsonObject = {
    ...(chunked === true ? { [chunkField]: Buffer.from(bytes).toString('base64') } : contentOf(bytes, shape)),
    ...(executable ? { executable: true } : {}),
    ...(isPrivate ? { private: true } : {}),
    ...(isLink === true ? { symlink: true } : {}),
  };
  const fields = shape.fieldsOf(path, path.slice(path.lastIndexOf('/') + 1));
  if (shape.container === undefined) {
    return { ...fields, ...content };
  }
  const container = fields[shape.container];
  return { ...fields, [shape.container]: { ...(isJsonObject(container) ? container : {}), ...content } };
}

function contentOf(bytes: Uint8Array, { textField }: TextShape): JsonObject {
  const text = textFromUtf8(bytes);
  return text === undefined
    ? { [textField]: Buffer.from(bytes).toString('base64'), encoding: 'base64' }
    : { [textField]: text };
}

function unwrapped(path: string, fields: JsonObject, shape: TextShape): FolderFile | undefined {
  const content = shape.container === undefined ? fields : fields[shape.container];
  if (!isJsonObject(content)) {
    return undefined;
  }
  const read = contentIn(content, shape);
  return (
    read && {
      ...{ path, ...read, executable: content['executable'] === true, private: content['private'] === true },
      ...(content['symlink'] === true ? { symlink: true } : {}),
    }
  );
}

function contentIn(content: JsonObject, shape: TextShape): Pick<FolderFile, 'bytes' | 'chunked'> | undefined {
  const listed = shape.takesChunks === true ? content[chunkField] : undefined;
  if (listed !== undefined) {
    const list = typeof listed === 'string' ? bytesFromBase64(listed) : undefined;
    return list !== undefined && decodeChunkList(list).ok ? { bytes: list, chunked: true } : undefined;
  }
  const text = content[shape.textField];
  const bytes =
    typeof text !== 'string' ? undefined : content['encoding'] === 'base64' ? bytesFromBase64(text) : utf8(text);
  return bytes && { bytes };
}

function recordOf(
  { path, bytes }: FolderFile,
  required: RequiredMembers | undefined,
  shape: TextShape | undefined,
): JsonObject | undefined {
  const parsed = path.endsWith('.json') && !isKept(path, shape) ? parseExact(bytes) : undefined;
  const value = parsed?.ok === true ? parsed.value : undefined;
  // What would be read back as a plain file has to stay one, or its bytes would change under its writer.
  return isJsonObject(value) && hasMembers(value, required) && shape?.isFile(path, value) !== true ? value : undefined;
}

function noRecordWords({ path, bytes }: FolderFile): string {
  const parsed = path.endsWith('.json') ? parseExact(bytes) : undefined;
  return parsed?.ok === false
    ? `it cannot be taken as it is. ${parsed.error}`
    : 'only .json files with the fields of this collection can be records';
}

function hasMembers(fields: JsonObject, required: RequiredMembers | undefined): boolean {
  return (
    required !== undefined &&
    Object.entries(required).every(([name, type]) => Object.hasOwn(fields, name) && typeof fields[name] === type)
  );
}

function isRelativePath(path: string): boolean {
  return path !== '' && path.split('/').every((name) => name !== '' && name !== '.' && name !== '..');
}
