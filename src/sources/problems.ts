/** Why a file or folder is not in step. The set is closed; words for each are below. */
export type ProblemCode =
  | 'root_missing'
  | 'root_replaced'
  | 'removals_held'
  | 'rewrites_held'
  | 'symlink'
  | 'special_file'
  | 'too_large'
  | 'name_not_utf8'
  | 'name_unusable'
  | 'name_collision'
  | 'path_unsafe'
  | 'path_occupied'
  | 'unreadable'
  | 'not_writable'
  | 'disk_full'
  | 'too_many_open_files'
  | 'input_output'
  | 'file_unfit'
  | 'record_refused'
  | 'record_damaged'
  | 'records_unavailable'
  | 'waits_for_review'
  | 'both_changed'
  | 'kept_aside'
  | 'watch_failed';

export interface SourceProblem {
  readonly code: ProblemCode;
  /** Relative to the root; empty for the root itself. Bytes that are no text are shown as `\xNN`. */
  readonly path: string;
  readonly happened: string;
  /** What a person can do next. */
  readonly remedy: string;
}

/** Problems that stand now, each reported once when it appears. */
export interface ProblemLog {
  report(code: ProblemCode, path: string, detail?: string): void;
  /** Forgets what stood against a path. */
  clear(path: string): void;
  /** Forgets what kept a path out of step; notices of what was done stand until it is edited again. */
  settle(path: string): void;
  clearCode(code: ProblemCode): void;
  /** From here to {@link sweep}, what is still so is reported again. */
  mark(): void;
  /** Forgets what a whole scan has not found again. */
  sweep(): void;
  list(): readonly SourceProblem[];
}

/** Said of what was done; nothing is out of step. */
const notices: ReadonlySet<ProblemCode> = new Set(['both_changed', 'kept_aside', 'waits_for_review']);

/** States of the disk that every scan finds again while they last. */
const seenByScan: ReadonlySet<ProblemCode> = new Set([
  'symlink',
  'special_file',
  'too_large',
  'name_not_utf8',
  'name_unusable',
  'name_collision',
  'unreadable',
  'input_output',
]);

/** More than this many standing problems are counted, not kept. */
const maximumProblems = 1000;

export function createProblemLog(onProblem: (problem: SourceProblem) => void): ProblemLog {
  const byPath = new Map<string, SourceProblem>();
  let foundAgain = new Set<string>();
  return {
    report(code, path, detail): void {
      foundAgain.add(path);
      const problem = problemOf(code, path, detail);
      const standing = byPath.get(path);
      if (standing?.code === code && standing.happened === problem.happened) {
        return;
      }
      if (standing === undefined && byPath.size >= maximumProblems) {
        return;
      }
      byPath.set(path, problem);
      onProblem(problem);
    },
    clear(path): void {
      byPath.delete(path);
    },
    settle(path): void {
      const standing = byPath.get(path);
      if (standing !== undefined && !notices.has(standing.code)) {
        byPath.delete(path);
      }
    },
    clearCode(code): void {
      for (const [path, problem] of byPath) {
        if (problem.code === code) {
          byPath.delete(path);
        }
      }
    },
    mark(): void {
      foundAgain = new Set();
    },
    sweep(): void {
      for (const [path, { code }] of byPath) {
        if (seenByScan.has(code) && !foundAgain.has(path)) {
          byPath.delete(path);
        }
      }
    },
    list: () => [...byPath.values()],
  };
}

/** The problem that an operating system error means; `writing` tells a refused write from a refused read. */
export function problemCodeOf(errno: string | undefined, writing: boolean): ProblemCode {
  switch (errno) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return writing ? 'not_writable' : 'unreadable';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'disk_full';
    case 'EMFILE':
    case 'ENFILE':
      return 'too_many_open_files';
    case 'ELOOP':
      return 'symlink';
    case 'ENAMETOOLONG':
    case 'EINVAL':
    case 'EILSEQ':
      return 'path_unsafe';
    case 'EISDIR':
    case 'ENOTDIR':
    case 'ENOTEMPTY':
      return 'path_occupied';
    default:
      return 'input_output';
  }
}

