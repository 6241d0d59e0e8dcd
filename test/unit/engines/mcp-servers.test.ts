import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { judgeServer } from '../../../engines/agents/judge/judge-server.ts';
import { mcpPlaces } from '../../../engines/agents/places/mcp-servers.ts';
import { textWith } from '../../../src/sources/places/text-with.ts';
import { runs } from '../../helpers/suite.ts';
import { fixture, surroundings, unitsIn } from './place-files.ts';

const [cursor] = mcpPlaces;
if (cursor === undefined) {
  throw new Error('believed: there is a place for servers');
}
const codec = await cursor.open(surroundings);
const text = fixture('mcp.json');

describe('servers of an application', () => {
  it('5 are units by their names, whatever their layout', () => {
    expect(Object.fromEntries(unitsIn(codec, text))).toEqual({
      'cursor/mcp/files': '{"args":["-y","@modelcontextprotocol/server-filesystem@1.2.3","/srv"],"command":"npx"}',
      'cursor/mcp/fetch': '{"args":["mcp-server-fetch"],"command":"uvx"}',
      'cursor/mcp/search': '{"headers":{"Authorization":"${env:SEARCH_TOKEN}"},"url":"https://example.org/mcp"}',
      'cursor/mcp/github': '{"args":["run","gh"],"command":"docker","env":{"GITHUB_TOKEN":{"$local":true}}}',
      'cursor/mcp/a%2Fb%20c': '{"command":"x","timeout":30}',
    });
    expect(codec.parse(text)).toMatchObject({ value: { leftAlone: 1 } });
  });

  it('6 of this machine stay here, and values of others are written from nowhere', () => {
    const names = [...unitsIn(codec, text).keys()];
    expect(names.filter((name) => name.endsWith('mine'))).toEqual([]);
    const local: JsonObject = { kind: 'mcp', name: 'x', app: 'cursor', server: { command: '/home/ann/x' } };
    expect(codec.unitOf('cursor/mcp/x', local)).toBeUndefined();
    expect(codec.unitOf('cursor/mcp/x', { ...local, server: { command: 'x', env: { A: 'b' } } })).toBeUndefined();
    expect(codec.unitOf('gemini/mcp/x', { ...local, server: { command: 'x' } })).toBeUndefined();
  });

  it.each([
    ['half written', '{ "mcpServers": { "a": { "command": '],
    ['a list', '{ "mcpServers": [] }'],
    ['twice', '{ "mcpServers": { "a": {}, "a": {} } }'],
    ['a number that a double cannot hold', '{ "mcpServers": { "a": { "timeout": 3791411052119578828 } } }'],
    ['a member twice inside', '{ "mcpServers": { "a": { "b": 1, "b": 2 } } }'],
    ['no object at all', '[]'],
  ])('7 nothing is taken of a file that is %s', (_name, broken) => {
    expect(codec.parse(broken)).toMatchObject({ ok: false });
  });

  it('6 an id that no file of ours would bring is written under the name that it is', () => {
    const made = textWith(codec, '{}', 'cursor/mcp/%E0%A4%A', utf8('{"command":"x"}'));
    expect(made).toBeUndefined();
    const polluted = textWith(codec, '{}', 'cursor/mcp/__proto__', utf8('{"command":"x"}'));
    expect(polluted === undefined || polluted.includes('"__proto__"')).toBe(true);
    expect(({} as { command?: string }).command).toBeUndefined();
  });

  it.each(['', '  \n', '{}', '{ "other": 1 }'])('7 a file without servers has none: %j', (empty) => {
    expect(codec.parse(empty)).toMatchObject({ ok: true, value: { units: [], leftAlone: 0 } });
    const made = textWith(codec, empty, 'cursor/mcp/new', utf8('{"command":"x"}'));
    expect(made && Object.fromEntries(unitsIn(codec, made))).toEqual({ 'cursor/mcp/new': '{"command":"x"}' });
  });

  it('8 law: a changed, new or removed server leaves every other line, comments too', () => {
    const others = text.split('\n').filter((line) => !line.includes('a/b c'));
    const changed = textWith(codec, text, 'cursor/mcp/a%2Fb%20c', utf8('{"command":"y"}')) ?? '';
    expect(others.filter((line) => !changed.split('\n').includes(line))).toEqual([]);
    const gone = textWith(codec, text, 'cursor/mcp/a%2Fb%20c', undefined) ?? '';
    expect(gone).toContain('/* fetches anything */');
    expect(gone).toContain('// what my editor may call');
    expect(gone).toContain('"other": [1, 2.50]');
    expect(unitsIn(codec, gone).has('cursor/mcp/a%2Fb%20c')).toBe(false);
  });

  it('8 law: what is written is read again as what was written', () => {
    const server = fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<never>, {
      maxKeys: 3,
    });
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 8 }), server, (name, value) => {
        const id = `cursor/mcp/${encodeURIComponent(name.toWellFormed())}`;
        const unit = JSON.stringify({ ...value, command: 'x' });
        const next = textWith(codec, text, id, utf8(unit));
        if (next !== undefined) {
          expect([...unitsIn(codec, next).keys()]).toContain(id);
          expect(next).toContain('// what my editor may call');
        }
      }),
      { numRuns: runs(100, 800) },
    );
  });
});

describe('a change of a server', () => {
  const serverOf = (server: JsonObject): JsonObject => ({ kind: 'mcp', name: 'fetch', app: 'cursor', server });
  const known = { command: 'uvx', args: ['mcp-server-fetch==1.0.0'], timeout: 10 };

  it.each([
    ['a new one', null, { command: 'x' }, 'a new server that runs x'],
    ['another command', known, { ...known, command: 'sh' }, 'the same name, another command: uvx → sh'],
    ['other words', known, { ...known, args: ['evil==1'] }, 'the same name, another args'],
    ['another address', { url: 'https://a.example' }, { url: 'https://b.example' }, 'another url'],
    ['a value in its environment', known, { ...known, env: { A: '${env:B}' } }, 'another env'],
    ['any version', null, { command: 'npx', args: ['-y', 'some-server'] }, 'some-server is whatever version is newest'],
    ['what nobody knows', known, { ...known, autoApprove: ['*'] }, 'autoApprove is changed'],
    ['switched on again', { ...known, disabled: true }, known, 'disabled is changed'],
  ] as const)('9 is dangerous that brings %s', (_name, before, next, words) => {
    const judged = judgeServer(before && serverOf(before as never), serverOf(next as never));
    expect(judged.level).toBe('dangerous');
    expect(judged.words).toContain(words);
  });

  it.each([
    ['its description', { ...known, description: 'fetches' }],
    ['its time', { ...known, timeout: 60 }],
    ['that it is off', { ...known, disabled: true }],
  ])('9 is harmless that changes %s alone', (_name, next) => {
    expect(judgeServer(serverOf(known), serverOf(next)).level).toBe('harmless');
  });

  it('9 is harmless that removes it', () => {
    expect(judgeServer(serverOf(known), null).level).toBe('harmless');
  });
});
