import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import { last } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { decision } from '../policy/terms.ts';
import { allow, arriving, deny, node, setup, task, type World } from './policy-world.ts';

const review = decision('require_review');

const agent = 'urn:srcos:agent:helper';

function byAgent(device: TestDevice, id: string): ReturnType<TestDevice['write']> {
  return device.write(['workspace', id], { kind: 'put', fields: task('by an agent') }, { authorId: agent });
}

describe('changes of other devices', () => {
  it('300 one that policy denies is held with policy_denied, and counts by itself once policy is lifted', () => {
    // The author had not heard of the policy.
    const far = setup();
    far.b.put(node, task('late'));
    far.a.put(['policy', 'org'], { layer: 'org', generation: 1, rules: { 'write.workspace': deny } });
    far.send(far.a, far.c);
    far.judgeAgain();
    far.send(far.b, far.c);
    expect(far.c.held()).toMatchObject([{ reasonCode: 'policy_denied', detail: 'policy_rule', recordId: 'w' }]);
    expect(far.c.row(node)).toBeUndefined();
    far.a.put(['policy', 'org'], { layer: 'org', generation: 2, rules: { 'write.workspace': allow } });
    far.send(far.a, far.c);
    far.judgeAgain();
    expect(far.c.fields(node)).toEqual(task('late'));
    expect(far.c.held()).toEqual([]);
    expect(last(far.c.events.filter(({ type }) => type === 'policy.changed')).data).toEqual({
      collections: ['workspace'],
    });
  });

  it('301 one that policy wants looked at waits for a person, who may release it', () => {
    const { b, c, rule, exchange } = setup();
    rule({ 'write.workspace': review });
    b.put(node, task('one'));
    exchange();
    expect(b.fields(node)).toEqual(task('one'));
    const [item] = c.held();
    expect(item).toMatchObject({ reasonCode: 'manual_review_required', detail: 'policy_review' });
    expect(c.replica.rejudge('workspace' as CollectionName)).toBe(0);
    expect(c.replica.release(item?.id ?? '')).toMatchObject({ ok: true });
    expect(c.fields(node)).toEqual(task('one'));
  });

  it('301 and counts by itself once policy no longer wants that', () => {
    const { b, c, rule, exchange } = setup();
    rule({ 'engine.workspace': review });
    b.put(node, task('one'));
    exchange();
    expect(c.row(node)).toBeUndefined();
    rule({});
    expect(c.fields(node)).toEqual(task('one'));
    expect(c.held()).toEqual([]);
  });

  it('301 and is held for the stronger reason where policy tightens, until it is lifted', () => {
    const { b, c, rule, exchange } = setup();
    rule({ 'write.workspace': review });
    b.put(node, task('one'));
    exchange();
    const [item] = c.held();
    rule({ 'write.workspace': deny });
    expect(c.held()).toMatchObject([{ id: item?.id, reasonCode: 'policy_denied', detail: 'policy_rule' }]);
    expect(c.replica.release(item?.id ?? '')).toMatchObject({ ok: false, error: { kind: 'refused' } });
    rule({ 'write.*': review });
    expect(c.held()).toMatchObject([{ id: item?.id, reasonCode: 'manual_review_required', detail: 'policy_review' }]);
    rule({});
    expect([c.fields(node), c.held()]).toEqual([task('one'), []]);
  });

  it("302 a person's word does not let in what policy denies", () => {
    const { a, b, c, send } = setup();
    b.put(node, task('late'));
    a.put(['policy', 'org'], { layer: 'org', generation: 1, rules: { 'write.*': deny } });
    send(a, c);
    send(b, c);
    const [item] = c.held();
    expect(c.replica.release(item?.id ?? '')).toMatchObject({
      ok: false,
      error: { kind: 'refused', refusal: { reasonCode: 'policy_denied', detail: 'policy_rule' } },
    });
    expect(c.row(node)).toBeUndefined();
  });

  it('302 nor a policy that nobody with the authority wrote', () => {
    const world = setup();
    const { b, c, rule } = world;
    rule({ 'write.shell': deny });
    arriving(world, b, c, { value: { layer: 'org', generation: 9, rules: {} } });
    const [item] = c.held();
    expect(item).toMatchObject({ reasonCode: 'policy_denied', detail: 'authority_missing' });
    expect(c.replica.release(item?.id ?? '')).toMatchObject({ ok: false, error: { kind: 'refused' } });
    expect(c.fields(['policy', 'org'])).toMatchObject({ generation: 1 });
  });

  it('303 agents are gated beside people', () => {
    const { b, c, rule, exchange } = setup();
    rule({ 'agent.write.workspace': review });
    b.put(['workspace', 'person'], task('by a person'));
    expect(byAgent(b, 'agent')).toMatchObject({ ok: false, error: { kind: 'waits' } });
    exchange();
    expect(c.fields(['workspace', 'person'])).toEqual(task('by a person'));
    for (const device of [b, c]) {
      expect(device.row(['workspace', 'agent'])).toBeUndefined();
      expect(device.reviews()).toMatchObject([{ kind: 'proposal', recordId: 'agent', authorId: agent }]);
    }
    rule({ 'agent.write.workspace': allow });
    for (const device of [b, c]) {
      expect([device.fields(['workspace', 'agent']), device.reviews()]).toEqual([task('by an agent'), []]);
    }
    expect(byAgent(b, 'another')).toMatchObject({ ok: true });
  });
});

