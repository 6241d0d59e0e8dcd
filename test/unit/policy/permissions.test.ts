import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { agentUrn } from '../../../src/contract/agent.ts';
import { type SyncedLayer, documentOf } from '../../../src/policy/document.ts';
import {
  type AgentMaps,
  type EffectivePolicy,
  type LayeredDocument,
  effectivePolicy,
  floorDocument,
} from '../../../src/policy/effective.ts';
import { type By, gatesText, permissionAnswer, writeAnswer } from '../../../src/policy/gates.ts';
import { termOf } from '../../../src/policy/lattice.ts';
import { largestMap } from '../../../src/policy/permission-map.ts';

const helper = agentUrn('helper');
const map = (value: JsonValue): JsonObject => ({ permissions: { kind: 'map', value } });

function layer(name: SyncedLayer, rules: JsonObject): LayeredDocument {
  const document = documentOf({ layer: name, generation: 1, rules });
  if (document === undefined) {
    throw new Error('the test writes a document');
  }
  return { layer: name, source: `${name}-1`, document, isRemote: true };
}

function ownMap(value: JsonValue): AgentMaps {
  return (agentId) => (agentId === helper ? { source: 'helper', term: termOf({ kind: 'map', value }) } : undefined);
}

describe('82 what all layers say of a target', () => {
  const denies = map({ 'tool:Bash*': 'deny' });
  const allows = map({ '*': 'allow', 'tool:Bash(git *)': 'allow' });

  it.each<[title: string, documents: readonly LayeredDocument[], own: JsonValue | undefined, said: readonly unknown[]]>(
    [
      ['83 nobody', [], undefined, ['allow', null]],
      ['one', [layer('org', denies)], undefined, ['deny', 'policy_denied']],
      [
        'a longer one of another layer allows nothing',
        [layer('org', denies), layer('profile', allows)],
        undefined,
        ['deny', 'policy_denied'],
      ],
      ['two of one layer', [layer('org', allows), layer('org', denies)], undefined, ['deny', 'policy_denied']],
      [
        'one that asks',
        [layer('repo', map({ '*': 'ask' })), layer('org', allows)],
        undefined,
        ['ask', 'manual_review_required'],
      ],
      [
        'the floor is stronger',
        [floorDocument(denies), layer('org', allows)],
        undefined,
        ['deny', 'local_policy_stronger'],
      ],
      ['the floor alone', [floorDocument(denies)], undefined, ['deny', 'policy_denied']],
      ['84 the agent restricts', [layer('org', allows)], { 'tool:*': 'ask' }, ['ask', 'manual_review_required']],
      [
        '84 the agent allows nothing',
        [layer('org', denies)],
        { '*': 'allow', 'tool:Bash(git status)': 'allow' },
        ['deny', 'policy_denied'],
      ],
      ['83 a map of the agent that is none', [], ['x'], ['deny', 'policy_denied']],
      [
        '83 a value that is no map',
        [layer('org', map('deny')), layer('org', allows)],
        undefined,
        ['deny', 'policy_denied'],
      ],
      [
        '83 a kind of target that is not known',
        [layer('org', map({ 'file:*': 'deny' }))],
        undefined,
        ['deny', 'migration_required'],
      ],
      [
        '83 a kind of rule that does not fit',
        [layer('org', { permissions: { kind: 'max', value: 1 } })],
        undefined,
        ['deny', 'migration_required'],
      ],
      [
        '83 a document that cannot be read',
        [{ ...layer('org', allows), document: { rules: new Map(), readable: false } }],
        undefined,
        ['deny', 'migration_required'],
      ],
      [
        'a rule for another key is none',
        [layer('org', { 'agent.write.shell': { kind: 'decision', value: 'deny' } })],
        undefined,
        ['allow', null],
      ],
    ],
  )('%s', (_title, documents, own, said) => {
    const policy = effectivePolicy(documents, own === undefined ? undefined : ownMap(own));
    const { answer, reasonCode } = policy.permission('tool:Bash(git status)', helper);
    expect([answer, reasonCode]).toEqual(said);
  });

  it('more patterns together than are looked at deny', () => {
    const big = (at: number): LayeredDocument =>
      layer(
        'org',
        map(Object.fromEntries(Array.from({ length: largestMap }, (_, one) => [`tool:${at}.${one}`, 'ask']))),
      );
    const eight = Array.from({ length: 8 }, (_, at) => big(at));
    expect(effectivePolicy(eight).permission('tool:x').answer).toBe('allow');
    expect(effectivePolicy([...eight, big(8)]).permission('tool:x')).toMatchObject({
      ...{ answer: 'deny', reasonCode: 'policy_denied' },
      words: [{ source: '*', unreadable: 'policy_denied' }],
    });
  });

  it('84 the map of one agent binds no other', () => {
    const policy = effectivePolicy([], ownMap({ '*': 'deny' }));
    const asked = [helper, agentUrn('other'), agentUrn('Helper'), undefined];
    expect(asked.map((agent) => policy.permission('tool:x', agent).answer)).toEqual([
      'deny',
      'allow',
      'allow',
      'allow',
    ]);
  });

  it('names who says what', () => {
    const policy = effectivePolicy([layer('org', denies), layer('repo', allows)], ownMap({ '*': 'ask' }));
    expect(policy.permission('tool:Bash(git push)', helper).words).toMatchObject([
      { layer: 'org', source: 'org-1', answer: 'deny', decides: true, matches: [{ pattern: 'tool:Bash*' }] },
      { layer: 'repo', answer: 'allow', decides: false, matches: [{ pattern: 'tool:Bash(git *)' }, { pattern: '*' }] },
      { layer: 'agent', source: 'helper', answer: 'ask', decides: false },
    ]);
  });
});

