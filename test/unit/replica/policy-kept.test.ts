import { describe, expect, it } from 'vitest';
import { canonicalText } from '../../../src/base/canonical-json.ts';
import { utf8 } from '../../../src/base/bytes.ts';
import type { ChangeId, CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { craftBatch, craftChange } from '../../helpers/crafted-batch.ts';
import type { ScopeState } from '../../../src/membership/parse/state.ts';
import type { CollectionBinding } from '../../../src/replica/names/binding.ts';
import { leaseBy, presented } from '../../helpers/agent.ts';
import { withRecipes } from '../../helpers/recipes.ts';
import { rebind } from '../../helpers/rebind.ts';
import { last } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { allow, arriving, deny, node, setup, task, type World } from './policy-world.ts';

function decisionsOn(device: TestDevice, domain: string): readonly string[] {
  return device.disk.audit
    .read(0, 1000)
    .flatMap((event) =>
      typeof event !== 'string' && event.eventType.startsWith('policy.decision.') && event.policyDomain === domain
        ? [`${event.eventType} ${event.reasonCode}`]
        : [],
    );
}

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

  it('306 what took effect stays so when its device seals the same bytes once more under a stricter policy', () => {
    const { a, b, workspace } = setup();
    const records = [craftChange({ objectId: 'w' })];
    const first = craftBatch({ by: b, scopeId: workspace, records });
    a.replica.receive(workspace, [first.bytes]);
    const before = a.replica.history('workspace' as CollectionName, 'w' as RecordId);
    expect(before).toMatchObject([{ disposition: 'applied' }]);
    a.put(['policy', 'org'], { layer: 'org', generation: 1, rules: { 'write.workspace': deny } });
    const after = a.disk.log.heads(workspace).get(b.keys.deviceId) ?? null;
    const again = craftBatch({ by: b, scopeId: workspace, records, after });
    expect(a.replica.receive(workspace, [again.bytes])).toMatchObject({ appended: 1 });
    expect(a.replica.history('workspace' as CollectionName, 'w' as RecordId)).toEqual(before);
    expect(a.held()).toEqual([]);
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