describe('what policy wants looked at, in the review queue', () => {
  /** What an agent wrote on b waits on b and c. */
  function asked(): World {
    const world = setup();
    world.rule({ 'agent.write.workspace': review });
    expect(byAgent(world.b, 'w')).toMatchObject({ ok: false, error: { kind: 'waits' } });
    world.exchange();
    return world;
  }

  const itemOf = (device: TestDevice): string => last(device.reviews()).id;

  it('313 is one item on each device, the same everywhere, and no file or live record before it is answered', () => {
    const { b, c } = asked();
    expect(itemOf(b)).toBe(itemOf(c));
    expect([b.row(node), c.row(node)]).toEqual([undefined, undefined]);
    expect(b.held()).toMatchObject([{ detail: 'policy_review', recordId: 'w' }]);
  });

  it('313 accepted, it is live on the device that said so; elsewhere it goes on waiting', () => {
    const { b, c, exchange } = asked();
    expect(b.replica.decide([itemOf(b)], 'accept')).toMatchObject([{ ok: true, value: { status: 'accepted' } }]);
    exchange();
    expect([b.fields(node), b.reviews(), b.held()]).toEqual([task('by an agent'), [], []]);
    expect([c.row(node), c.reviews().length]).toEqual([undefined, 1]);
    c.replica.decide([itemOf(c)], 'accept');
    expect([c.fields(node), c.held()]).toEqual([task('by an agent'), []]);
  });

  it('313 rejected, it never counts, also where policy is lifted', () => {
    const { b, rule } = asked();
    expect(b.replica.decide([itemOf(b)], 'reject')).toMatchObject([{ ok: true, value: { status: 'rejected' } }]);
    rule({});
    expect([b.row(node), b.reviews(), b.held()]).toEqual([undefined, [], []]);
  });

  it('313 released or dropped in quarantine, it is answered in the queue too', () => {
    const { b, c } = asked();
    const [onB, onC] = [itemOf(b), itemOf(c)];
    b.replica.release(last(b.held()).id);
    c.replica.drop(last(c.held()).id);
    expect([b.disk.reviews.get(onB)?.status, c.disk.reviews.get(onC)?.status]).toEqual(['accepted', 'rejected']);
  });

  it('313 where policy tightens to a denial nobody is asked, and again once it is a review', () => {
    const { b, rule } = asked();
    rule({ 'agent.write.workspace': deny });
    expect([b.reviews(), b.held()]).toMatchObject([[], [{ reasonCode: 'policy_denied' }]]);
    rule({ 'agent.write.workspace': review });
    expect(b.reviews()).toMatchObject([{ kind: 'proposal', recordId: 'w' }]);
  });

  it('313 what a person writes at home meanwhile goes on, and stands beside it once both count', () => {
    const { b, rule, exchange } = asked();
    b.put(node, task('by a person'));
    exchange();
    expect(b.fields(node)).toEqual(task('by a person'));
    rule({});
    const live = b.fields(node);
    expect(live).toMatchObject({ kind: 'task' });
    expect(b.held()).toEqual([]);
  });

  it('313 a restart keeps what waits', () => {
    const { b } = asked();
    b.restart();
    expect(b.replica.rejudge('workspace' as CollectionName)).toBe(0);
    expect(b.row(node)).toBeUndefined();
    b.replica.decide([itemOf(b)], 'accept');
    expect(b.fields(node)).toEqual(task('by an agent'));
  });

  it('313 a yes answers what the engine asks about dangerous fields with it', () => {
    const { b, rule, exchange } = setup();
    rule({ 'agent.write.workspace': review });
    const edges = { e: { type: 'automation', to: 'workspace/other' } };
    b.write(node, { kind: 'put', fields: { ...task('runs'), edges } }, { authorId: agent });
    exchange();
    b.replica.decide([itemOf(b)], 'accept');
    expect([b.fields(node)?.['edges'], b.reviews()]).toEqual([edges, []]);
  });

  it('313 what arrives there is held first, and one yes lets it in and accepts it', () => {
    const { b, c, rule, exchange } = setup();
    rule({ 'write.shell': review });
    const place = ['shell', 'll'] as const;
    const fields = { kind: 'alias', name: 'll', body: 'ls' };
    b.put(place, fields);
    exchange();
    expect([c.row(place), c.reviews().length]).toEqual([undefined, 1]);
    c.replica.decide([itemOf(c)], 'accept');
    expect([c.fields(place), c.reviews(), c.held()]).toEqual([fields, [], []]);
  });

  it('313 in a collection that is reviewed anyway the proposal itself is the question', () => {
    const { b, rule } = setup();
    rule({ 'agent.write.shell': review });
    const place = ['shell', 'll'] as const;
    const fields = { kind: 'alias', name: 'll', body: 'ls' };
    expect(b.write(place, { kind: 'put', fields }, { authorId: agent })).toMatchObject({ ok: true });
    expect([b.row(place)?.state, b.held()]).toEqual(['absent', []]);
    b.replica.decide([itemOf(b)], 'accept');
    expect(b.fields(place)).toEqual(fields);
  });
});

