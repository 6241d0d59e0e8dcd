import { describe, expect, it } from 'vitest';
import { type Queried, parseWhere } from '../../../src/cli/ground/where.ts';

const record: Queried = {
  ...{ id: 'lake', updatedAt: '2026-03-04T05:06:07.000Z', author: 'urn:srcos:user:x', managedBy: 'user' },
  fields: { kind: 'task', title: 'At the lake and back', done: false, size: 12, props: { place: 'Como' }, tags: ['a'] },
};

describe('where', () => {
  it.each([
    ['kind = task', true],
    ['kind=task', true],
    ['kind = note', false],
    ['kind != note', true],
    ['kind != task', false],
    ['title ~ LAKE', true],
    ['title ~ sea', false],
    ['title = "At the lake and back"', true],
    ['title ~ "lake and" and kind = task', true],
    ['kind = task AND title ~ sea', false],
    ['props.place = Como', true],
    ['props.none = Como', false],
    ['none != x', true],
    ['none ~ x', false],
    ['none < 3', false],
    ['done = false', true],
    ['size > 9', true],
    ['size >= 12', true],
    ['size < 12', false],
    ['size <= 12', true],
    ['tags ~ a', true],
    ['id = lake', true],
    ['updatedAt >= 2026-03-04', true],
    ['updatedAt < 2026-03-04', false],
    ['managedBy = user and author ~ user:x', true],
    ['toString = x', false],
    ['__proto__ != x', true],
  ])('%s: %s', (text, holds) => {
    const parsed = parseWhere(text);
    expect(parsed.ok && parsed.value(record)).toBe(holds);
  });

  it.each(['', 'kind', 'kind =', '= task', 'kind == task', 'kind = task and', 'title = "open', 'kind = task or x'])(
    '%j is refused in words',
    (text) => {
      expect(parseWhere(text)).toEqual({
        ok: false,
        error: expect.stringContaining('is no condition. A query is conditions'),
      });
    },
  );
});
