import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import {
  type MapAnswer,
  type PermissionAnswer,
  askMap,
  largestMap,
  longestPattern,
  longestTarget,
  permissionAnswers,
  readMap,
  strongest,
  targetFault,
} from '../../../src/policy/permission-map.ts';

function ask(map: JsonObject, target: string): MapAnswer | undefined {
  const read = readMap(map);
  expect(read).toMatchObject({ ok: true });
  return read.ok ? askMap(read.value, target) : undefined;
}

describe('81 what a map says of a target', () => {
  it.each<[title: string, map: JsonObject, target: string, answer: PermissionAnswer | undefined]>([
    ['a name is meant exactly', { 'tool:Bash': 'deny' }, 'tool:Bash', 'deny'],
    ['and not what begins with it', { 'tool:Bash': 'deny' }, 'tool:Bash(rm -rf /)', undefined],
    ['nor what it begins with', { 'tool:BashX': 'deny' }, 'tool:Bash', undefined],
    ['a star is any text', { 'tool:Bash*': 'deny' }, 'tool:Bash(rm -rf /)', 'deny'],
    ['none too', { 'tool:Bash*': 'deny' }, 'tool:Bash', 'deny'],
    ['in the middle', { 'tool:mcp__*__delete_*': 'ask' }, 'tool:mcp__files__delete_all', 'ask'],
    ['alone it is everything', { '*': 'ask' }, 'engine:shell', 'ask'],
    [
      'the longest decides, also where it is weaker',
      { '*': 'deny', 'tool:*': 'ask', 'tool:Re*': 'allow' },
      'tool:Read',
      'allow',
    ],
    ['of equally long ones the stronger', { 'tool:B*h': 'allow', 'tool:Ba*': 'deny' }, 'tool:Bash', 'deny'],
    ['a star counts nothing', { 'tool:Bash': 'allow', 'tool:Bash*': 'ask' }, 'tool:Bash', 'ask'],
    ['a kind is no other', { 'tool:shell': 'deny' }, 'engine:shell', undefined],
    ['nothing is said by an empty map', {}, 'tool:Bash', undefined],
    ['a star in a target is a letter', { 'tool:ls *.ts': 'deny' }, 'tool:ls *.ts', 'deny'],
    ['parts do not overlap', { 'tool:aba*aba': 'deny' }, 'tool:ababa', undefined],
    ['no letter means anything else', { 'tool:a.c': 'deny', 'tool:(a+)+$': 'deny' }, 'tool:abc', undefined],
    ['names of objects are names', { 'tool:__proto__': 'deny', 'tool:constructor': 'ask' }, 'tool:constructor', 'ask'],
  ])('%s', (_title, map, target, answer) => {
    expect(ask(map, target)?.answer).toBe(answer);
  });

  it.each<[title: string, map: JsonObject, target: string, answer: PermissionAnswer | undefined]>([
    ['in another case', { '*': 'allow', 'tool:Bash*': 'deny' }, 'tool:bash(ls)', 'deny'],
    ['with a Cyrillic letter', { 'tool:Bash': 'deny' }, 'tool:B\u0430sh', 'deny'],
    ['fullwidth', { 'tool:Bash': 'deny' }, 'tool:\uff22\uff41\uff53\uff48', 'deny'],
    ['with an invisible letter', { 'tool:Bash(rm *)': 'ask' }, 'tool:Ba\u200bsh(rm -rf /)', 'ask'],
    ['with an accent made of two', { 'tool:Caf\u00e9': 'deny' }, 'tool:Cafe\u0301', 'deny'],
    ['with other white space', { 'tool:Bash(rm *)': 'deny' }, 'tool:Bash(rm\t\t-rf /)', 'deny'],
    [
      'however short it is',
      { 'tool:Bash*': 'deny', 'tool:B\u0430sh(git *)': 'allow' },
      'tool:B\u0430sh(git push)',
      'deny',
    ],
    [
      'and what is allowed is allowed by its own name alone',
      { '*': 'deny', 'tool:Read': 'allow' },
      'tool:re\u0430d',
      'deny',
    ],
    ['the stronger of two look-alikes', { 'tool:Run1': 'allow', 'tool:RunI': 'ask' }, 'tool:Runl', 'ask'],
    ['a pattern that looks like a star is none', { 'tool:\uff0a': 'deny' }, 'tool:Bash', undefined],
  ])('a look-alike is no way round: %s', (_title, map, target, answer) => {
    expect(ask(map, target)?.answer).toBe(answer);
  });

  it('names every pattern that covers the target, and which decide', () => {
    const map = { '*': 'allow', 'tool:*': 'ask', 'tool:Bash*': 'ask', 'tool:bash(g*': 'ask', 'tool:Read': 'deny' };
    expect(ask(map, 'tool:Bash(git status)')?.matches).toEqual([
      { pattern: 'tool:bash(g*', answer: 'ask', by: 'looks', decides: true },
      { pattern: 'tool:Bash*', answer: 'ask', by: 'name', decides: true },
      { pattern: 'tool:*', answer: 'ask', by: 'name', decides: false },
      { pattern: '*', answer: 'allow', by: 'name', decides: false },
    ]);
  });

  it('a look-alike never weakens: with more patterns that only look like it the answer is as strong or stronger', () => {
    const answer = fc.constantFrom(...permissionAnswers);
    const named = fc.constantFrom('*', 'tool:*', 'tool:Ba*', 'tool:Bash', 'tool:*h');
    const alike = fc.constantFrom('tool:b*', 'tool:B\u0430*', 'tool:BASH', 'tool:*H');
    fc.assert(
      fc.property(fc.dictionary(named, answer), fc.dictionary(alike, answer), (map, more) => {
        const [alone, both] = [ask(map, 'tool:Bash')?.answer ?? 'allow', ask({ ...map, ...more }, 'tool:Bash')?.answer];
        expect(strongest([alone, both ?? 'allow'])).toBe(both ?? 'allow');
      }),
    );
  });

  it('80 as many patterns as there may be, of as many stars, are asked about the longest target', () => {
    const parts = ['a'.repeat(58), `${'a'.repeat(58)}b`, 'a'.repeat(60)];
    const patterns = Array.from({ length: largestMap }, (_, at) => `tool:*${parts.join('*')}*${at}`);
    const map = Object.fromEntries(patterns.map((pattern) => [pattern, 'deny']));
    expect(ask(map, `tool:${'a'.repeat(longestTarget - 5)}`)).toBeUndefined();
    expect(ask(map, `tool:${parts.join('')}7`)?.answer).toBe('deny');
  });
});

