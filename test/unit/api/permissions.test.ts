import { describe, expect, it } from 'vitest';
import type { AddedClientBody } from '../../../src/api/types/clients.ts';
import type { LeaseBody } from '../../../src/api/types/leases.ts';
import type { PermissionBody } from '../../../src/api/types/permissions.ts';
import type { PolicySetBody } from '../../../src/api/types/policy.ts';
import type { ReviewDetailBody } from '../../../src/api/types/reviews.ts';
import type { HistoryBody } from '../../../src/api/types/bodies.ts';
import type { JsonValue } from '../../../src/base/json.ts';
import { rebind } from '../../helpers/rebind.ts';
import { type ApiSetup, setupApi } from './setup-api.ts';

interface Setup extends ApiSetup {
  map(value: JsonValue, layer?: string): Promise<PolicySetBody>;
  asks(target: string, agent?: string): Promise<PermissionBody>;
}

/** Policy lives in the workspace: there is no org here. */
function setup(): Setup {
  const made = setupApi();
  rebind(made.a, 'policy', { scope: 'workspace' });
  return {
    ...made,
    map: async (value, layer = 'org') =>
      (await made.call('PUT', `/v1/policy/${layer}`, { key: 'permissions', kind: 'map', value })).json(),
    async asks(target, agent) {
      const named = agent === undefined ? '' : `&agent=${encodeURIComponent(agent)}`;
      return (await made.call('GET', `/v1/permissions?target=${encodeURIComponent(target)}${named}`)).json();
    },
  };
}

