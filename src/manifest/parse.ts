import { assert } from '../base/assert.ts';
import { textFromUtf8 } from '../base/bytes.ts';
import { parseCollectionName, parseEngineId } from '../base/ids.ts';
import { isJsonObject, type JsonObject } from '../base/json.ts';
import { type JsonFault, parseJsonText, placeOf } from '../base/json-text.ts';
import { wordsOfFault } from '../base/parse-exact.ts';
import { type Result, err, ok } from '../base/result.ts';
import type { Manifest } from '../contract/manifest.ts';
import type { ManifestFinding, Severity, UnplacedFinding } from './finding.ts';
import { explainFaults } from './partial.ts';
import { compileOwnSchema } from './schema-check.ts';

/** Larger input is refused before it is looked at. */
export const maximumManifestBytes: number = 64 * 1024;

export interface ParsedManifest {
  readonly manifest: Manifest;
  /** Things that do not stand in the way: warnings and notices. */
  readonly notices: readonly ManifestFinding[];
  /** Gives a finding of a later rule its line and column. */
  place(finding: UnplacedFinding): ManifestFinding;
}

/** A manifest as its file has it: bytes, or text already decoded. */
export type ManifestParser = (input: Uint8Array | string) => Result<ParsedManifest, readonly ManifestFinding[]>;

/**
 * Parses manifests against the manifest schema (`schemas/SyncEngineManifest.json`), which the caller has read.
 * The parser never throws on input: bytes that are no manifest come back as findings.
 */
export function createManifestParser(schema: JsonObject): ManifestParser {
  const read = createManifestReader(schema);
  return (input) => {
    const document = parseManifestText(input);
    return document.ok ? read(document.value) : document;
  };
}

/** A manifest as an object inside a larger document, such as the manifest of a repository. */
export type ManifestReader = (document: PlacedDocument) => Result<ParsedManifest, readonly ManifestFinding[]>;

/** As {@link createManifestParser}, of a document whose text was parsed before. Nothing of it that is wrong is left out. */
export function createManifestReader(schema: JsonObject): ManifestReader {
  const check = compileOwnSchema(schema, 'every_fault');

  return ({ value, place }) => {
    const faults = check(value);
    if (faults.length > 0) {
      return err(explainFaults(value, faults).map(place));
    }
    const { $schema, ...fields } = value;
    const engineId = parseEngineId(String(fields['engineId']));
    const collection = parseCollectionName(String(fields['collection']));
    assert(engineId !== undefined && collection !== undefined, 'the schema is as strict as the ids');
    const notices = $schema === undefined ? [] : [place(schemaNotice)];
    return ok({ manifest: { ...(fields as unknown as Manifest), engineId, collection }, notices, place });
  };
}

/** A JSON object written by a person, with the means to point into its text. */
export interface PlacedDocument {
  readonly value: JsonObject;
  place(finding: UnplacedFinding): ManifestFinding;
}

/** The steps before a schema: size, encoding, JSON, and that it is an object. Serves record schemas as well. */
export function parseManifestText(
  input: Uint8Array | string,
  maximumBytes: number = maximumManifestBytes,
): Result<PlacedDocument, readonly ManifestFinding[]> {
  if (input.length > maximumBytes) {
    return refuse('json.size', `It is larger than ${maximumBytes} bytes.`, 'Check that it is the right file.');
  }
  const text = typeof input === 'string' ? input : textFromUtf8(input);
  if (text === undefined) {
    return refuse('json.utf8', 'It is not UTF-8.', 'Save it as UTF-8.');
  }
  if (text.startsWith('\ufeff')) {
    return refuse('json.bom', 'It begins with a byte order mark.', 'Save it as UTF-8 without a byte order mark.');
  }
  if (text.trim() === '') {
    return refuse('json.empty', 'It is empty.', 'Write the manifest, or remove the file.');
  }
  const offsetByPointer = new Map<string, number>();
  const json = parseJsonText(text, offsetByPointer);
  if (!json.ok) {
    return err(json.error.map((fault) => jsonFinding(text, fault)));
  }
  const { value } = json;
  return isJsonObject(value)
    ? ok({ value, place: placer(text, offsetByPointer) })
    : refuse('schema.type', 'It is not a JSON object.', 'Write one JSON object: { … }.');
}

const schemaNotice: UnplacedFinding = {
  severity: 'notice',
  rule: 'schema.tolerated',
  path: '/$schema',
  message: 'The field "$schema" is tolerated and not read.',
  remedy: 'Nothing needs to be done.',
};

function jsonFinding(text: string, fault: JsonFault): ManifestFinding {
  const [message, remedy] = wordsOfFault(text, fault);
  return { severity: 'error', rule: fault.rule, path: fault.pointer, ...placeOf(text, fault.offset), message, remedy };
}

/** A path that does not stand in the text (a missing field) is placed where its parent stands. */
function placer(
  text: string,
  offsetByPointer: ReadonlyMap<string, number>,
): (finding: UnplacedFinding) => ManifestFinding {
  return (finding) => {
    let { path } = finding;
    while (path !== '' && !offsetByPointer.has(path)) {
      path = path.slice(0, path.lastIndexOf('/'));
    }
    return { ...finding, ...placeOf(text, offsetByPointer.get(path) ?? 0) };
  };
}

function refuse(rule: string, message: string, remedy: string): Result<never, readonly ManifestFinding[]> {
  const severity: Severity = 'error';
  return err([{ severity, rule, path: '', line: 1, column: 1, message, remedy }]);
}
