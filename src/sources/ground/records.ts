import { textFromUtf8 } from '../../base/bytes.ts';
import type { ChangeId, CollectionName, RecordId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { FileMapping, FolderFile } from '../../contract/engine.ts';
import type { RecordRow } from '../../contract/record.ts';
import { diffPatch } from '../../merge/values/json-patch.ts';
import type { LinkedFile } from '../../store/ground/link-table.ts';
import { sharedLines } from './find-renames.ts';
import { rebasePatch } from './field-patch.ts';
import { type FileMode, fingerprintOf, plainMode } from './fingerprint.ts';
import type { RecordSide } from './plan-file.ts';
import type { RecordEdit, RecordPort } from './port.ts';

/** What the folder's files mean as records: the mapping and the port, without any disk. */
export interface RecordView {
  readonly collection: CollectionName;
  readonly mapping: FileMapping;
  readonly textPaths: readonly string[];
  readonly records: RecordPort;
}

export interface SeenRecord {
  readonly side: RecordSide;
  readonly row: RecordRow | undefined;
  readonly damaged: boolean;
}

/** The edit that makes a file's content a change; `nothing` when the record says all of it already, and maybe more. */
export type FileEdit =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'edit'; readonly edit: RecordEdit; readonly overlaps: boolean };

export function seeRecord(view: RecordView, id: RecordId, agreed: LinkedFile | undefined): SeenRecord {
  const row = view.records.get(view.collection, id);
  if (row === undefined && view.records.isCollected(view.collection, id)) {
    return { side: { kind: 'removed' }, row: undefined, damaged: false };
  }
  if (row === 'damaged') {
    return { side: { kind: 'unfit' }, row: undefined, damaged: true };
  }
  return { side: sideOf(view, row, agreed), row, damaged: false };
}

/** The file that a live record is, or undefined when it is none. */
export function fileOf(view: RecordView, row: RecordRow): FolderFile | undefined {
  const file = row.fields === null ? undefined : view.mapping.toFile(row.id, row.fields);
  return file?.path === row.id ? file : undefined;
}

/** The latest version of a record whose file had this content; undefined where its history knows none. */
export function versionSaying(view: RecordView, id: RecordId, content: string): ChangeId | undefined {
  return view.records.knownVersion?.(view.collection, id, (fields) => {
    const known = view.mapping.toFile(id, fields);
    return known !== undefined && fingerprintOf(known.bytes, { ...known, private: false }) === content ? 1 : 0;
  });
}

/** The version of a record that shares most lines with a file, at least half of them, the latest of several; and its file. */
export function versionNearest(
  view: RecordView,
  id: RecordId,
  bytes: Uint8Array,
): { readonly version: ChangeId; readonly hash: string } | undefined {
  const text = textFromUtf8(bytes);
  const hashes = new Map<number, string>();
  let most = 0;
  const version = view.records.knownVersion?.(view.collection, id, (fields) => {
    const known = view.mapping.toFile(id, fields);
    const before = known && textFromUtf8(known.bytes);
    const shared = before === undefined || text === undefined ? 0 : sharedLines(before, text);
    if (known === undefined || shared < leastLikeness) {
      return 0;
    }
    most = Math.max(most, shared);
    hashes.set(shared, fingerprintOf(known.bytes, known));
    return shared;
  });
  return version && { version, hash: hashes.get(most) ?? '' };
}

const leastLikeness = 0.5;

/** A record's file as it is to be here: one that its owner keeps to themselves here stays so, whatever the record says. */
export function localFileOf(
  view: RecordView,
  row: RecordRow,
  agreed: Pick<LinkedFile, 'private'> | undefined,
): FolderFile | undefined {
  const file = fileOf(view, row);
  return file && { ...file, private: file.private || agreed?.private === true };
}

/** What of a file's mode its record can hold. A live record that is a file of its own holds none. */
export function modeHeld(view: RecordView, file: FolderFile, row: RecordRow | undefined): FileMode | undefined {
  if (row?.state === 'live' && row.fields !== null && fileOf(view, row) !== undefined) {
    return view.mapping.holdsMode(row.id, row.fields) ? file : undefined;
  }
  if (!file.executable && !file.private && file.symlink !== true) {
    return plainMode;
  }
  const fields = view.mapping.toFields(file);
  return fields.ok && view.mapping.holdsMode(file.path, fields.value) ? file : undefined;
}

/**
 * The edit that brings a file into its record, touching only what the file says, so that fields which no file carries
 * stay. Where the record has moved on since the version that the file was made from, the collection's strategy merges
 * the two; of one that cannot, the file's difference is moved onto what is there. The error is the mapping's, in words.
 */
