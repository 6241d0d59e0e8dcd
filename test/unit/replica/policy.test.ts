import { describe, expect, it } from 'vitest';
import { canonicalText } from '../../../src/base/canonical-json.ts';
import { utf8 } from '../../../src/base/bytes.ts';
import type { ChangeId, CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject, JsonValue } from '../../../src/base/json.ts';
import { craftBatch, craftChange } from '../../helpers/crafted-batch.ts';
import type { ScopeState } from '../../../src/membership/parse/state.ts';
import type { CollectionBinding } from '../../../src/replica/names/binding.ts';
import { leaseBy, presented } from '../../helpers/agent.ts';
import { withRecipes } from '../../helpers/recipes.ts';
import { rebind } from '../../helpers/rebind.ts';
import { type Devices, last, setupDevices } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { decision } from '../policy/terms.ts';

const deny = decision('deny');
const allow = decision('allow');
const review = decision('require_review');
const node = ['workspace', 'w'] as const;
const task = (title: string): JsonObject => ({ kind: 'task', title });
const agent = 'urn:srcos:agent:helper';

interface World extends Devices {
  /** Holds every authority; the others hold none. */
  readonly a: TestDevice;
  readonly b: TestDevice;
  readonly c: TestDevice;
  /** As the daemon of each does when policy has changed. */
  judgeAgain(): void;
  /** The next generation of the org's document, by a, known to everybody. */
  rule(rules: Readonly<Record<string, JsonValue>>): void;
}

function setup(): World {
  const devices = setupDevices(3);
  const [a, b, c] = devices.all as [TestDevice, TestDevice, TestDevice];
  for (const device of devices.all) {
    rebind(device, 'policy', { scope: 'workspace' });
  }
  let generation = 0;
  const judgeAgain = (): void => {
    for (const device of devices.all) {
      device.replica.policyChanged();
    }
  };
  return {
    ...devices,
    ...{ a, b, c, judgeAgain },
    rule(rules) {
      generation += 1;
      a.put(['policy', 'org'], { layer: 'org', generation, rules });
      devices.exchange();
      judgeAgain();
    },
  };
}

/** Policy changes of another build, or of somebody without authority, as they arrive. */
function arriving(
  { workspace }: World,
  by: TestDevice,
  to: TestDevice,
  change: Parameters<typeof craftChange>[0],
): void {
  const after = by.disk.log.heads(workspace).get(by.keys.deviceId) ?? null;
  const records = [craftChange({ collection: 'policy', objectId: 'org', ...change })];
  to.replica.receive(workspace, [craftBatch({ by, scopeId: workspace, after, records }).bytes]);
}

function byAgent(device: TestDevice, id: string): ReturnType<TestDevice['write']> {
  return device.write(['workspace', id], { kind: 'put', fields: task('by an agent') }, { authorId: agent });
}