describe('what is written here', () => {
  it('304 is refused where policy denies it, and leaves nothing', () => {
    const { b, rule } = setup();
    rule({ 'write.workspace': deny });
    const sent = b.appended.length;
    expect(b.write(node, { kind: 'put', fields: task('one') })).toMatchObject({
      ok: false,
      error: { kind: 'refused', refusal: { reasonCode: 'policy_denied', detail: 'policy_rule' } },
    });
    expect([b.row(node), b.appended.length]).toEqual([undefined, sent]);
  });

  it('304 a decision on a review is a change too', () => {
    const { a, b, rule, exchange } = setup();
    b.put(['shell', 'll'], { kind: 'alias', name: 'll', body: 'ls' });
    exchange();
    rule({ 'write.shell': deny });
    const [item] = a.reviews();
    expect(a.replica.decide([item?.id ?? ''], 'accept')).toMatchObject([
      { ok: false, error: { kind: 'refused', refusal: { reasonCode: 'policy_denied' } } },
    ]);
    expect(a.reviews()).toHaveLength(1);
  });
});

describe('an engine that policy denies', () => {
  it('305 stands still: writes are refused, what arrives waits in silence, and all goes on when it is lifted', () => {
    const { a, b, c, send, exchange, judgeAgain } = setup();
    b.put(node, task('late'));
    a.put(['policy', 'org'], { layer: 'org', generation: 1, rules: { 'engine.workspace': deny } });
    send(a, c);
    send(b, c);
    expect(c.row(node)).toBeUndefined();
    expect(c.held()).toEqual([]);
    expect(c.write(['workspace', 'x'], { kind: 'put', fields: task('x') })).toMatchObject({
      ok: false,
      error: { kind: 'refused', refusal: { reasonCode: 'policy_denied', detail: 'policy_rule' } },
    });
    a.put(['policy', 'org'], { layer: 'org', generation: 2, rules: {} });
    exchange();
    judgeAgain();
    expect(c.fields(node)).toEqual(task('late'));
  });

  it('305 policy itself goes on, so that it can be lifted', () => {
    const { c, rule } = setup();
    rule({ 'engine.*': deny, 'write.*': deny });
    rule({});
    expect(c.fields(['policy', 'org'])).toEqual({ layer: 'org', generation: 2, rules: {} });
    c.put(node, task('one'));
  });
});

describe('what was applied', () => {
  it('306 stays applied when policy tightens, and a later merge takes it in on every device', () => {
    const { all, a, b, rule, exchange } = setup();
    b.put(node, task('one'));
    exchange();
    rule({ 'write.workspace': deny });
    expect(all.map((device) => device.fields(node))).toEqual([task('one'), task('one'), task('one')]);
    rule({});
    a.patch(node, { op: 'add', path: '/title', value: 'two' });
    exchange();
    expect(all.map((device) => device.fields(node))).toEqual([task('two'), task('two'), task('two')]);
  });

  it('306 a proposal that was rejected goes on counting as rejected while policy denies', () => {
    const { a, b, rule, exchange } = setup();
    const alias = { kind: 'alias', name: 'll', body: 'ls' };
    b.put(['shell', 'll'], alias);
    exchange();
    a.replica.decide(
      a.reviews().map(({ id }) => id),
      'reject',
    );
    exchange();
    rule({ 'write.shell': deny });
    const before = a.replica.history('shell' as CollectionName, 'll' as RecordId);
    rule({});
    a.put(['shell', 'll'], { ...alias, body: 'ls -l' });
    exchange();
    const after = a.replica.history('shell' as CollectionName, 'll' as RecordId);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(a.fields(['shell', 'll'])).toMatchObject({ body: 'ls -l' });
  });
});
