import { describe, expect, it } from 'vitest';
import type { CollectionName } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { setupDevices } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { rebind } from '../../helpers/rebind.ts';

const node = { kind: 'task', title: 't' };
const deny = { kind: 'decision', value: 'deny' };
const review = { kind: 'decision', value: 'require_review' };
const place = ['workspace', 'n'] as const;

function policyOf(generation: number, rules: JsonObject): JsonObject {
  return { layer: 'org', generation, rules };
}

/** Three devices; the first holds the authority over policy, which lives in the workspace here. */
function setupPolicy(): { a: TestDevice; b: TestDevice; c: TestDevice; exchange: () => void } {
  const { all, exchange } = setupDevices(3);
  for (const device of all) {
    rebind(device, 'policy', { scope: 'workspace' });
  }
  const [a, b, c] = all as [TestDevice, TestDevice, TestDevice];
  return { a, b, c, exchange };
}

describe('policy in force', () => {
  it('refuses what is written here, and holds what arrives until it changes', () => {
    const { a, b, exchange } = setupPolicy();
    a.put(['policy', 'org'], policyOf(1, { 'write.workspace': deny }));
    expect(a.write(place, { kind: 'put', fields: node })).toMatchObject({
      ok: false,
      error: { kind: 'refused', refusal: { reasonCode: 'policy_denied', detail: 'policy_rule' } },
    });
    // Written by a device that has not heard of it yet.
    b.put(place, node);
    exchange();
    expect(a.fields(place)).toBeUndefined();
    expect(a.held()).toMatchObject([{ collection: 'workspace', reasonCode: 'policy_denied', detail: 'policy_rule' }]);
    a.put(['policy', 'org'], policyOf(2, {}));
    expect(a.replica.rejudge('workspace' as CollectionName)).toBe(1);
    expect([a.fields(place), a.held()]).toEqual([node, []]);
  });

  it('that asks for a review holds what arrives until a person releases it', () => {
    const { a, b, exchange } = setupPolicy();
    a.put(['policy', 'org'], policyOf(1, { 'write.*': review }));
    b.put(place, node);
    exchange();
    const [item] = a.held();
    expect(item).toMatchObject({ reasonCode: 'manual_review_required', detail: 'policy_rule' });
    a.put(['policy', 'org'], policyOf(2, {}));
    expect(a.replica.rejudge('workspace' as CollectionName)).toBe(0);
    expect(a.replica.release(item?.id ?? '').ok).toBe(true);
    expect(a.fields(place)).toEqual(node);
  });

  it('takes nothing back that was applied before', () => {
    const { a, b, c, exchange } = setupPolicy();
    b.put(place, node);
    exchange();
    a.put(['policy', 'org'], policyOf(1, { 'write.workspace': deny }));
    exchange();
    for (const device of [a, b, c]) {
      expect(device.fields(place)).toEqual(node);
    }
  });

  it('that denies an engine keeps what arrives, and gives it back when it is lifted', () => {
    const { a, b, exchange } = setupPolicy();
    a.put(['policy', 'org'], policyOf(1, { 'engine.workspace': deny }));
    b.put(place, node);
    exchange();
    expect([a.fields(place), a.held()]).toEqual([undefined, []]);
    a.put(['policy', 'org'], policyOf(2, {}));
    a.replica.rejudge('workspace' as CollectionName);
    expect(a.fields(place)).toEqual(node);
  });

  it('that denies every engine can still be lifted by another device', () => {
    const { a, b, exchange } = setupPolicy();
    a.put(['policy', 'org'], policyOf(1, { 'engine.*': deny }));
    exchange();
    a.put(['policy', 'org'], policyOf(2, {}));
    exchange();
    expect(b.replica.policy().decide('engine', 'workspace').decision).toBe('allow');
  });

  it('speaks of agents apart', () => {
    const { a } = setupPolicy();
    a.put(['policy', 'org'], policyOf(1, { 'agent.write.workspace': deny }));
    const byAgent = a.write(place, { kind: 'put', fields: node }, { authorId: 'urn:srcos:agent:one' });
    expect(byAgent).toMatchObject({ ok: false, error: { refusal: { reasonCode: 'policy_denied' } } });
    expect(a.write(place, { kind: 'put', fields: node }).ok).toBe(true);
  });

  it('15 a weaker document of another device without the authority changes nothing', () => {
    const { a, b, c, exchange } = setupPolicy();
    a.put(['policy', 'org'], policyOf(1, { 'write.workspace': deny }));
    exchange();
    expect(b.write(['policy', 'mine'], { kind: 'put', fields: policyOf(9, {}) }).ok).toBe(false);
    for (const device of [a, b, c]) {
      expect(device.replica.policy().decide('write', 'workspace').decision).toBe('deny');
    }
  });

  it('survives a restart, and a transaction that failed leaves it as it was', () => {
    const { a } = setupPolicy();
    a.put(['policy', 'org'], policyOf(1, { 'write.workspace': deny }));
    a.restart();
    expect(a.replica.policy().decide('write', 'workspace').decision).toBe('deny');
    a.failing.arm(12);
    expect(() => a.put(['policy', 'org'], policyOf(2, {}))).toThrow();
    a.failing.disarm();
    expect(a.replica.policy().decide('write', 'workspace').decision).toBe('deny');
  });
});
