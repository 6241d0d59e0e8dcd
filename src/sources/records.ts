import type { ChangeId, CollectionName, RecordId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import { type Result, err, ok } from '../base/result.ts';
import type { FileMapping, FolderFile } from '../contract/engine.ts';
import type { RecordRow } from '../contract/record.ts';
import { diffPatch } from '../merge/json-patch.ts';
import type { LinkedFile } from '../store/port.ts';
import { rebasePatch } from './field-patch.ts';
import { fingerprintOf } from './fingerprint.ts';
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
  if (row === undefined && view.records.isBuried(view.collection, id)) {
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

/** False when a record cannot hold that this file is executable, so that its mode says nothing. */
export function carriesMode(view: RecordView, file: FolderFile): boolean {
  if (!file.executable) {
    return true;
  }
  const fields = view.mapping.toFields(file);
  return fields.ok && view.mapping.toFile(file.path, fields.value)?.executable === true;
}

/**
 * The edit that brings a file into its record, touching only what the file says, so that fields which no file carries
 * stay. A file made from an older version is merged with what came after. The error is the mapping's, in words.
 */
export function editOf(
  view: RecordView,
  file: FolderFile,
  row: RecordRow | undefined,
  agreed: LinkedFile | undefined,
): Result<FileEdit, string> {
  const id = file.path as RecordId;
  const mapped = view.mapping.toFields(file);
  if (!mapped.ok) {
    return mapped;
  }
  const next = mapped.value;
  const current = row?.fields ?? null;
  if (row === undefined || current === null) {
    const edit = { id, intent: { kind: 'put', fields: next }, seen: row?.version ?? null } as const;
    return ok({ kind: 'edit', edit, overlaps: false });
  }
  const concurrent = agreed !== undefined && agreed.version !== row.version;
  const base = concurrent ? view.records.fieldsAt?.(view.collection, id, agreed.version) : current;
  if (base !== undefined && concurrent && view.records.mergesAtBase === true) {
    return ok(patchEdit(row, diffPatch(fileFields(view, id, base), next), false, agreed.version));
  }
  const from = fileFields(view, id, base ?? current);
  const { patch, overlaps } = rebasePatch(diffPatch(from, next), base ?? current, current, view.textPaths);
  return ok(patchEdit(row, patch, concurrent && (overlaps || base === undefined), undefined));
}

/** True when a live record says exactly what the file does. */
export function saysTheSame(view: RecordView, file: FolderFile, { id, fields }: RecordRow): boolean {
  const mapped = view.mapping.toFields(file);
  return mapped.ok && fields !== null && diffPatch(fileFields(view, id, fields), mapped.value).length === 0;
}

/** The part of a record's fields that its file carries. */
function fileFields(view: RecordView, id: string, fields: JsonObject): JsonObject {
  const file = view.mapping.toFile(id, fields);
  const mapped = file === undefined ? err('no file') : view.mapping.toFields(file);
  return mapped.ok ? mapped.value : {};
}

function patchEdit(
  { id, version: seen }: RecordRow,
  patch: ReturnType<typeof rebasePatch>['patch'],
  overlaps: boolean,
  base: ChangeId | undefined,
): FileEdit {
  if (patch.length === 0) {
    return { kind: 'nothing' };
  }
  const intent = { kind: 'patch', patch } as const;
  return { kind: 'edit', edit: base === undefined ? { id, intent, seen } : { id, intent, seen, base }, overlaps };
}

function sideOf(view: RecordView, row: RecordRow | undefined, agreed: LinkedFile | undefined): RecordSide {
  if (row === undefined) {
    return { kind: 'unknown' };
  }
  switch (row.state) {
    case 'tombstoned':
      return { kind: 'removed' };
    case 'absent':
      return { kind: 'waiting' };
    case 'live': {
      if (agreed?.version === row.version) {
        return { kind: 'live', fingerprint: agreed.hash, version: row.version };
      }
      const file = fileOf(view, row);
      return file === undefined
        ? { kind: 'unfit' }
        : { kind: 'live', fingerprint: fingerprintOf(file.bytes, file.executable), version: row.version };
    }
  }
}
