import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { type PermissionAnswer, askMap, permissionAnswers, readMap } from '../../../src/policy/permission-map.ts';
import { widenings } from '../../../src/policy/widened.ts';
import { anyMap } from './terms.ts';

const says = (permissions: JsonObject): JsonObject => ({ permissions });

describe('89 what an agent may use since a change', () => {
  it.each<[title: string, before: JsonObject | null, after: JsonObject | null, words: readonly string[]]>([
    ['a record that was not there', null, { tools: ['Bash'] }, []],
    ['nothing else', { name: 'a', tools: ['Bash'] }, { name: 'b', tools: ['Bash'] }, []],
    ['a tool more', { tools: ['Read'] }, { tools: ['Bash', 'Read'] }, ['the tool Bash is new']],
    ['the first tools', {}, { tools: ['Bash', { id: 7 }] }, ['the tool Bash is new', 'the tool {"id":7} is new']],
    ['a tool less', { tools: ['Read', 'Bash'] }, { tools: ['Read'] }, []],
    ['a first map', {}, says({ '*': 'allow' }), []],
    ['a weaker entry', says({ '*': 'deny' }), says({ '*': 'ask' }), ['* said deny and says ask']],
    ['a stronger one', says({ '*': 'ask' }), says({ '*': 'deny', 'tool:a': 'deny' }), []],
    ['an entry less', says({ 'tool:a': 'ask' }), says({}), ['tool:a said ask and is gone']],
    ['an entry that allowed less', says({ '*': 'ask', 'tool:a': 'allow' }), says({ '*': 'ask' }), []],
    ['no map more', says({ 'tool:a': 'deny' }), {}, ['tool:a said deny and is gone']],
    ['no record more', says({ 'tool:a': 'deny' }), null, ['tool:a said deny and is gone']],
    [
      'a way out of what is denied',
      says({ 'tool:Ba*': 'deny' }),
      says({ 'tool:Ba*': 'deny', 'tool:*Bash*x': 'allow' }),
      ['tool:*Bash*x says allow, where tool:Ba* says deny'],
    ],
    [
      'an exception that is shorter',
      says({ 'tool:Bash*': 'deny' }),
      says({ 'tool:Bash*': 'deny', 'tool:*': 'ask' }),
      [],
    ],
    [
      'a map that can be read again',
      { permissions: 'everything' },
      says({ '*': 'deny' }),
      ['its permissions could not be read, which denied everything'],
    ],
    ['a map that cannot be read', says({ '*': 'ask' }), { permissions: 7 }, []],
  ])('%s', (_title, before, after, words) => {
    expect(widenings(before, after)).toEqual(words);
  });

  it('is told in a few words, with how many more there are', () => {
    const tools = Array.from({ length: 20 }, (_, at) => `t${at}`);
    expect(widenings({}, { tools })).toHaveLength(9);
    expect(widenings({}, { tools }).at(-1)).toBe('and 12 more');
  });

  it('is always said: where nothing is, no target has a weaker answer', () => {
    const answer = (map: JsonObject, target: string): PermissionAnswer => {
      const read = readMap(map);
      return (read.ok ? askMap(read.value, target)?.answer : undefined) ?? 'allow';
    };
    const readable = anyMap.filter((map) => readMap(map).ok);
    const targets = fc.constantFrom('tool:Bash', 'tool:bash', 'tool:Bax', 'tool:b*', 'tool:x');
    fc.assert(
      fc.property(readable, readable, targets, (before, after, target) => {
        const [was, is] = [answer(before, target), answer(after, target)];
        const isWeaker = permissionAnswers.indexOf(is) < permissionAnswers.indexOf(was);
        expect(isWeaker && widenings(says(before), says(after)).length === 0).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});