export function editOf(
  view: RecordView,
  file: FolderFile,
  row: RecordRow | undefined,
  agreed: LinkedFile | undefined,
): Result<FileEdit, string> {
  const id = file.path as RecordId;
  const mapped = view.mapping.toFields(withOwnMode(view, file, row, agreed));
  if (!mapped.ok) {
    return mapped;
  }
  const next = mapped.value;
  const hadFile = agreed !== undefined && agreed.hash !== null;
  const isConcurrent = row !== undefined && agreed?.version !== row.version && (row.state === 'live' || hadFile);
  if (isConcurrent && view.records.mergesAtBase?.(view.collection, id) === true) {
    return ok(editAtBase(view, id, next, row, agreed?.version ?? null));
  }
  const current = row?.fields ?? null;
  if (row === undefined || current === null) {
    const edit = { id, intent: { kind: 'put', fields: next }, seen: row?.version ?? null } as const;
    return ok({ kind: 'edit', edit, overlaps: false });
  }
  const version = isConcurrent ? (agreed?.version ?? null) : row.version;
  const base =
    version === row.version
      ? current
      : version === null
        ? undefined
        : view.records.fieldsAt?.(view.collection, id, version);
  const from = fileFields(view, id, base ?? current);
  const { patch, overlaps } = rebasePatch(diffPatch(from, next), base ?? current, current, view.textPaths);
  if (patch.length === 0) {
    return ok({ kind: 'nothing' });
  }
  const edit = { id, intent: { kind: 'patch', patch }, seen: row.version } as const;
  return ok({ kind: 'edit', edit, overlaps: isConcurrent && (overlaps || base === undefined) });
}

/** True when a live record says exactly what the file does. */
export function saysTheSame(view: RecordView, file: FolderFile, { id, fields }: RecordRow): boolean {
  const mapped = view.mapping.toFields(file);
  return mapped.ok && fields !== null && diffPatch(fileFields(view, id, fields), mapped.value).length === 0;
}

/** The file's difference to the version that it was made from, as a change beside what came after that version. */
function editAtBase(
  view: RecordView,
  id: RecordId,
  next: JsonObject,
  { version: seen }: RecordRow,
  version: ChangeId | null,
): FileEdit {
  const base = version === null ? undefined : view.records.fieldsAt?.(view.collection, id, version);
  if (base === undefined) {
    // What it was made from is not known: it is a first text of its own, beside the record's, and takes nothing away.
    const edit = { id, intent: { kind: 'put', fields: next }, seen, base: null } as const;
    return { kind: 'edit', edit, overlaps: false };
  }
  const patch = diffPatch(fileFields(view, id, base), next);
  if (patch.length === 0) {
    return { kind: 'nothing' };
  }
  const edit = { id, intent: { kind: 'patch', patch }, seen, base: version } as const;
  return { kind: 'edit', edit, overlaps: false };
}

/**
 * Who may read a file is news only where a person changed it here: else the record's word stands, so that the umask of
 * one machine does not spread with every edit.
 */
function withOwnMode(
  view: RecordView,
  file: FolderFile,
  row: RecordRow | undefined,
  agreed: LinkedFile | undefined,
): FolderFile {
  const known = row === undefined ? undefined : fileOf(view, row);
  const isAsNoted = agreed?.private === file.private;
  return known !== undefined && isAsNoted ? { ...file, private: known.private } : file;
}

/** The part of a record's fields that its file carries. */
function fileFields(view: RecordView, id: string, fields: JsonObject): JsonObject {
  const file = view.mapping.toFile(id, fields);
  const mapped = file === undefined ? err('no file') : view.mapping.toFields(file);
  return mapped.ok ? mapped.value : {};
}

/**
 * What only others wrote is in this folder where a person let it in, and no longer once they took that back. Its history is
 * read only where a file of it was here: most of what waits never had one.
 */
function isOthersFile({ records, collection }: RecordView, id: RecordId, agreed: LinkedFile | undefined): boolean {
  return agreed !== undefined && agreed.hash !== null && records.wasWrittenHere?.(collection, id) === false;
}

function isOut({ mapping }: RecordView, { id, fields }: RecordRow): boolean {
  return fields !== null && mapping.isOut?.(id, fields) === true;
}

function sideOf(view: RecordView, row: RecordRow | undefined, agreed: LinkedFile | undefined): RecordSide {
  if (row === undefined) {
    return { kind: 'unknown' };
  }
  switch (row.state) {
    case 'tombstoned':
      return { kind: 'removed' };
    case 'absent':
      return { kind: row.openReviews > 0 && !isOthersFile(view, row.id, agreed) ? 'waiting' : 'given_up' };
    case 'live': {
      const { version } = row;
      if (agreed?.version === version && agreed.hash !== null) {
        return { kind: 'live', fingerprint: agreed.hash, content: agreed.hash, private: false, version };
      }
      const file = localFileOf(view, row, agreed);
      if (file === undefined) {
        return { kind: isOut(view, row) ? 'removed' : 'unfit' };
      }
      const content = fingerprintOf(file.bytes, { ...file, private: false });
      return { kind: 'live', fingerprint: fingerprintOf(file.bytes, file), content, private: file.private, version };
    }
  }
}
