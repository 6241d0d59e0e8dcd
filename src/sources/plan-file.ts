/** A file as it is now. blocked: something is there, or may be, that cannot be read or must not be touched. */
export type FileSide =
  | { readonly kind: 'absent' }
  | { readonly kind: 'present'; readonly fingerprint: string }
  | { readonly kind: 'blocked' };

/**
 * A record as it is now. unknown: this device has never had it. waiting: only proposals exist. removed: tombstoned.
 * unfit: damaged, or not a file.
 */
export type RecordSide =
  | { readonly kind: 'unknown' | 'waiting' | 'removed' | 'unfit' }
  | { readonly kind: 'live'; readonly fingerprint: string; readonly version: string };

/** What file and record last agreed on. */
export interface Agreement {
  readonly hash: string;
  readonly version: string;
}

/**
 * none: in step, or nothing may be done. agree: note that they are equal. forget: both are gone. take: the file's
 * content becomes a change. write: the record becomes the file. merge: both changed; the file becomes a change, then
 * the merged record the file. keep_both: they meet for the first time and differ; the file is kept under another name.
 */
export type FileAction =
  | 'none'
  | 'agree'
  | 'forget'
  | 'take'
  | 'write'
  | 'remove_file'
  | 'remove_record'
  | 'merge'
  | 'keep_both';

/** Decides for one path. Content that no log knows is never the one that gives way. */
export function planFile(file: FileSide, agreed: Agreement | undefined, record: RecordSide): FileAction {
  if (file.kind === 'blocked' || record.kind === 'unfit') {
    return 'none';
  }
  if (agreed === undefined) {
    return planFirstMeeting(file, record);
  }
  if (file.kind === 'absent') {
    return planAbsentFile(agreed, record);
  }
  return file.fingerprint === agreed.hash
    ? planUntouchedFile(agreed, record)
    : planTouchedFile(file.fingerprint, agreed, record);
}

function planFirstMeeting(file: Exclude<FileSide, { kind: 'blocked' }>, record: RecordSide): FileAction {
  if (file.kind === 'absent') {
    return record.kind === 'live' ? 'write' : 'none';
  }
  if (record.kind !== 'live') {
    return 'take';
  }
  return record.fingerprint === file.fingerprint ? 'agree' : 'keep_both';
}

function planAbsentFile(agreed: Agreement, record: RecordSide): FileAction {
  if (record.kind !== 'live') {
    return 'forget';
  }
  return record.fingerprint === agreed.hash ? 'remove_record' : 'write';
}

function planUntouchedFile(agreed: Agreement, record: RecordSide): FileAction {
  switch (record.kind) {
    case 'live':
      if (record.fingerprint !== agreed.hash) {
        return 'write';
      }
      return record.version === agreed.version ? 'none' : 'agree';
    case 'removed':
      return 'remove_file';
    // A store that has lost the record is no reason to delete a file.
    case 'unknown':
      return 'take';
    case 'waiting':
    case 'unfit':
      return 'none';
  }
}

function planTouchedFile(fingerprint: string, agreed: Agreement, record: RecordSide): FileAction {
  if (record.kind !== 'live' || record.fingerprint === agreed.hash) {
    return 'take';
  }
  return record.fingerprint === fingerprint ? 'agree' : 'merge';
}
