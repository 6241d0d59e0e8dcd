import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { documentOf, syncedLayers } from '../../../src/policy/document.ts';
import { effectivePolicy, floorDocument } from '../../../src/policy/effective.ts';
import { writeAnswer } from '../../../src/policy/gates.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { deny, node, setup, task, type World } from '../replica/policy-world.ts';
import { decision } from './terms.ts';

const review = decision('require_review');
const agent = 'urn:srcos:agent:helper';
const gated = { collection: 'workspace', mergeStrategy: 'graph_merge' } as unknown as Parameters<typeof writeAnswer>[1];

const policyOf = (rules: JsonObject): ReturnType<typeof effectivePolicy> => effectivePolicy([floorDocument(rules)]);

const byAgent = (device: TestDevice, id = 'w'): ReturnType<TestDevice['write']> =>
  device.write(['workspace', id], { kind: 'put', fields: task('by an agent') }, { authorId: agent });

/** b wrote before it heard of the rules that c has by then. */
function arrivedUnder(
  rules: Readonly<Record<string, JsonValue>>,
  write = (b: TestDevice): unknown => b.put(node, task('x')),
): World {
  const world = setup();
  write(world.b);
  world.a.put(['policy', 'org'], { layer: 'org', generation: 1, rules });
  world.send(world.a, world.c);
  world.judgeAgain();
  world.send(world.b, world.c);
  return world;
}

describe('10 a document', () => {
  it('is of one of four layers, with a generation and rules; the floor is not one of them', () => {
    const whole = { generation: 1, rules: { 'write.shell': deny } };
    expect(syncedLayers).toEqual(['org', 'workspace', 'repo', 'profile']);
    for (const layer of [...syncedLayers, 'floor', 'team']) {
      expect(documentOf({ ...whole, layer }) !== undefined).toBe((syncedLayers as readonly string[]).includes(layer));
    }
    expect(documentOf({ layer: 'org', rules: {} })).toBeUndefined();
  });

  it('is never made of the floor of a device, which stays where it is', () => {
    const { a, b, exchange } = setup();
    a.floor = { 'write.workspace': deny };
    a.replica.policyChanged();
    exchange();
    expect(a.replica.policy().decide('write', 'workspace' as never).decision).toBe('deny');
    expect(b.replica.policy().decide('write', 'workspace' as never).decision).toBe('allow');
  });
});

describe('41 what a change is asked for', () => {
  it.each<[string, JsonObject, person: string, byAgent: string]>([
    ['nothing is said', {}, 'allow', 'allow'],
    ['of writing', { 'write.workspace': review }, 'require_review', 'require_review'],
    ['of the engine', { 'engine.workspace': deny }, 'deny', 'deny'],
    ['of agents', { 'agent.write.workspace': deny }, 'allow', 'deny'],
    ['of both, the stronger', { 'write.workspace': review, 'agent.write.workspace': deny }, 'require_review', 'deny'],
    ['of another collection', { 'write.shell': deny, 'engine.shell': deny }, 'allow', 'allow'],
  ])('where something is said %s', (_of, rules, person, agents) => {
    const policy = policyOf(rules);
    expect(writeAnswer(policy, gated, { authorId: 'urn:srcos:user:x' }).decision).toBe(person);
    expect(writeAnswer(policy, gated, { authorId: agent }).decision).toBe(agents);
  });
});

describe('42 a write here', () => {
  it.each(['write.workspace', 'engine.workspace', 'agent.write.workspace'])('is refused where %s is denied', (key) => {
    const { b, rule } = setup();
    rule({ [key]: deny });
    expect(byAgent(b)).toMatchObject({ ok: false, error: { kind: 'refused', refusal: { detail: 'policy_rule' } } });
    expect([b.row(node), b.held()]).toEqual([undefined, []]);
  });

  it.each(['write.workspace', 'engine.workspace', 'agent.write.workspace'])(
    'of a person goes on where %s asks, and one of an agent waits here',
    (key) => {
      const { b, rule } = setup();
      rule({ [key]: review });
      expect(b.write(['workspace', 'person'], { kind: 'put', fields: task('x') }).ok).toBe(true);
      expect(byAgent(b)).toMatchObject({ ok: false, error: { kind: 'waits' } });
      expect([b.row(node), b.reviews().map(({ kind }) => kind)]).toEqual([undefined, ['proposal']]);
    },
  );
});

