import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SyncToken, parseSyncToken, staleness, syncTokenFromText } from '../../../src/contract/sync-token.ts';

const active = (syncToken: SyncToken | null) => ({ syncToken, contentHash: syncToken === null ? null : 'h1' });

describe('a sync token', () => {
  it.each<unknown>([
    0,
    7,
    2 ** 53 - 1,
    'W/"abc"',
    '"5"',
    'a'.repeat(256),
    '1.2.3',
    '1e5',
    '2026-11-30T19:00:00Z',
    '__proto__',
  ])('191 %j is one', (value) => {
    expect(parseSyncToken(value)).toEqual({ ok: true, value });
  });

  it.each<unknown>([
    -1,
    1.5,
    2 ** 53,
    Number.NaN,
    '',
    ' ',
    'a b',
    'a\n',
    'é',
    '5',
    '-5',
    '1.5',
    '.',
    '9'.repeat(20),
    'a'.repeat(257),
    null,
    true,
    {},
    ['a'],
  ])('191 %j is none, which is said', (value) => {
    expect(parseSyncToken(value)).toMatchObject({ ok: false, error: expect.stringMatching(/whole number/) });
  });

  it.each<[text: string, token: SyncToken | undefined]>([
    ['7', 7],
    ['007', 7],
    ['abc7', 'abc7'],
    ['"7"', '"7"'],
    ['1.5', undefined],
    ['-7', undefined],
    ['9007199254740992', undefined],
    ['', undefined],
  ])('191 typed as %j is %j', (text, token) => {
    const parsed = syncTokenFromText(text);
    expect(parsed.ok ? parsed.value : undefined).toEqual(token);
  });
});

describe('a set after the active one', () => {
  it.each<
    [
      what: string,
      from: SyncToken | null,
      to: SyncToken,
      previous: SyncToken | undefined,
      hash: string,
      words: RegExp | undefined,
    ]
  >([
    ['the first, numeric', null, 3, undefined, 'h2', undefined],
    ['the first, opaque', null, 'a', undefined, 'h2', undefined],
    ['the first that says it follows one', null, 'b', 'a', 'h2', /no active set.*"a"/],
    ['a higher number', 3, 4, undefined, 'h2', undefined],
    ['a lower number', 3, 2, undefined, 'h2', /sync token 3, and this one 2/],
    ['the same number, same content', 3, 3, undefined, 'h1', undefined],
    ['the same number, other content', 3, 3, undefined, 'h2', /sync token 3 and other content/],
    ['a higher number that follows the active one', 3, 4, 3, 'h2', undefined],
    ['a higher number that follows another one', 3, 4, 2, 'h2', /sync token 3, and this one follows 2/],
    ['a lower number that follows the active one', 3, 2, 3, 'h2', /higher one/],
    ['a text that follows the active one', 'a', 'b', 'a', 'h2', undefined],
    ['a text that follows another one', 'a', 'c', 'b', 'h2', /"a", and this one follows "b"/],
    ['a text that follows nothing', 'a', 'b', undefined, 'h2', /no order.*previous token/],
    ['the same text, same content, pushed again with what it followed', 'b', 'b', 'a', 'h1', undefined],
    ['the same text, other content', 'b', 'b', 'b', 'h2', /"b" and other content/],
    ['from number to text', 3, 'a', 3, 'h2', undefined],
    ['from number to text, unsaid', 3, 'a', undefined, 'h2', /no order/],
    ['from text to any number', 'a', 0, 'a', 'h2', undefined],
    ['from text to number, unsaid', 'a', 99, undefined, 'h2', /no order/],
    ['back to a text of before', 'b', 'a', 'b', 'h2', undefined],
  ])('191 %s', (_what, from, syncToken, previous, contentHash, words) => {
    const said = staleness(active(from), {
      syncToken,
      contentHash,
      ...(previous === undefined ? {} : { previousToken: previous }),
    });
    expect(said).toEqual(words === undefined ? undefined : expect.stringMatching(words));
  });

  it('191 law: of two pushes that follow the same set only the first is taken', () => {
    const token = fc.oneof(fc.nat(5), fc.constantFrom('a', 'b', 'c'));
    fc.assert(
      fc.property(token, token, token, (from, left, right) => {
        fc.pre(left !== from && right !== left);
        const taken = staleness(active(from), { syncToken: left, previousToken: from, contentHash: 'l' });
        const second = staleness(
          { syncToken: left, contentHash: 'l' },
          { syncToken: right, previousToken: from, contentHash: 'r' },
        );
        expect(taken !== undefined || second !== undefined).toBe(true);
      }),
    );
  });
});