export function errnoOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

const words: Readonly<Record<ProblemCode, readonly [happened: string, remedy: string]>> = {
  root_missing: [
    'The linked folder is not there; nothing was removed and syncing of it is paused.',
    'Mount or restore the folder and it goes on by itself, or unlink it.',
  ],
  root_replaced: [
    'The linked folder was replaced while it was read; nothing was removed.',
    'It is read again on the next pass; check that the right folder is mounted.',
  ],
  removals_held: [
    'Many files are gone at once; their records were kept.',
    'Accept or reject the removals (sourcesync reviews ls), or put the files back.',
  ],
  rewrites_held: [
    'Many files were changed at once; their records were kept.',
    'Accept or reject the changes (sourcesync reviews ls), or put the files back.',
  ],
  symlink: [
    'A symbolic link is in the way; links are never followed or synced.',
    'Put a real file or folder in its place, or list the path in .syncignore.',
  ],
  special_file: ['Not a regular file (pipe, socket or device).', 'Move it away, or list it in .syncignore.'],
  too_large: [
    'The file is larger than a record may be; it was left alone.',
    'Make it smaller, raise the limit, or list it in .syncignore.',
  ],
  name_not_utf8: ['The name is not valid UTF-8, so that no other device could write it.', 'Rename it.'],
  name_unusable: ['The name cannot be a record id (control characters, a backslash, or too long).', 'Rename it.'],
  name_collision: [
    'Another file has the same name but for case or Unicode composition; only the first is synced.',
    'Rename one of the two.',
  ],
  path_unsafe: ['The record has a name that cannot be a file here; it was not written.', 'Rename the record.'],
  path_occupied: [
    'A folder or file of that name is in the way, so that the record could not be written.',
    'Move it away; the record is written on the next pass.',
  ],
  unreadable: [
    'It cannot be read with the rights of this user; its record was kept.',
    'Give yourself the right to read it, or list it in .syncignore.',
  ],
  not_writable: [
    'The file could not be changed with the rights of this user; the record is newer than the file.',
    'Give yourself the right to write here; it is tried again on the next pass.',
  ],
  disk_full: ['The disk is full; the file is as it was.', 'Free some space; it is tried again on the next pass.'],
  too_many_open_files: [
    'Too many files are open on this machine.',
    'Raise the limit of open files; it is tried again on the next pass.',
  ],
  input_output: [
    'The disk reported an error; nothing was removed.',
    'Check the disk; it is tried again on the next pass.',
  ],
  file_unfit: ['The file cannot become a record of this collection.', 'Correct it, or list it in .syncignore.'],
  record_refused: ['The change was refused; file and record are as they were.', 'Follow the reason given.'],
  record_damaged: ['The record is damaged in the store; its file was left alone.', 'Restore or rebuild the store.'],
  records_unavailable: [
    'The change could not be recorded; the file is as it was.',
    'It is tried again on the next pass; see the daemon for the cause.',
  ],
  waits_for_review: [
    'The change in this file waits for a decision before it is live.',
    'Decide it in the review list.',
  ],
  both_changed: [
    'File and record were changed in the same place; the file is live now, the other version is in history.',
    'Compare with the history of the record.',
  ],
  kept_aside: [
    'The file differed from the record when they first met; both are kept, the file under a new name.',
    'Compare the two, and delete the one that is not needed.',
  ],
  watch_failed: [
    'The folder cannot be watched; changes are found by the regular pass only.',
    'Raise the limit of watched folders (on Linux fs.inotify.max_user_watches).',
  ],
};

function problemOf(code: ProblemCode, path: string, detail: string | undefined): SourceProblem {
  const [happened, remedy] = words[code];
  return { code, path, happened: detail === undefined ? happened : `${happened} (${detail})`, remedy };
}