describe('43 what arrives', () => {
  it('is held where it is denied, whatever a person says, and judged again when policy changes', () => {
    const { a, c, send, judgeAgain } = arrivedUnder({ 'write.workspace': deny });
    const [item] = c.held();
    expect(item).toMatchObject({ reasonCode: 'policy_denied', detail: 'policy_rule' });
    expect(c.replica.release(item?.id ?? '').ok).toBe(false);
    a.put(['policy', 'org'], { layer: 'org', generation: 2, rules: {} });
    send(a, c);
    judgeAgain();
    expect([c.fields(node), c.held()]).toEqual([task('x'), []]);
  });

  it('is proposed where a review is asked for, and counts once a person accepts it', () => {
    const { c } = arrivedUnder({ 'agent.write.workspace': review }, (b) => byAgent(b));
    expect(c.held()).toMatchObject([{ reasonCode: 'manual_review_required', detail: 'policy_review' }]);
    const [item] = c.reviews();
    expect(c.row(node)).toBeUndefined();
    expect(c.replica.decide([item?.id ?? ''], 'accept')).toMatchObject([{ ok: true }]);
    expect(c.fields(node)).toEqual(task('by an agent'));
  });
});

it('44 what took effect stays where policy tightens', () => {
  const { b, c, rule, exchange } = setup();
  b.put(node, task('before'));
  exchange();
  rule({ 'write.workspace': deny, 'engine.workspace': deny });
  c.restart();
  expect([c.fields(node), c.held()]).toEqual([task('before'), []]);
});

it('45 a denied engine takes nothing in, and what arrives waits without a word', () => {
  const { c } = arrivedUnder({ 'engine.workspace': deny });
  expect([c.row(node), c.held(), c.reviews()]).toEqual([undefined, [], []]);
});

describe('46 a change of policy', () => {
  it('is a matter of authority alone: no rule locks it', () => {
    const { c, rule } = setup();
    rule({ 'engine.*': deny, 'write.*': deny });
    rule({});
    expect(c.fields(['policy', 'org'])).toMatchObject({ generation: 2, rules: {} });
  });

  it('without the authority is not let in by a person', () => {
    const { b, c, a, exchange } = setup();
    const wish = { kind: 'put', fields: { layer: 'org', generation: 9, rules: {} } } as const;
    expect(b.write(['policy', 'org'], wish)).toMatchObject({ ok: false, error: { kind: 'refused' } });
    exchange();
    expect([a, c].map((device) => device.row(['policy', 'org']))).toEqual([undefined, undefined]);
  });
});

it('50 a collection that is gated otherwise is audited and told of once', () => {
  const { c, rule, judgeAgain } = setup();
  const decisions = (): readonly string[] =>
    c.disk.audit
      .read(0, 1000)
      .flatMap((event) => (typeof event === 'string' ? [] : [event]))
      .filter(({ eventType, policyDomain }) => eventType.startsWith('policy.decision.') && policyDomain === 'workspace')
      .map(({ eventType }) => eventType);
  const told = (): readonly unknown[] => c.events.filter(({ type }) => type === 'policy.changed');
  rule({ 'write.workspace': deny });
  judgeAgain();
  expect(decisions()).toEqual(['policy.decision.deny']);
  expect(told()).toHaveLength(1);
  rule({ 'write.workspace': deny, 'app.other': decision('allow') });
  expect([decisions().length, told().length]).toEqual([1, 1]);
  rule({});
  expect(decisions()).toEqual(['policy.decision.deny', 'policy.decision.allow']);
  expect(told()).toHaveLength(2);
});

describe('83 a permission', () => {
  const map = (value: JsonValue): JsonObject => ({ permissions: { kind: 'map', value } });
  it.each<[string, JsonObject, answer: string, reasonCode: string | null]>([
    ['is allowed where no map says anything', {}, 'allow', null],
    ['is allowed where a map speaks of something else', map({ 'tool:Other': 'deny' }), 'allow', null],
    ['is denied where a pattern is of a kind to come', map({ 'later:x': 'allow' }), 'deny', 'migration_required'],
    ['is denied where the map is none', map(7), 'deny', 'policy_denied'],
    ['is denied where the answer is none', map({ 'tool:Bash': 'perhaps' }), 'deny', 'policy_denied'],
  ])('%s', (_title, rules, answer, reasonCode) => {
    expect(policyOf(rules).permission('tool:Bash', agent)).toMatchObject({ answer, reasonCode });
  });
});