describe('85 what agents write', () => {
  const shell = { collection: 'shell', mergeStrategy: 'crdt' } as Parameters<typeof writeAnswer>[1];
  const policyItself = { ...shell, collection: 'policy', mergeStrategy: 'strongest_policy_wins' } as typeof shell;
  const approval = { approvedAt: '2026-01-01T00:00:00.000Z' };
  const approved = { authorId: helper, lease: { lease: {}, use: {}, approval } };
  const bare = { authorId: helper, lease: { lease: {}, use: {} } };
  const person = { authorId: 'urn:srcos:user:ada' };

  it.each<[title: string, value: JsonValue, by: By, decision: string]>([
    ['the engine denied', { 'engine:shell': 'deny' }, bare, 'deny'],
    ['the engine asked', { 'engine:shell': 'ask' }, bare, 'require_review'],
    ['and asked again of what a person approved elsewhere', { 'engine:shell': 'ask' }, approved, 'require_review'],
    ['another engine', { 'engine:memory': 'deny' }, bare, 'allow'],
    ['the capability denied', { 'capability:records.write': 'deny' }, bare, 'deny'],
    ['the capability asked', { 'capability:records.*': 'ask' }, bare, 'require_review'],
    ['a person approved the use', { 'capability:records.*': 'ask' }, approved, 'allow'],
    ['an approval is no way round a denial', { 'capability:records.write': 'deny' }, approved, 'deny'],
    ['without a lease', { 'capability:records.write': 'ask' }, { authorId: helper }, 'require_review'],
    ['people', { '*': 'deny' }, person, 'allow'],
    ['tools are for applications', { 'tool:*': 'deny' }, bare, 'allow'],
  ])('%s', (_title, value, by, decision) => {
    expect(writeAnswer(effectivePolicy([layer('org', map(value))]), shell, by).decision).toBe(decision);
  });

  it('88 policy is denied to nobody by a map', () => {
    const policy = effectivePolicy([layer('org', map({ '*': 'deny' }))], ownMap({ '*': 'deny' }));
    expect(writeAnswer(policy, policyItself, bare).decision).toBe('allow');
  });

  it('another map gates a collection otherwise, and says where to ask why', () => {
    const text = (policy: EffectivePolicy): string => gatesText(policy, shell);
    const asked = effectivePolicy([layer('org', map({ 'engine:s*': 'ask' }))]);
    expect([text(effectivePolicy([])), text(asked)]).toEqual(['allow allow allow', 'allow allow require_review']);
    expect(permissionAnswer(asked, 'engine:shell', helper).about).toBe('engine:shell --agent helper');
    expect(writeAnswer(asked, shell, bare).about).toBe('engine:shell --agent helper');
  });
});
