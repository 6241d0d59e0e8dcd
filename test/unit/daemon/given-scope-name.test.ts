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
    ['', '1 to 127 bytes of plain text'],
    ['   ', '1 to 127 bytes of plain text'],
    ['two\nlines', '1 to 127 bytes of plain text'],
    ['red \u001b[31m', '1 to 127 bytes of plain text'],
    ['turned \u202e', '1 to 127 bytes of plain text'],
    ['hid\u200bden', '1 to 127 bytes of plain text'],
    ['half \ud800', '1 to 127 bytes of plain text'],
    ['x'.repeat(128), '1 to 127 bytes of plain text'],
    ['urn:srcos:scope:x', 'the id or the kind of one'],
    ['Org', 'the id or the kind of one'],
    ['workspace', 'the id or the kind of one'],
  ])('%j is refused', (text, why) => {
    expect(givenScopeName(text, taken)).toMatchObject({
      ok: false,
      error: { kind: 'invalid', message: expect.stringContaining(why) as unknown },
    });
  });

  it.each([
    ['Team', 'Team'],
    ['TEAM', 'Team'],
    ['ｔｅａｍ', 'Team'],
    ['cafe\u0301', 'Café'],
  ])('%j is the twin of %s', (text, twin) => {
    expect(givenScopeName(text, taken)).toMatchObject({
      ok: false,
      error: { kind: 'conflict', message: expect.stringContaining(`A scope is called ${twin} already`) as unknown },
    });
  });
});
