/** A file as it is now. blocked: something is there, or may be, that cannot be read or must not be touched. */
export type FileSide =
  | { readonly kind: 'absent' }
  | { readonly kind: 'present'; readonly fingerprint: string; readonly content: string; readonly private: boolean }
  | { readonly kind: 'blocked' };

/**
 * A record as it is now. unknown: this device has never had it. waiting: only proposals exist, some of this device.
 * given_up: nothing of this device waits, and what was proposed was decided against or not decided yet. removed: tombstoned,
 * or out of the files. unfit: damaged, or not a file.
 */
export type RecordSide =
  | { readonly kind: 'unknown' | 'waiting' | 'given_up' | 'removed' | 'unfit' }
  | {
      readonly kind: 'live';
      /** As its file would be here. */
      readonly fingerprint: string;
      /** The same without regard to who may read it. */
      readonly content: string;
      readonly private: boolean;
      readonly version: string;
    };

/** What file and record last agreed on; `hash` null: that there is no file. */
export interface Agreement {
  readonly hash: string | null;
  readonly version: string | null;
}

/**
 * none: in step, or nothing may be done. agree: note that they are equal. forget: note that both are gone. take: the
 * file's content becomes a change. write: the record becomes the file. merge: both changed, or they meet for the first
 * time and differ; the file becomes a change beside the record's, then what comes of both becomes the file.
 */
export type FileAction = 'none' | 'agree' | 'forget' | 'take' | 'write' | 'remove_file' | 'remove_record' | 'merge';

/** Decides for one path. Content that no log knows is never the one that gives way. */
export function planFile(file: FileSide, agreed: Agreement | undefined, record: RecordSide): FileAction {
  if (file.kind === 'blocked' || record.kind === 'unfit') {
    return 'none';
  }
  if (agreed === undefined) {
    return planInitialSync(file, record);
  }
  if (file.kind === 'absent') {
    return agreed.hash === null ? planKnownAbsence(record) : planAbsentFile(agreed, record);
  }
  return file.fingerprint === agreed.hash
    ? planUntouchedFile(agreed, record)
    : planTouchedFile(file.fingerprint, agreed, record);
}

function planInitialSync(file: Exclude<FileSide, { kind: 'blocked' }>, record: RecordSide): FileAction {
  if (file.kind === 'absent') {
    return record.kind === 'live' ? 'write' : 'none';
  }
  if (record.kind !== 'live') {
    return 'take';
  }
  if (record.content !== file.content) {
    return 'merge';
  }
  // Who may read a file is only ever tightened from afar; a file that is tighter here stays so.
  return record.private && !file.private ? 'write' : 'agree';
}

function planKnownAbsence(record: RecordSide): FileAction {
  return record.kind === 'live' ? 'write' : 'none';
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
    case 'given_up':
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
