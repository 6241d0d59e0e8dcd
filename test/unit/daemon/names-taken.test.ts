import { describe, expect, it } from 'vitest';
import { beginningsOf, freeName } from '../../../src/daemon/members/names-taken.ts';
import { parseLabel } from '../../../src/membership/parse/labels.ts';

describe('names of devices', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['six characters where they are enough', ['dev:abcdefgh', 'dev:zbcdefgh'], ['abcdef', 'zbcdef']],
    ['as many as tell them apart', ['dev:abcdefgh', 'dev:abcdefxh'], ['abcdefg', 'abcdefx']],
  ])('an id begins with %s', (_what, ids, beginnings) => {
    expect(beginningsOf(ids)).toEqual(beginnings);
  });

  it.each<[string, readonly string[], string]>([
    ['laptop', [], 'laptop'],
    ['laptop', ['laptop'], 'laptop 2'],
    ['laptop', ['laptop', 'laptop 2', 'laptop 3'], 'laptop 4'],
  ])('%s beside %j becomes %s', (name, taken, free) => {
    expect(freeName(name, (one) => taken.includes(one))).toBe(free);
  });

  it('a name without room for a number is cut, in whole characters', () => {
    const name = `${'x'.repeat(123)}\u{1f4bb}`;
    const free = freeName(name, (one) => one === name);
    expect([free, parseLabel(free)]).toEqual([`${'x'.repeat(123)} 2`, free]);
  });
});