describe('87 /v1/permissions', () => {
  it('says that nobody says anything', async () => {
    const { asks } = setup();
    expect(await asks('tool:Bash')).toEqual({
      ...{ target: 'tool:Bash', agent: null, answer: 'allow', reasonCode: null, layer: null, source: null },
      ...{ pattern: null, bound: true, words: [], rules: [], says: 'No map speaks of it: it is allowed.' },
    });
  });

  it('says which layer, which pattern and why, and which others are shorter', async () => {
    const { asks, map, a } = setup();
    await map({ '*': 'allow', 'tool:Bash*': 'ask', 'tool:Bash(rm *)': 'deny' });
    await map({ 'tool:*': 'ask' }, 'repo');
    a.put(['agents', 'helper'], { name: 'Helper', permissions: { 'tool:Bash(rm -rf /)': 'allow' } });
    expect(await asks('tool:Bash(rm -rf /)', 'helper')).toMatchObject({
      ...{ agent: 'urn:srcos:agent:helper', answer: 'deny', reasonCode: 'policy_denied' },
      ...{ layer: 'org', source: 'org', pattern: 'tool:Bash(rm *)' },
      words: [
        {
          ...{ layer: 'org', decides: true },
          matches: [
            { pattern: 'tool:Bash(rm *)', answer: 'deny', decides: true },
            { pattern: 'tool:Bash*', decides: false },
            { pattern: '*', decides: false },
          ],
        },
        { layer: 'repo', answer: 'ask', decides: false },
        { layer: 'agent', source: 'helper', answer: 'allow', decides: false },
      ],
      says: 'org says deny (tool:Bash(rm *)), repo says ask (tool:*), the record of the agent (helper) says allow (tool:Bash(rm -rf /)): deny holds, because the strongest answer holds, and a map only restricts.',
    });
  });

  it('says it of a look-alike, and of a map that cannot be read', async () => {
    const { asks, map, a } = setup();
    await map({ 'tool:Bash': 'deny' });
    expect((await asks('tool:B\u0430sh')).says).toContain('(tool:Bash, which looks like it)');
    a.floor = { permissions: { kind: 'map', value: { 'tool:x': 'perhaps' } } };
    expect(await asks('engine:shell')).toMatchObject({
      ...{ answer: 'deny', layer: 'floor', pattern: null },
      says: 'floor cannot be read here, and denies: deny holds, because nobody else speaks of it.',
    });
  });

  it('joins what the daemon asks beside the maps', async () => {
    const { asks, map, call } = setup();
    await map({ 'engine:shell': 'ask' });
    await call('PUT', '/v1/policy/org', { key: 'agent.write.shell', kind: 'decision', value: 'deny' });
    await call('PUT', '/v1/policy/org', { key: 'lease.*', kind: 'decision', value: 'require_review' });
    expect(await asks('engine:shell')).toMatchObject({
      ...{ answer: 'deny', reasonCode: 'policy_denied', layer: null },
      rules: [{ key: 'agent.write.shell', decision: 'deny' }],
      says: expect.stringContaining('policy says deny (agent.write.shell)') as string,
    });
    expect(await asks('capability:records.write')).toMatchObject({ answer: 'allow', rules: [] });
  });

  it('88 says what no map binds, also where one is written', async () => {
    const { asks, map, call } = setup();
    const written = await map({ '*': 'deny' });
    const words = 'It has no effect on engine:audit and engine:policy, which no map binds.';
    expect(written.effective.says).toContain(words);
    expect((await call('GET', '/v1/policy/permissions')).json().says).toContain(words);
    expect(await asks('engine:policy')).toMatchObject({ answer: 'allow', bound: false, layer: null });
    expect((await asks('engine:audit')).says).toMatch(/daemons alone.*a map says deny has no effect/);
    expect((await map({ 'tool:*': 'deny' })).effective.says).not.toContain('no effect');
  });

  it.each<[title: string, query: string, words: RegExp]>([
    ['no target', '', /target=tool:NAME/],
    ['two targets', 'target=tool:a&target=tool:b', /target=tool:NAME/],
    ['a target that is none', 'target=Bash', /tool:NAME, engine:NAME, capability:NAME, and "Bash" is none/],
    ['a target that is too long', `target=tool:${'x'.repeat(1020)}`, /at most 1024/],
    ['an agent that is none', 'target=tool:a&agent=A%20b', /agent is a name/],
    ['another URN', 'target=tool:a&agent=urn:srcos:user:a', /agent is a name/],
  ])('refuses %s', async (_title, query, words) => {
    const { call } = setup();
    const answer = await call('GET', `/v1/permissions?${query}`);
    expect([answer.statusCode, answer.json().detail]).toEqual([400, expect.stringMatching(words)]);
  });

  it('is asked by clients that may read policy', async () => {
    const { call } = setup();
    const client = async (name: string, capability: string): Promise<Record<string, string>> => {
      const added = await call('POST', '/v1/clients', { name, capabilities: [capability] });
      return { authorization: `Bearer ${added.json<AddedClientBody>().token}` };
    };
    const [reader, writer] = [await client('reader', 'engines.read'), await client('writer', 'records.write')];
    const status = async (headers: Record<string, string>): Promise<number> =>
      (await call('GET', '/v1/permissions?target=tool:a', undefined, headers)).statusCode;
    expect([await status(reader), await status(writer)]).toEqual([200, 403]);
  });
});

describe('80 a map is written', () => {
  it.each<[title: string, value: JsonValue, words: RegExp]>([
    ['that is none', 'deny', /The map of "permissions" cannot be read. A map is/],
    ['with an answer that is none', { 'tool:a': 'maybe' }, /"tool:a" says "maybe"/],
    ['of a target that is none', { Bash: 'deny' }, /"Bash" is no pattern/],
  ])('not one %s', async (_title, value, words) => {
    const { call } = setup();
    const answer = await call('PUT', '/v1/policy/org', { key: 'permissions', kind: 'map', value });
    expect([answer.statusCode, answer.json().detail]).toEqual([400, expect.stringMatching(words)]);
    const document = { layer: 'org', generation: 1, rules: { permissions: { kind: 'map', value } } };
    const put = await call('PUT', '/v1/collections/policy/records/org', document);
    expect([put.statusCode, put.json().detail]).toEqual([422, expect.stringMatching(words)]);
  });

  it('not under another key, and no other rule under this one', async () => {
    const { call } = setup();
    const set = async (key: string, kind: string, value: JsonValue): Promise<string> =>
      (await call('PUT', '/v1/policy/org', { key, kind, value })).json().detail;
    expect(await set('write.shell', 'map', {})).toContain('takes a rule of kind decision');
    expect(await set('permissions', 'decision', 'deny')).toContain('takes a rule of kind map');
    expect(await set('app.tools', 'map', { 'tool:a': 'ask' })).toBeUndefined();
  });
});

