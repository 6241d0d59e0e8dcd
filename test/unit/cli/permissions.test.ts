import { describe, expect, it } from 'vitest';
import type { PermissionBody } from '../../../src/api/types/permissions.ts';
import type { PolicyBody, PolicyKeyBody, SetRuleBody } from '../../../src/api/types/policy.ts';
import { ok } from '../../../src/base/result.ts';
import { refuses, run } from './setup-cli.ts';

const permission: PermissionBody = {
  ...{ target: 'tool:Bash', agent: 'urn:srcos:agent:helper', answer: 'deny', reasonCode: 'policy_denied' },
  ...{ layer: 'org', source: 'org', pattern: 'tool:Ba*', bound: true },
  words: [
    {
      ...{ layer: 'org', source: 'org', answer: 'deny', unreadable: null, decides: true },
      matches: [
        { pattern: 'tool:Ba*', answer: 'deny', by: 'name', decides: true },
        { pattern: 'tool:bash', answer: 'deny', by: 'looks', decides: true },
        { pattern: '*', answer: 'allow', by: 'name', decides: false },
      ],
    },
    {
      ...{ layer: 'agent', source: 'helper', answer: 'ask', unreadable: null, decides: false },
      matches: [{ pattern: 'tool:*', answer: 'ask', by: 'name', decides: true }],
    },
    { layer: 'repo', source: 'repo', answer: 'deny', unreadable: 'migration_required', matches: [], decides: true },
  ],
  rules: [{ key: 'agent.write.shell', decision: 'deny' }],
  says: 'org says deny (tool:Ba*): deny holds, because nobody else speaks of it.',
};

const map = { kind: 'map', value: { '*': 'ask', 'tool:Bash': 'deny' } };
const key: PolicyKeyBody = {
  key: 'permissions',
  rule: map,
  reasonCode: null,
  words: [{ layer: 'org', source: 'org', key: 'permissions', rule: map, decides: true }],
  says: 'org says a map of 2 patterns (permissions): it holds.',
};

describe('policy explain of a target', () => {
  it('says who decides, which pattern, which others are shorter, and what else is asked', async () => {
    const asked: unknown[] = [];
    const client = {
      permission: async (...words: readonly unknown[]) => {
        asked.push(words);
        return ok(permission);
      },
    };
    const said = await run({ client }, 'policy', 'explain', 'tool:Bash', '--agent', 'helper');
    expect([said.exitCode, asked]).toEqual([0, [['tool:Bash', 'helper']]]);
    const lines = said.out.join('\n').split('\n');
    expect(lines[0]).toBe(`deny: ${permission.says}`);
    expect(lines.slice(2).map((line) => line.split(/ {2,}/))).toEqual([
      ['layer', 'record', 'pattern', 'answer'],
      ['org', 'org', 'tool:Ba*', 'deny', 'decides'],
      ['org', 'org', 'tool:bash', 'deny', 'decides, looks like it'],
      ['org', 'org', '*', 'allow', 'shorter or weaker'],
      ['agent', 'helper', 'tool:*', 'ask', 'weaker than another layer'],
      ['repo', 'repo', '', 'deny', 'cannot be read (migration_required)'].filter((cell) => cell !== ''),
      ['', 'policy', 'agent.write.shell', 'deny'],
    ]);
    expect((await run({ client }, 'policy', 'explain', 'tool:Bash', '--json')).documents).toEqual([permission]);
  });

  it('asks an agent of no key, and passes on what the daemon refuses', async () => {
    const usage = await run({ client: {} }, 'policy', 'explain', 'write.shell', '--agent', 'helper');
    expect([usage.exitCode, usage.notes]).toEqual([2, expect.stringContaining('write.shell is a key')]);
    const client = { permission: refuses(400, 'A target has at most 1024 characters.') };
    const refused = await run({ client }, 'policy', 'explain', 'tool:x');
    expect([refused.exitCode, refused.notes]).toEqual([1, expect.stringContaining('at most 1024')]);
  });

  it('prints nothing of a pattern that a terminal would obey', async () => {
    const client = { permission: async () => ok({ ...permission, says: 'a\u001b[2Jb' }) };
    expect((await run({ client }, 'policy', 'explain', 'tool:x')).out.join('')).toContain('a\\x1b[2Jb');
  });
});

describe('maps in policy', () => {
  it('are listed pattern by pattern', async () => {
    const body: PolicyBody = { documents: [], keys: [key], lacking: null, vocabulary: [] };
    const client = { policy: async () => ok(body), policyOf: async () => ok(key) };
    for (const words of [['show'], ['explain', 'permissions']]) {
      const text = (await run({ client }, 'policy', ...words)).out.join('\n');
      expect(text).toMatch(/org +org +permissions +\* +ask\norg +org +permissions +tool:Bash +deny/);
      expect(text).not.toContain('{');
    }
  });

  it('are set as JSON', async () => {
    const asked: unknown[] = [];
    const client = {
      setPolicy: async (layer: string, wanted: SetRuleBody) => {
        asked.push(wanted);
        return ok({ layer, id: layer, generation: 2, version: 'v2', executed: true, effective: key });
      },
    };
    const said = await run({ client }, 'policy', 'set', 'permissions', 'map', '{"tool:Bash":"ask"}');
    expect([said.exitCode, asked]).toEqual([0, [{ key: 'permissions', kind: 'map', value: { 'tool:Bash': 'ask' } }]]);
    expect(said.out.join('\n')).toContain(key.says);
    const wrong = await run({ client }, 'policy', 'set', 'permissions', 'map', 'tool:Bash=ask');
    expect([wrong.exitCode, wrong.notes]).toEqual([
      2,
      expect.stringMatching(/takes JSON such as '\{"tool:Bash": "ask"\}'/),
    ]);
    const twice = await run({ client }, 'policy', 'set', 'permissions', 'map', '{"*":"deny","*":"allow"}');
    expect(twice.exitCode).toBe(2);
  });
});
