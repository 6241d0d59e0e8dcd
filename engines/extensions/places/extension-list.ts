import { type JsonObject, type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import { type Result, err, ok } from '../../../src/base/result.ts';
import { versionOf } from '../judge/versions.ts';
import type { Editor } from './editors.ts';
import { parsedJson } from './parsed-json.ts';

/** An extension as the editor's list has it. */
export interface ListedExtension {
  /** `publisher.name` in lower case. */
  readonly id: string;
  readonly version: string;
  /** Its folder below that of the list. */
  readonly folder: string;
  /** What of its record the list says. */
  readonly listed: JsonObject;
}

export interface ExtensionList {
  readonly extensions: readonly ListedExtension[];
  /** In words, what of it nobody can read: then nothing is taken for removed. */
  readonly unclear: readonly string[];
  /** Those that the person keeps out of every synchronisation. */
  readonly leftAlone: number;
  /** Their names, as {@link ListedExtension.id}. */
  readonly held: ReadonlySet<string>;
}

/** Reads `extensions.json`, which alone says what is installed: folders stay behind. In words why it says nothing. */
export function readExtensionList(text: string, editor: Editor): Result<ExtensionList, string> {
  const entries = parsedJson(text);
  if (!Array.isArray(entries)) {
    return err('The list of installed extensions cannot be read.');
  }
  if (entries.length === 0) {
    return err('The list of installed extensions is empty.');
  }
  const extensions = new Map<string, ListedExtension>();
  const unclear: string[] = [];
  const held = new Set<string>();
  let leftAlone = 0;
  for (const [index, entry] of entries.entries()) {
    const read = entryOf(entry as JsonValue, editor);
    const known = read.ok && read.value !== 'of this machine' ? extensions.get(read.value.id) : undefined;
    if (!read.ok) {
      unclear.push(`Entry ${index + 1}${read.error}`);
    } else if (read.value === 'of this machine') {
      leftAlone++;
      held.add(idOf(entry as JsonValue));
    } else if (known !== undefined && known.version !== read.value.version) {
      unclear.push(`${read.value.id} is in it twice, as ${known.version} and as ${read.value.version}.`);
    } else {
      extensions.set(read.value.id, read.value);
    }
  }
  return ok({ extensions: [...extensions.values()], unclear, leftAlone, held });
}

function idOf(entry: JsonValue): string {
  const { identifier } = isJsonObject(entry) ? entry : {};
  return isJsonObject(identifier) ? String(identifier['id']).toLowerCase() : '';
}

function entryOf(entry: JsonValue, editor: Editor): Result<ListedExtension | 'of this machine', string> {
  const { identifier, version, relativeLocation, location, metadata } = isJsonObject(entry) ? entry : {};
  const { id } = isJsonObject(identifier) ? identifier : {};
  if (typeof id !== 'string' || !/^[a-z0-9][a-z0-9-]*\.[a-z0-9][\w.-]{0,200}$/i.test(id)) {
    return err(' names no extension.');
  }
  if (typeof version !== 'string' || versionOf(version) === undefined) {
    return err(`, ${id}, has no version.`);
  }
  const about = isJsonObject(metadata) ? metadata : {};
  if (about['isMachineScoped'] === true) {
    return ok('of this machine');
  }
  const folder = folderOf(relativeLocation, location);
  if (folder === undefined) {
    return err(`, ${id}, names no folder of its own.`);
  }
  return ok({ id: id.toLowerCase(), version, folder, listed: listedFields(about, editor) });
}

/** One folder below the list, and never one elsewhere. */
function folderOf(relative: JsonValue | undefined, location: JsonValue | undefined): string | undefined {
  const { path } = isJsonObject(location) ? location : {};
  const name = typeof relative === 'string' ? relative : typeof path === 'string' ? path.split('/').at(-1) : undefined;
  return name !== undefined && /^[^/\\\0]+$/.test(name) && name !== '.' && name !== '..' ? name : undefined;
}

function listedFields(metadata: JsonObject, editor: Editor): JsonObject {
  const { publisherId, source, id, pinned, preRelease } = metadata;
  return {
    source: sourceOf(source, id, editor),
    ...(typeof publisherId === 'string' && publisherId !== '' ? { publisherId: publisherId.toLowerCase() } : {}),
    ...(pinned === true ? { pinned: true } : {}),
    ...(preRelease === true ? { preRelease: true } : {}),
  };
}

/** Older lists do not say it, but only what came from a gallery has an id there. */
function sourceOf(source: JsonValue | undefined, id: JsonValue | undefined, editor: Editor): string {
  if (typeof source === 'string' && source !== 'gallery' && source !== '') {
    return source;
  }
  return source === 'gallery' || (typeof id === 'string' && id !== '') ? editor.gallery : 'vsix';
}