describe('86 leases', () => {
  const wish = { agent: 'writer', capability: 'records.write', agentKey: 'A'.repeat(43) };
  const listed = async ({ call }: Setup): Promise<readonly LeaseBody[]> =>
    (await call('GET', '/v1/leases')).json<{ items: LeaseBody[] }>().items;

  it('are not granted where a map denies, and one that was granted is no longer good', async () => {
    const world = setup();
    expect((await world.call('POST', '/v1/leases', wish)).json()).toMatchObject({ state: 'active' });
    await world.map({ 'capability:records.*': 'deny' });
    const refused = await world.call('POST', '/v1/leases', wish);
    expect([refused.statusCode, refused.json().detail]).toEqual([
      422,
      expect.stringContaining('policy explain capability:records.write --agent writer'),
    ]);
    expect(await listed(world)).toMatchObject([{ state: 'refused', reasonCode: 'policy_denied/policy_rule' }]);
    await world.map({});
    expect(await listed(world)).toMatchObject([{ state: 'active' }]);
  });

  it('ask for a person where a map asks, here by the record of the agent', async () => {
    const { call, a } = setup();
    a.put(['agents', 'writer'], { name: 'w', permissions: { 'capability:*': 'ask' } });
    expect((await call('POST', '/v1/leases', wish)).json()).toMatchObject({ requiresHumanApproval: true });
    const other = await call('POST', '/v1/leases', { ...wish, agent: 'other' });
    expect(other.json()).toMatchObject({ requiresHumanApproval: false });
  });
});

describe('89 what was widened', () => {
  it('is said in history, by the change that did it', async () => {
    const { call, a } = setup();
    const at = ['agents', 'helper'] as const;
    a.put(at, { name: 'h', tools: ['Read'], permissions: { 'tool:*': 'ask' } });
    a.put(at, { name: 'h', tools: ['Read', 'Bash'], permissions: { 'tool:*': 'ask' } });
    a.put(at, { name: 'h', tools: ['Read', 'Bash'] });
    a.remove(at);
    const { items } = (await call('GET', '/v1/collections/agents/records/helper/history')).json<{
      items: HistoryBody[];
    }>();
    expect(items.map(({ widened }) => widened)).toEqual([
      undefined,
      ['the tool Bash is new'],
      ['tool:* said ask and is gone'],
      undefined,
    ]);
    a.put(['workspace', 'w'], { kind: 'task', title: 't', tools: [] });
    a.put(['workspace', 'w'], { kind: 'task', title: 't', tools: ['Bash'] });
    const other = (await call('GET', '/v1/collections/workspace/records/w/history')).json<{ items: HistoryBody[] }>();
    expect(other.items.map(({ widened }) => widened)).toEqual([undefined, undefined]);
  });

  it('is said to whoever decides', async () => {
    const { call, a } = setup();
    a.put(['agents', 'helper'], { name: 'h', permissions: { 'tool:*': 'deny' } });
    const fields = { name: 'h', tools: ['Bash'] };
    a.write(['agents', 'helper'], { kind: 'put', fields }, { authorId: 'urn:srcos:agent:helper' });
    const [item] = a.reviews();
    const shown = (await call('GET', `/v1/reviews/${item?.id}`)).json<ReviewDetailBody>();
    expect(shown.alternatives.flatMap(({ widened }) => widened ?? [])).toEqual([
      'the tool Bash is new',
      'tool:* said deny and is gone',
    ]);
  });
});
