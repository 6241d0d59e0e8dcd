import { describe, expect, it } from 'vitest';
import { givenScopeName } from '../../../src/daemon/members/given-scope-name.ts';

const taken = ['Team', 'Café'];

describe('43 the name of a new scope', () => {
  it.each([
    ['Club', 'Club'],
    ['  Club  ', 'Club'],
    ['Garden club', 'Garden club'],
    ['workspace 2', 'workspace 2'],
    ['仕事', '仕事'],
  ])('%j is %j', (text, name) => {
    expect(givenScopeName(text, taken)).toEqual({ ok: true, value: name });
  });

  it.each([
    ['', 'invalid', '1 to 127 bytes of plain text'],
    ['   ', 'invalid', '1 to 127 bytes of plain text'],
    ['two\nlines', 'invalid', '1 to 127 bytes of plain text'],
    ['red \u001b[31m', 'invalid', '1 to 127 bytes of plain text'],
    ['turned \u202e', 'invalid', '1 to 127 bytes of plain text'],
    ['hid\u200bden', 'invalid', '1 to 127 bytes of plain text'],
    ['half \ud800', 'invalid', '1 to 127 bytes of plain text'],
    ['x'.repeat(128), 'invalid', '1 to 127 bytes of plain text'],
    ['urn:srcos:scope:x', 'invalid', 'the id or the kind of one'],
    ['Org', 'invalid', 'the id or the kind of one'],
    ['workspace', 'invalid', 'the id or the kind of one'],
    ['Team', 'conflict', 'A scope is called Team already'],
    ['TEAM', 'conflict', 'A scope is called Team already'],
    ['ｔｅａｍ', 'conflict', 'A scope is called Team already'],
    ['cafe\u0301', 'conflict', 'A scope is called Café already'],
  ])('%j is refused: %s, %s', (text, kind, why) => {
    expect(givenScopeName(text, taken)).toMatchObject({
      ok: false,
      error: { kind, message: expect.stringContaining(why) as unknown },
    });
  });
});
