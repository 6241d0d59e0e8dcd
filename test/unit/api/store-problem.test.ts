import { expect, it } from 'vitest';
import { problemOfStore } from '../../../src/api/answers/problem.ts';
import { movedAway, noRoom, storeFailureOf, troubleOf } from '../../../src/store/ground/failure.ts';

const failed = (code: string): Error => Object.assign(new Error(code), { code });

it.each([
  ['a full disk', noRoom('no room'), 'disk_low', 'is full'],
  ['a disk that fails', failed('SQLITE_IOERR_WRITE'), 'store_failing', 'does not take what is written'],
  ['a damaged page', failed('SQLITE_CORRUPT'), 'store_failing', 'is not as it was written'],
  ['a database that was removed', movedAway('/db'), 'store_failing', 'was removed or replaced while it was in use'],
  ['one inside another error', new Error('x', { cause: movedAway('/db') }), 'store_failing', 'removed or replaced'],
])('%s is refused in the words of status', (_name, cause, type, words) => {
  const failure = storeFailureOf(cause);
  expect(failure).toBe(type);
  const detail = expect.stringMatching(new RegExp(`${words}.*nothing was stored.*sourcesync status$`));
  expect(problemOfStore(failure ?? 'store_failing', troubleOf(cause))).toMatchObject({
    ...{ status: 507, body: { status: 507, type, detail } },
  });
});