function decisionsOn(device: TestDevice, domain: string): readonly string[] {
  return device.disk.audit
    .read(0, 1000)
    .flatMap((event) =>
      typeof event !== 'string' && event.eventType.startsWith('policy.decision.') && event.policyDomain === domain
        ? [`${event.eventType} ${event.reasonCode}`]
        : [],
    );
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

describe('what is looked at again', () => {
  it('306 records that are made again after an upgrade keep what took effect, whatever policy says by now', () => {
    const { a, b, exchange } = setup();
    const recipes = 'recipes' as CollectionName;
    const runWith = (device: TestDevice, version: 1 | 2): void => {
      const [shipped, more] = [device.bindings, withRecipes(version)];
      device.bindings = {
        all: () => [...shipped.all(), more.ofCollection(recipes) as CollectionBinding],
        ofCollection: (name) => (name === recipes ? more.ofCollection(recipes) : shipped.ofCollection(name)),
      };
      device.restart();
    };
    runWith(a, 1);
    runWith(b, 1);
    a.put([recipes, 'soup'], { name: 'soup', minutes: 5 });
    exchange();
    a.put(['policy', 'org'], { layer: 'org', generation: 1, rules: { 'write.recipes': deny } });
    exchange();
    runWith(b, 2);
    expect(b.replica.upgradeRecords(recipes)).toBe(1);
    expect(b.fields([recipes, 'soup'])).toMatchObject({ title: 'soup' });
    expect(b.held()).toEqual([]);
  });

  it('303 what an agent wrote under a lease is asked for the capability that it was lent', () => {
    const { a, b, c, clock, workspace, exchange, judgeAgain } = setup();
    const state = a.replica.scopes().find((scope) => scope.state.scopeId === workspace)?.state as ScopeState;
    const fields = { name: 'helper' };
    const lease = leaseBy(a, state, clock.nowMs);
    const capability = String(lease['capability']);
    a.put(['policy', 'org'], { layer: 'org', generation: 1, rules: { [`lease.${capability}`]: deny } });
    const written = b.write(
      ['agents', 'one'],
      { kind: 'put', fields },
      { lease: presented(lease, { id: 'one', fields }, clock.nowMs) },
    );
    expect(written.ok).toBe(true);
    exchange();
    expect(c.held()).toMatchObject([{ collection: 'agents', reasonCode: 'policy_denied', detail: 'policy_rule' }]);
    a.put(['policy', 'org'], { layer: 'org', generation: 2, rules: {} });
    exchange();
    judgeAgain();
    expect(c.fields(['agents', 'one'])).toEqual(fields);
  });
});

describe('the floor', () => {
  it('307 is stronger than what synced, never leaves, and takes effect when it changes', () => {
    const { a, b, c, rule, exchange } = setup();
    rule({ 'write.workspace': allow });
    c.floor = { 'write.workspace': deny };
    c.replica.policyChanged();
    expect(c.replica.policy().decide('write', 'workspace')).toMatchObject({
      decision: 'deny',
      reasonCode: 'local_policy_stronger',
    });
    b.put(node, task('one'));
    exchange();
    expect(c.row(node)).toBeUndefined();
    expect(a.fields(node)).toEqual(task('one'));
    c.floor = {};
    c.replica.policyChanged();
    expect(c.fields(node)).toEqual(task('one'));
    expect(decisionsOn(c, 'workspace')).toEqual([
      'policy.decision.deny local_policy_stronger',
      'policy.decision.allow remote_policy_newer',
    ]);
  });
});

describe('policy that cannot be read (invariant 16)', () => {
  it('308 of a newer major version, by an authority: everything is denied until it is dropped', () => {
    const world = setup();
    const { a, c } = world;
    arriving(world, a, c, { schemaVersion: '9.0.0', value: { anything: 1 } });
    expect(c.replica.policy().decide('client', 'admin')).toMatchObject({
      decision: 'deny',
      reasonCode: 'migration_required',
    });
    expect(c.write(node, { kind: 'put', fields: task('one') }).ok).toBe(false);
    c.replica.drop(c.held()[0]?.id ?? '');
    expect(c.write(node, { kind: 'put', fields: task('one') }).ok).toBe(true);
  });

  it('308 in a record of a later format, by an authority, until this device can read it', () => {
    const world = setup();
    const { a, b, c, workspace } = world;
    const later = utf8(canonicalText({ collection: 'policy', objectId: 'org', v: 2 } as JsonObject));
    const batchBy = (by: TestDevice): Uint8Array => {
      const after = by.disk.log.heads(workspace).get(by.keys.deviceId) ?? null;
      return craftBatch({ by, scopeId: workspace, after, records: [later] }).bytes;
    };
    c.replica.receive(workspace, [batchBy(b)]);
    expect(c.held()).toMatchObject([{ collection: 'policy', reasonCode: 'migration_required', changeId: null }]);
    expect(c.replica.policy().decide('write', 'workspace').decision).toBe('allow');
    c.replica.receive(workspace, [batchBy(a)]);
    expect(c.replica.policy().decide('write', 'workspace')).toEqual({
      decision: 'deny',
      reasonCode: 'migration_required',
    });
    for (const { id } of c.held()) {
      c.replica.drop(id);
    }
    expect(c.replica.policy().decide('write', 'workspace').decision).toBe('allow');
  });

  it('308 in a row that a newer build left behind', () => {
    const { a } = setup();
    const row = a.put(['policy', 'org'], { layer: 'org', generation: 1, rules: {} });
    a.disk.records.put({ ...row, schemaVersion: '9.0.0' });
    a.restart();
    expect(a.replica.policy().decide('write', 'workspace')).toEqual({
      decision: 'deny',
      reasonCode: 'migration_required',
    });
  });

  it('308 in a document that is held for a secret, until a person releases it', () => {
    const world = setup();
    const { a, c } = world;
    const value = { layer: 'org', generation: 1, rules: {}, note: `ghp_${'a1B2'.repeat(9)}` };
    arriving(world, a, c, { value });
    expect(c.held()).toMatchObject([{ reasonCode: 'secret_redacted' }]);
    expect(c.replica.policy().decide('write', 'workspace').decision).toBe('deny');
    expect(c.replica.release(c.held()[0]?.id ?? '')).toMatchObject({ ok: true });
    expect(c.replica.policy().decide('write', 'workspace').decision).toBe('allow');
  });

  it('308 through a scope that does not serve policy here: nothing', () => {
    const world = setup();
    rebind(world.c, 'policy', { scope: 'profile' });
    arriving(world, world.a, world.c, { schemaVersion: '9.0.0', value: { anything: 1 } });
    expect(world.c.held()).toHaveLength(1);
    expect(world.c.replica.policy().decide('write', 'workspace').decision).toBe('allow');
  });

  it('308 by anybody else: nothing', () => {
    const world = setup();
    const { b, c } = world;
    arriving(world, b, c, { schemaVersion: '9.0.0', value: { anything: 1 } });
    expect(c.held()).toHaveLength(1);
    expect(c.write(node, { kind: 'put', fields: task('one') }).ok).toBe(true);
  });

  it('308 a rule of another build denies what it may have meant', () => {
    const { b, rule, ...world } = setup();
    arriving({ ...world, b, rule } as World, world.a, b, {
      value: { layer: 'org', generation: 1, rules: { 'write.workspace': { kind: 'quorum', value: 3 } } },
    });
    expect(b.write(node, { kind: 'put', fields: task('one') }).ok).toBe(false);
    expect(b.write(['shell', 'll'], { kind: 'put', fields: { kind: 'alias', name: 'll', body: 'ls' } }).ok).toBe(true);
  });
});

describe('what survives', () => {
  it('309 policy holds after a restart', () => {
    const { a } = setup();
    a.put(['policy', 'org'], { layer: 'org', generation: 1, rules: { 'write.workspace': deny } });
    a.restart();
    expect(a.replica.policy().decide('write', 'workspace').decision).toBe('deny');
  });
});

describe('transactions', () => {
  it('309 policy that could not be stored does not hold', () => {
    const { a } = setup();
    const fields = { layer: 'org', generation: 1, rules: { 'write.*': deny } };
    let failures = 0;
    for (let operation = 1; a.row(['policy', 'org']) === undefined; operation++) {
      a.failing.arm(operation);
      try {
        a.write(['policy', 'org'], { kind: 'put', fields });
      } catch {
        failures += 1;
      }
      a.failing.disarm();
      const holds = a.row(['policy', 'org']) === undefined ? 'allow' : 'deny';
      expect(a.replica.policy().decide('write', 'workspace').decision).toBe(holds);
    }
    expect(failures).toBeGreaterThan(5);
  });

  it('309 policy inside a delivery holds for what comes behind it', () => {
    const { a, b, workspace } = setup();
    a.replica.edit('policy' as CollectionName, [
      {
        id: 'org' as RecordId,
        intent: { kind: 'put', fields: { layer: 'org', generation: 1, rules: { 'write.workspace': deny } } },
      },
    ]);
    const after = a.disk.log.heads(workspace).get(a.keys.deviceId) ?? null;
    const first = a.disk.log.after(workspace, a.keys.deviceId, 0, Number.MAX_SAFE_INTEGER).map(({ bytes }) => bytes);
    const { bytes } = craftBatch({
      by: a,
      scopeId: workspace,
      after,
      records: [craftChange({ value: task('behind') })],
    });
    b.replica.receive(workspace, [...first, bytes]);
    expect(b.held()).toMatchObject([{ reasonCode: 'policy_denied', detail: 'policy_rule' }]);
  });

  it('310 explain says what policy would answer today', () => {
    const { b, c, rule, exchange } = setup();
    const { version } = b.put(node, task('one'));
    exchange();
    rule({ 'write.workspace': deny });
    const explained = c.replica.explain(version as ChangeId);
    expect(explained).toMatchObject({ disposition: 'applied', verdict: { reasonCode: 'policy_denied' } });
    expect(last(explained?.steps ?? [])).toMatchObject({ step: 'policy' });
  });
});
