import { expect, it } from 'vitest';
import { diskWords } from '../../../src/relay/disk-words.ts';

const failed = (message: string, code: string): Error => Object.assign(new Error(message), { code });

it.each([
  [failed('disk I/O error', 'SQLITE_IOERR_FSYNC'), /^x\.sqlite: disk I\/O error \(SQLITE_IOERR_FSYNC\)\. See whether/],
  [failed('database or disk is full', 'SQLITE_FULL'), /\(SQLITE_FULL\)\. The disk is full: make room/],
  [failed("EACCES: permission denied, mkdir 'x'", 'EACCES'), /^x\.sqlite: EACCES: permission denied, mkdir 'x'\. See/],
  [failed('malformed', 'SQLITE_CORRUPT_VTAB'), /Start the relay again\. .* move the file away/],
])('8a %s is said with where, what and what to do', (cause, words) => {
  expect(diskWords('x.sqlite', cause)).toMatch(words);
});
