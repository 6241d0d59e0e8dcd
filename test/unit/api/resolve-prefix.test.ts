import { expect, it } from 'vitest';
import { resolvePrefix } from '../../../src/api/answers/resolve-prefix.ts';
import type { Page, PageRequest } from '../../../src/store/ground/port.ts';

const ids = ['rv_aaaaaa', 'rv_aaabbb', 'rv_cccccc'];

/** One item a page, so that the other match may be on a later one. */
function list({ cursor }: PageRequest): Page<{ id: string }> {
  const position = Number(cursor ?? 0);
  const id = ids[position];
  return {
    items: id === undefined ? [] : [{ id }],
    nextCursor: position + 1 < ids.length ? String(position + 1) : null,
  };
}

it.each([
  ['rv_ccc', 'rv_cccccc'],
  ['rv_aaab', 'rv_aaabbb'],
  ['rv_aaa', undefined],
  ['rv_zzz', undefined],
  ['rv_cc', undefined],
  ['', undefined],
])('%s names %s', (prefix, found) => {
  expect(resolvePrefix(prefix, list)?.id).toBe(found);
});