describe('80 what is a map', () => {
  const many = (count: number): JsonObject =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`tool:t${at}`, 'deny']));

  it.each<[title: string, value: JsonValue, later: boolean, words: RegExp]>([
    ['no object', [], false, /A map is/],
    ['nothing', null, false, /A map is/],
    ['too many patterns', many(largestMap + 1), false, /at most 1024 patterns/],
    ['a pattern that is too long', { [`tool:${'x'.repeat(longestPattern)}`]: 'deny' }, false, /at most 256 characters/],
    ['too many stars', { 'tool:*a*b*c*d*': 'deny' }, false, /at most 4/],
    ['an answer that is none', { 'tool:Bash': 'maybe' }, false, /"tool:Bash" says "maybe"/],
    ['an answer in another case', { 'tool:Bash': 'Deny' }, false, /allow, ask, deny/],
    ['an answer that is no text', { 'tool:Bash': ['deny'] }, false, /an answer is/],
    ['a control character', { 'tool:Ba\nsh': 'deny' }, false, /control characters/],
    ['half a character', { 'tool:\ud800': 'deny' }, false, /half characters/],
    ['a kind that is not known', { 'file:/etc/*': 'deny' }, true, /"file:\/etc\/\*" is no pattern/],
    ['a kind in another case', { 'Tool:Bash': 'deny' }, true, /no pattern/],
    ['a kind by a star', { 't*:Bash': 'deny' }, true, /no pattern/],
    ['no kind', { Bash: 'deny' }, true, /no pattern/],
    ['an empty pattern', { '': 'deny' }, true, /no pattern/],
  ])('not %s', (_title, value, later, words) => {
    expect(readMap(value)).toEqual({ ok: false, error: { later, words: expect.stringMatching(words) as string } });
  });

  it.each<[string, boolean]>([
    ['tool:Bash', true],
    ['engine:shell', true],
    ['capability:records.write', true],
    ['tool:', false],
    ['Tool:Bash', false],
    ['shell', false],
    ['', false],
    [`tool:${'x'.repeat(longestTarget - 5)}`, true],
    [`tool:${'x'.repeat(longestTarget - 4)}`, false],
  ])('%s is a target: %s', (target, isOne) => {
    expect(targetFault(target) === undefined).toBe(isOne);
  });
});
