import { describe, expect, it } from 'vitest';
import type { PolicyBody, PolicyKeyBody, SetRuleBody } from '../../../src/api/types/policy.ts';
import { ok } from '../../../src/base/result.ts';
import { refuses, run } from './setup-cli.ts';

const key: PolicyKeyBody = {
  key: 'write.shell',
  rule: { kind: 'decision', value: 'deny' },
  reasonCode: 'remote_policy_weaker',
  words: [
    { layer: 'org', source: 'org', key: 'write.*', rule: { kind: 'decision', value: 'deny' }, decides: true },
    { layer: 'repo', source: 'repo', key: 'write.shell', rule: { kind: 'decision', value: 'allow' }, decides: false },
  ],
  says: 'org says deny (write.*), repo says allow (write.shell): deny holds, because joining never weakens.',
};
const body: PolicyBody = {
  documents: [{ layer: 'org', id: 'org', generation: 3, version: 'v3' }],
  keys: [key],
  lacking: null,
  vocabulary: [{ key: 'write.<collection>', kinds: ['decision'], says: 'may records change' }],
};

describe('policy', () => {
  it('show lists what holds and who decides, and what could be said where nobody says anything', async () => {
    const said = await run({ client: { policy: async () => ok(body) } }, 'policy', 'show');
    expect(said.out.join('\n')).toMatch(/write\.shell\s+decision "deny"\s+org\s+remote_policy_weaker/);
    const none = await run(
      { client: { policy: async () => ok({ ...body, documents: [], keys: [] }) } },
      'policy',
      'show',
    );
    expect(none.out.join('\n')).toMatch(/No layer says anything[\s\S]*write\.<collection>/);
  });

  it('explain says it in words, and as JSON', async () => {
    const client = { policyOf: async () => ok(key) };
    expect((await run({ client }, 'policy', 'explain', 'write.shell')).out.join('\n')).toContain(key.says);
    expect((await run({ client }, 'policy', 'explain', 'write.shell', '--json')).documents).toEqual([key]);
  });

  it.each<[readonly string[], SetRuleBody]>([
    [['write.shell', 'decision', 'deny'], { key: 'write.shell', kind: 'decision', value: 'deny' }],
    [['lease.lifetime_hours', 'max', '2.5'], { key: 'lease.lifetime_hours', kind: 'max', value: 2.5 }],
    [['app.hosts', 'allowset', 'a, b'], { key: 'app.hosts', kind: 'allowset', value: ['a', 'b'] }],
    [['app.hosts', 'denyset', ''], { key: 'app.hosts', kind: 'denyset', value: [] }],
    [['app.hosts', 'allowset', '["a, b"]'], { key: 'app.hosts', kind: 'allowset', value: ['a, b'] }],
    [['app.hosts', 'allowset', ' []'], { key: 'app.hosts', kind: 'allowset', value: [] }],
  ])('set %j', async (words, rule) => {
    const asked: unknown[] = [];
    const client = {
      setPolicy: async (layer: string, wanted: SetRuleBody, ifVersion?: string | null) => {
        asked.push([layer, wanted, ifVersion]);
        return ok({ layer, id: layer, generation: 2, version: 'v2', executed: true, effective: key });
      },
    };
    const said = await run({ client }, 'policy', 'set', ...words, '--layer', 'repo');
    await run({ client }, 'policy', 'set', ...words, '--layer', 'repo', '--if-version', 'v1');
    await run({ client }, 'policy', 'set', ...words, '--layer', 'repo', '--if-version', 'none');
    expect([said.exitCode, asked]).toEqual([
      0,
      [
        ['repo', rule, undefined],
        ['repo', rule, 'v1'],
        ['repo', rule, null],
      ],
    ]);
    expect(said.out.join('\n')).toContain('generation 2 of repo');
  });

  it('set --preview says what would hold, and that nothing was written', async () => {
    const asked: unknown[] = [];
    const client = {
      setPolicy: async (layer: string, wanted: SetRuleBody) => {
        asked.push(wanted);
        return ok({ layer, id: layer, generation: 2, version: 'v1', executed: false, effective: key });
      },
    };
    const said = await run({ client }, 'policy', 'set', 'write.shell', 'decision', 'deny', '--preview');
    expect([said.exitCode, asked]).toEqual([
      0,
      [{ key: 'write.shell', kind: 'decision', value: 'deny', preview: true }],
    ]);
    expect(said.out.join('\n')).toMatch(/would have this rule[^]*deny holds[^]*Nothing was written/);
  });

  it.each([
    ['max', '9007199254740993', /would become 9007199254740992/],
    ['min', '0x10', /not JSON/],
    ['max', '"2"', /"2" is none/],
    ['allowset', '["read"', /cannot be read/],
    ['allowset', '[1]', /list of texts/],
    ['denyset', '{"read"}', /as JSON: denyset/],
    ['denyset', 'read,,write', /"" is no member/],
  ])('set refuses %s %s, and writes nothing', async (kind, value, words) => {
    const said = await run({}, 'policy', 'set', 'app.x', kind, value);
    expect([said.exitCode, said.notes]).toEqual([2, expect.stringMatching(words)]);
  });

  it('unset shows what would hold, and takes the rule away with --execute', async () => {
    const asked: unknown[] = [];
    const client = {
      setPolicy: async (layer: string, wanted: SetRuleBody, ifVersion?: string | null) => {
        asked.push([layer, wanted, ifVersion]);
        const executed = !('preview' in wanted && wanted.preview);
        return ok({ layer, id: layer, generation: 3, version: 'v2', executed, effective: key });
      },
    };
    const planned = await run({ client }, 'policy', 'unset', 'write.shell', '--layer', 'repo');
    expect(planned.out.join('\n')).toMatch(
      /Nothing was written[^]*unset 'write\.shell' --layer repo --if-version v2 --execute/,
    );
    const done = await run(
      { client },
      ...['policy', 'unset', 'write.shell', '--layer', 'repo', '--if-version', 'v2', '--execute'],
    );
    expect([planned.exitCode, done.exitCode, asked]).toEqual([
      0,
      0,
      [
        ['repo', { key: 'write.shell', remove: true, preview: true }, undefined],
        ['repo', { key: 'write.shell', remove: true, preview: false }, 'v2'],
      ],
    ]);
    expect(done.out.join('\n')).toContain('generation 3 of repo');
  });

  it('says what to do where the document has changed since it was seen', async () => {
    const client = { setPolicy: refuses(412, 'The policy of org has changed since it was read.') };
    const said = await run({ client }, 'policy', 'set', 'write.shell', 'decision', 'deny', '--if-version', 'v1');
    expect([said.exitCode, said.notes]).toEqual([1, expect.stringContaining('changed since it was read')]);
  });

  it.each([
    ['no number', ['a', 'max', 'many'], 2],
    ['no kind', ['a', 'most', '1'], 2],
    ['no layer', ['a', 'decision', 'deny', '--layer', 'floor'], 2],
  ] as const)('set refuses %s', async (_title, words, exitCode) => {
    expect((await run({}, 'policy', 'set', ...words)).exitCode).toBe(exitCode);
  });

  it('set leaves with 6 where the daemon denies it', async () => {
    const client = { setPolicy: refuses(403, 'This device does not hold the authority.', 'policy_denied') };
    const said = await run({ client }, 'policy', 'set', 'write.shell', 'decision', 'deny');
    expect([said.exitCode, said.notes]).toEqual([6, expect.stringContaining('authority')]);
  });
});
