import type { ProblemCode } from './problem-code.ts';
import { words } from './problem-words.ts';

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
  /** Forgets why a folder could not be read. */
  clearUnread(folder: string): void;
  /** From here to {@link sweep}, what is still so is reported again. */
  mark(): void;
  /** Forgets what a whole scan has not found again. */
  sweep(): void;
  list(): readonly SourceProblem[];
}

/** Said of what was done, or of what is in a queue of its own; nothing is out of step. */
const notices: ReadonlySet<ProblemCode> = new Set([
  'authority_missing',
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
  'large_moving',
  'large_waits',
  'place_gone',
  'place_emptied',
  'place_unparsed',
  'place_unread',
  'place_unsteady',
  'place_managed',
  'place_of_another',
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

/** Of these a folder that can be read again shows that they are over. */
const unread: ReadonlySet<ProblemCode> = new Set(['unreadable', 'input_output', 'too_many_open_files']);

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
    clearUnread(folder): void {
      const standing = byPath.get(folder);
      if (standing !== undefined && unread.has(standing.code)) {
        byPath.delete(folder);
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

/** A file has one problem; of the folder as a whole several things may be wrong. */
function keyOf(code: ProblemCode, path: string): string {
  return path === '' ? `\0${code}` : path;
}

function problemOf(code: ProblemCode, path: string, detail: string | undefined): Omit<SourceProblem, 'sinceMs'> {
  const [happened, remedy] = words[code];
  return { code, path, happened: detail === undefined ? happened : `${happened} (${detail})`, remedy };
}
