import type { RootFault } from './judge-root.ts';

/** Why a file or folder is not in step. The set is closed; words for each are below. */
export type ProblemCode =
  | RootFault
  | 'root_replaced'
  | 'losses_held'
  | 'first_exchange'
  | 'ignore_held'
  | 'ignore_unfit'
  | 'symlink'
  | 'link_elsewhere'
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
  | 'record_no_file'
  | 'records_unavailable'
  | 'waits_for_review'
  | 'both_changed'
  | 'mode_kept'
  | 'old_copy'
  | 'watch_failed';

export interface SourceProblem {
  readonly code: ProblemCode;
  /** Relative to the root; empty for the root itself. Bytes that are no text are shown as `\xNN`. */
  readonly path: string;
  readonly happened: string;
  /** What a person can do next. */
  readonly remedy: string;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
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

/** Said of what was done, or of what is in a queue of its own; nothing is out of step. */
const notices: ReadonlySet<ProblemCode> = new Set([
  'both_changed',
  'mode_kept',
  'old_copy',
  'waits_for_review',
  'watch_failed',
]);

/** What goes away without anybody touching the file: it is looked at again before long. */
const passing: ReadonlySet<ProblemCode> = new Set([
  'unreadable',
  'not_writable',
  'disk_full',
  'too_many_open_files',
  'input_output',
  'path_occupied',
  'root_replaced',
  'first_exchange',
]);

/** True for what may be over soon, however long it has been so. */
export function isPassing(code: ProblemCode): boolean {
  return passing.has(code);
}

/** True for what keeps a file and its record apart. */
export function isOutOfStep({ code }: Pick<SourceProblem, 'code'>): boolean {
  return !notices.has(code);
}

/** True for what a person has to know of: it stands for long, or nothing but a person ends it. */
export function isLasting({ code, sinceMs }: Pick<SourceProblem, 'code' | 'sinceMs'>, nowMs: number): boolean {
  return !notices.has(code) && (!passing.has(code) || nowMs - sinceMs >= lastingMs);
}

const lastingMs = 60_000;

/** States of the disk that every scan finds again while they last. */
const seenByScan: ReadonlySet<ProblemCode> = new Set([
  'old_copy',
  'symlink',
  'special_file',
  'too_large',
  'name_not_utf8',
  'name_unusable',
  'name_collision',
  'unreadable',
  'input_output',
  'too_many_open_files',
]);

/** More than this many standing problems are counted, not kept. */
const maximumProblems = 1000;

export function createProblemLog(onProblem: (problem: SourceProblem) => void, nowMs: () => number): ProblemLog {
  const byPath = new Map<string, SourceProblem>();
  let foundAgain = new Set<string>();
  return {
    report(code, path, detail): void {
      const key = keyOf(code, path);
      foundAgain.add(key);
      const standing = byPath.get(key);
      const sinceMs = standing?.code === code ? standing.sinceMs : nowMs();
      const problem: SourceProblem = { ...problemOf(code, path, detail), sinceMs };
      if (standing?.code === code && standing.happened === problem.happened) {
        return;
      }
      if (standing === undefined && byPath.size >= maximumProblems) {
        return;
      }
      byPath.set(key, problem);
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
    'The linked folder is not there; nothing was removed and the link is paused.',
    'Mount or restore the folder: it goes on by itself. Or unlink it.',
  ],
  root_unreadable: [
    'The linked folder cannot be read; nothing was removed and the link is paused.',
    'Give yourself the right to read it, or check the disk: it goes on by itself.',
  ],
  root_unknown: [
    'Another folder, or an empty one, lies where the linked folder was; nothing was removed and the link is paused.',
    'Mount the right one, with .sourcesync in it: it goes on by itself. Did you put the files back yourself? Look again: sourcesync link resume PATH. Is it a new one that is to be filled? sourcesync link adopt PATH',
  ],
  root_of_another: [
    'The folder is marked as that of another link, as a copy of a linked folder is; the link is paused.',
    'Put the right folder in its place, or take this one as new: sourcesync link adopt PATH',
  ],
  root_replaced: [
    'The linked folder was replaced while it was read; nothing was removed.',
    'It is looked at again in a moment; check that the right folder is mounted.',
  ],
  losses_held: [
    'Much of the folder is gone, or emptied, at once; its records were kept.',
    'Accept or reject it (sourcesync reviews ls), or put the files back.',
  ],
  first_exchange: [
    'Nothing of this folder is told to the other devices yet: what they ignore is not known here.',
    'It goes on by itself with the first exchange; see the relay: sourcesync status',
  ],
  ignore_held: [
    'Another device changed .syncignore in a way that changes much here; the file was kept as it is.',
    'Look at it and decide (sourcesync reviews ls).',
  ],
  ignore_unfit: ['The rules of what to ignore are not in force; the last good ones are.', 'Correct the file.'],
  symlink: [
    'A symbolic link: links are never followed, and synced only where a person allows it.',
    'Put a real file or folder in its place, list the path in .syncignore, or link the folder anew with --links.',
  ],
  link_elsewhere: [
    'A symbolic link on another device; this one takes none.',
    'Link the folder anew with --links to take links that stay inside it, or list the path in .syncignore.',
  ],
  special_file: ['Not a regular file (pipe, socket or device).', 'Move it away, or list it in .syncignore.'],
  too_large: [
    'The file is larger than a record may be; it was left alone.',
    'Make it smaller, or list it in .syncignore.',
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
  record_no_file: [
    'What its record holds cannot be written as a file; the file was left alone.',
    'Bring an earlier version back: sourcesync records history COLLECTION FILE says how.',
  ],
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
  mode_kept: [
    'On another device this file was opened to others; here it stays private.',
    'To open it here too: chmod go+r FILE',
  ],
  old_copy: [
    'An earlier version of SourceSync put this copy beside its file; it is synced like any other file.',
    'See and remove such copies: sourcesync link clean PATH',
  ],
  watch_failed: [
    'The folder cannot be watched; changes are found by the regular pass only.',
    'Raise the limit of watched folders (on Linux fs.inotify.max_user_watches).',
  ],
};

/** A file has one problem; of the folder as a whole several things may be wrong. */
function keyOf(code: ProblemCode, path: string): string {
  return path === '' ? `\0${code}` : path;
}

function problemOf(code: ProblemCode, path: string, detail: string | undefined): Omit<SourceProblem, 'sinceMs'> {
  const [happened, remedy] = words[code];
  return { code, path, happened: detail === undefined ? happened : `${happened} (${detail})`, remedy };
}
