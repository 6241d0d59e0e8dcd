import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { engine } from '../../../engines/workspace/engine.ts';
import { judgeRepository } from '../../../engines/workspace/judge/judge-repository.ts';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { runs } from '../../helpers/suite.ts';
import { processorMs } from '../../helpers/processor-ms.ts';

const repo = (remotes: JsonValue, more: JsonObject = {}): JsonObject => ({
  ...{ kind: 'repo', title: 'r', props: { remotes, defaultBranch: 'main' } },
  ...more,
});
const known = repo({ origin: 'https://github.com/o/r' });
const props = (more: JsonObject): JsonObject => ({ ...known, props: { ...(known['props'] as JsonObject), ...more } });

describe('8 a repository of another device', () => {
  it.each<[string, JsonObject | null, JsonObject | null]>([
    ['a new one', null, known],
    ['a new one over ssh', null, repo({ origin: 'ssh://git@github.com/o/r' })],
    ['a new one with two remotes', null, repo({ origin: 'git@github.com:me/r.git', up: 'https://github.com/o/r.git' })],
    ['another title', known, { ...known, title: 'R' }],
    ['a note and tags', known, props({ note: 'mine', tags: ['a', 'b'] })],
    ['another default branch', known, props({ defaultBranch: 'trunk' })],
    ['an edge that relates', known, { ...known, edges: { e1: { type: 'relates', to: 'notes/x' } } }],
    ['that it is archived', known, { ...known, archived: true }],
    ['the same over ssh', known, repo({ origin: 'git@github.com:o/r.git' })],
    ['a second name for the same', known, repo({ origin: 'https://github.com/o/r', mine: 'ssh://git@github.com/o/r' })],
    [
      'another remote of the same host',
      known,
      repo({ origin: 'https://github.com/o/r', up: 'https://github.com/p/r' }),
    ],
    ['a remote less', known, repo({})],
    ['its removal', known, null],
  ])('is harmless that brings %s', (_name, before, next) => {
    expect(judgeRepository(before, next).words).toMatch(/^harmless/);
    expect(next === null ? [] : engine.dangerousPaths(before, next)).toEqual([]);
  });

  it.each<[string, JsonValue, string]>([
    ['another host', { origin: 'https://evil.example/o/r' }, 'github.com/o/r → https://evil.example/o/r'],
    ['a host that looks like it', { origin: 'https://gіthub.com/o/r' }, 'not be what it looks like'],
    ['a host above it', { origin: 'https://github.com.evil.example/o/r' }, 'another host'],
    ['another repository', { origin: 'https://github.com/evil/r' }, 'another repository of its host'],
    ['http', { origin: 'http://github.com/o/r' }, 'not encrypted'],
    ['git', { origin: 'git://github.com/o/r' }, 'not encrypted'],
    ['GIT', { origin: 'GIT://github.com/o/r' }, 'not encrypted'],
    ['ext', { origin: 'ext::sh -c x' }, 'no address'],
    ['ext without spaces', { origin: 'ext::sh%20-c' }, "a program of git's (ext::)"],
    ['EXT', { origin: 'EXT::x' }, "a program of git's (ext::)"],
    ['an unknown helper', { origin: 'foo://github.com/o/r' }, 'nobody knows how'],
    ['a file', { origin: '/srv/git/r' }, 'no address'],
    ['an option of ssh', { origin: 'ssh://-oProxyCommand=x/o/r' }, 'origin'],
    ['an option as a host', { origin: '-oProxyCommand=x:o/r' }, 'origin'],
    ['a number', { origin: 'https://10.0.0.1/o/r' }, 'by its number'],
    ['a port', { origin: 'https://github.com:8443/o/r' }, 'a port'],
    ['a password', { origin: 'https://x:y@github.com/o/r' }, 'a name or a password'],
    ['an odd path', { origin: 'https://github.com/o/../r' }, 'another repository'],
    ['a list', ['https://github.com/o/r'], 'no list of addresses'],
    ['an object for an address', { origin: { url: 'https://github.com/o/r' } }, 'no address'],
    ['a hidden letter', { origin: 'https://github.com/o/r\u200b' }, 'github.com'],
    ['another name elsewhere', { origin: 'https://github.com/o/r', up: 'https://evil.example/r' }, 'leads elsewhere'],
    ['an odd name', { '--upload-pack=x': 'https://github.com/o/r' }, 'an odd name'],
  ])('is dangerous whose remotes become %s, and waits', (_name, remotes, words) => {
    const next = repo(remotes);
    expect(judgeRepository(known, next)).toMatchObject({ level: 'dangerous' });
    expect(judgeRepository(known, next).words).toContain(words);
    expect(engine.dangerousPaths(known, next)).toEqual(['/props/remotes']);
  });

  it.each<[string, JsonObject, readonly string[]]>([
    ['a push address', props({ pushurl: 'https://evil.example' }), ['/props/pushurl']],
    ['insteadOf', props({ InsteadOf: 'x' }), ['/props/InsteadOf']],
    ['hooks', props({ hooksPath: 'x' }), ['/props/hooksPath']],
    ['what looks like it', props({ hоoksPath: 'x' }), ['/props/hоoksPath']],
    ['submodules', props({ submodules: {} }), ['/props/submodules']],
    ['a task', { ...known, tasks: [] }, ['/tasks']],
    ['properties that are a list', { ...known, props: [] }, ['/props']],
    ['what nobody knows', props({ colourful: 'x' }), []],
    ['a note that is an object', props({ note: {} }), []],
    ['another kind', { ...known, kind: 'task' }, []],
    ['a kind that looks like it', { ...known, kind: 'rеpo' }, []],
    ['an edge of automation', { ...known, edges: { e: { type: 'automation', to: 'agents/x' } } }, ['/edges/e']],
    ['an edge of any kind', { ...known, edges: { e: { type: 'x', to: 'agents/x' } } }, []],
    ['edges that are a list', { ...known, edges: [] }, []],
  ])('is dangerous that brings %s', (_name, next, waiting) => {
    expect(judgeRepository(known, next).level).toBe('dangerous');
    expect(engine.dangerousPaths(known, next)).toEqual(waiting);
  });

  it.each([
    ['new, with where it is fetched from', null, 'https://git.example.org/handbook', true],
    ['new, with an address that runs something', null, 'ext::sh -c x', false],
    ['moved to another host', 'https://git.example.org/handbook', 'https://evil.example/handbook', false],
    ['where it was', 'https://git.example.org/handbook', 'https://git.example.org/handbook', true],
  ])('as people write it by hand: %s', (_name, before, url, isHarmless) => {
    const by = (address: string): JsonObject => ({ kind: 'repo', title: 'handbook', props: { url: address } });
    const was = before === null ? null : by(before);
    expect(judgeRepository(was, by(url)).level).toBe(isHarmless ? 'harmless' : 'dangerous');
    expect(engine.dangerousPaths(was, by(url))).toEqual(isHarmless ? [] : ['/props/url']);
  });

  it('is dangerous that takes its remotes away first, and then has others', () => {
    const { remotes: _remotes, ...others } = known['props'] as JsonObject;
    const without = { ...known, props: others };
    expect(judgeRepository(known, without).level).toBe('harmless');
    expect(judgeRepository(without, repo({ origin: 'https://evil.example/r' })).level).toBe('dangerous');
  });

  it.each([
    [['https://github.com/o/r'], false],
    [{ origin: 1 }, false],
    [{ origin: 'https://github.com/o/r' }, true],
    [{}, true],
  ])('is one only with addresses by name: %j', (remotes, isOne) => {
    expect(engine.lacking?.(repo(remotes as JsonValue), null) === undefined).toBe(isOne);
    expect(engine.lacking?.({ kind: 'task', title: 'x', props: { remotes } as JsonObject }, null)).toBeUndefined();
  });

  it('is left to others where it is none', () => {
    expect(engine.judge?.(null, { kind: 'note', title: 'x' })).toBeUndefined();
    expect(engine.dangerousPaths(null, { kind: 'task', title: 'x', props: { remotes: 'x' } })).toEqual([]);
  });

  it('never throws and never takes long', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, text) => {
        judgeRepository(null, repo(value as never));
        judgeRepository(repo(value as never), { kind: text, props: value as never, edges: value as never });
        judgeRepository(known, repo({ [text]: text, origin: `${text}://${text}` }));
      }),
      { numRuns: runs(300, 2000) },
    );
    const start = processorMs();
    for (const huge of ['a'.repeat(5_000_000), `git@${'a.'.repeat(2_000_000)}:x`, `https://${'/'.repeat(5_000_000)}`]) {
      judgeRepository(known, repo({ origin: huge, [huge]: huge }));
    }
    expect(processorMs() - start).toBeLessThan(3000);
  });
});
