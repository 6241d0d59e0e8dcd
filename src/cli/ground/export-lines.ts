import { createHash } from 'node:crypto';
import type { ExportedCollectionBody, ExportedRecordBody } from '../../api/types/export.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { parseExact } from '../../base/parse-exact.ts';
import { type Result, err, ok } from '../../base/result.ts';

/** The first line of an export. */
export interface ExportHeader {
  readonly format: typeof format;
  readonly version: 1;
  readonly createdAt: string;
  readonly where: string | null;
  readonly collections: readonly Pick<ExportedCollectionBody, 'collection' | 'engineId' | 'schemaVersion' | 'schema'>[];
  readonly leftOut: readonly { readonly collection: string; readonly reason: string }[];
}

/** A line of one record; the content of a file stands in its fields, too. */
export interface ExportLine extends Omit<ExportedRecordBody, 'file'> {
  readonly collection: string;
  readonly file?: { readonly path: string; readonly sha256: string };
}

/** The last line, by which a reader knows that nothing is missing or was changed. */
export interface ExportTrailer {
  readonly records: Readonly<Record<string, number>>;
  readonly files: number;
  /** Records whose line says `leftOut`: large files, of which no bytes are in it. */
  readonly leftOut: number;
  /** Over every byte before this line. */
  readonly sha256: string;
}

const format = 'sourcesync-export';

export function headerOf(facts: Omit<ExportHeader, 'format' | 'version'>): ExportHeader {
  return { format, version: 1, ...facts };
}

/** Counts and hashes lines as they go out. */
export function createTally(): {
  line(value: object): string;
  record(line: ExportLine): string;
  trailer(): ExportTrailer;
} {
  const hash = createHash('sha256');
  const records: Record<string, number> = {};
  let files = 0;
  let leftOut = 0;
  const line = (value: object): string => {
    const text = JSON.stringify(value);
    hash.update(`${text}\n`);
    return text;
  };
  return {
    line,
    record(one) {
      records[one.collection] = (records[one.collection] ?? 0) + 1;
      files += one.file === undefined ? 0 : 1;
      leftOut += one.leftOut === undefined ? 0 : 1;
      return line(one);
    },
    trailer: () => ({ records, files, leftOut, sha256: hash.copy().digest('hex') }),
  };
}

export interface ReadExport {
  readonly header: JsonObject;
  readonly records: readonly {
    readonly collection: string;
    readonly id: string;
    readonly fields: JsonObject;
    /** It is a large file, of which no bytes are in the export. */
    readonly isLarge: boolean;
  }[];
}

/** Reads an export whole: its trailer first, then each line by the parse of every door. The error says which line and why. */
export function readExport(content: Uint8Array): Result<ReadExport, string> {
  const end = content.length - (content.at(-1) === newline ? 1 : 0);
  const start = content.subarray(0, end).lastIndexOf(newline) + 1;
  const trailer = objectIn(content.subarray(start, end))?.['trailer'];
  if (!isJsonObject(trailer) || content.at(-1) !== newline) {
    return err('its last line is missing: it was cut off, or is no export. Export it again.');
  }
  const body = content.subarray(0, start);
  if (trailer['sha256'] !== createHash('sha256').update(body).digest('hex')) {
    return err(
      'it is not as it was written: its content and its last line do not belong together. Export it again; what was edited by hand is pushed with: sourcesync push',
    );
  }
  return readLines(body, trailer);
}

const newline = 0x0a;

function readLines(body: Uint8Array, trailer: JsonObject): Result<ReadExport, string> {
  const records: ReadExport['records'][number][] = [];
  let header: JsonObject | undefined;
  let at = 0;
  for (let number = 1; at < body.length; number++) {
    const end = body.indexOf(newline, at);
    const parsed = parseExact(body.subarray(at, end));
    at = end + 1;
    if (!parsed.ok) {
      return err(`line ${number} is not to be taken. ${parsed.error}`);
    }
    if (number === 1) {
      header = isJsonObject(parsed.value) && parsed.value['format'] === format ? parsed.value : undefined;
      if (header?.['version'] !== 1) {
        return err(
          header === undefined
            ? 'it is no export of this program.'
            : 'a newer version of this program wrote it. Upgrade this one.',
        );
      }
      continue;
    }
    const record = recordOf(parsed.value);
    if (record === undefined) {
      return err(`line ${number} is no record: it has no collection, id and fields.`);
    }
    records.push(record);
  }
  return header !== undefined && isCountedSo(records, trailer)
    ? ok({ header, records })
    : err('it does not have the records that its last line says. Export it again.');
}

function recordOf(value: JsonValue): ReadExport['records'][number] | undefined {
  const { collection, id, fields, leftOut } = isJsonObject(value) ? value : {};
  return typeof collection === 'string' && typeof id === 'string' && isJsonObject(fields)
    ? { collection, id, fields, isLarge: typeof leftOut === 'string' }
    : undefined;
}

function isCountedSo(records: ReadExport['records'], trailer: JsonObject): boolean {
  const { records: counted } = trailer;
  const total = isJsonObject(counted) ? Object.values(counted).reduce<number>((sum, one) => sum + Number(one), 0) : -1;
  return total === records.length;
}

function objectIn(bytes: Uint8Array): JsonObject | undefined {
  const parsed = parseExact(bytes);
  return parsed.ok && isJsonObject(parsed.value) ? parsed.value : undefined;
}
