import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalBytes } from '../../../src/base/bytes.ts';
import type { CollectionName } from '../../../src/base/ids.ts';
import { ok } from '../../../src/base/result.ts';
import type { Manifest } from '../../../src/contract/manifest.ts';
import { reasonText } from '../../../src/contract/verdict.ts';
import type { Bindings, CollectionBinding } from '../../../src/replica/names/binding.ts';
import type { Store } from '../../../src/store/ground/port.ts';
import { craftBatch, craftChange, stateOf } from '../../helpers/crafted-batch.ts';
import { shippedBindings } from '../../helpers/household.ts';
import { batchesBy, last, setupDevices, setupPair } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { everythingOn, historyOf, isAuditWhole, sharedState } from './device-state.ts';

const node = ['workspace', 'w'] as const;
const workspaceName = 'workspace' as CollectionName;

describe('batches', () => {
  it('20, §10.12 a replay is a duplicate without effect', () => {
    const { a, b, workspace, exchange } = setupPair();
    a.put(node, { kind: 'task', title: 'one' });
    exchange();
    const before = everythingOn(b);
    b.events.length = 0;
    const own = batchesBy(a, workspace);
    expect(b.replica.receive(workspace, [...own, ...own])).toEqual({
      appended: 0,
      duplicates: 2,
      advanced: new Map(),
      askAgain: false,
      refusals: [],
      left: [],
    });
    expect(everythingOn(b)).toEqual(before);
    expect(b.events).toEqual([]);
  });

  it('20, §10.14 a gap asks again and has no effect; the missing batch mends it', () => {
    const { a, b, workspace } = setupPair();
    a.put(node, { kind: 'task', title: 'one' });
    a.patch(node, { op: 'add', path: '/title', value: 'two' });
    const [first, second] = batchesBy(a, workspace) as [Uint8Array, Uint8Array];
    const gap = b.replica.receive(workspace, [second]);
    expect(gap).toMatchObject({ appended: 0, askAgain: true });
    expect(gap.refusals.map(reasonText)).toEqual(['relay_untrusted/gap']);
    expect(b.row(node)).toBeUndefined();
    expect(b.disk.audit.head().count).toBe(0);
    expect(b.replica.receive(workspace, [first, second])).toMatchObject({ appended: 2, askAgain: false });
    expect(b.fields(node)).toEqual({ kind: 'task', title: 'two' });
  });

  it('20 a scope that was not joined asks again', () => {
    const { a, b } = setupPair();
    expect(b.replica.receive(a.replica.self as never, [new Uint8Array(9)])).toMatchObject({
      appended: 0,
      askAgain: true,
    });
  });

  it('20 garbage and a foreign signature are rejected, audited by hash, and stop no other batch', () => {
    const { a, b, workspace } = setupPair();
    a.put(node, { kind: 'task', title: 'one' });
    const [good] = batchesBy(a, workspace) as [Uint8Array];
    const forged = new Uint8Array(good);
    forged[260] = (forged[260] as number) ^ 1;
    const report = b.replica.receive(workspace, [new Uint8Array(40), forged, good]);
    expect(report).toMatchObject({ appended: 1, askAgain: false });
    expect(report.refusals.map(({ reasonCode }) => reasonCode)).toEqual(['schema_unknown', 'signature_invalid']);
    const audit = b.disk.audit.read(0, 10).map((event) => (typeof event === 'string' ? '' : event.eventType));
    expect(audit).toEqual(['graph.write.rejected', 'graph.write.rejected', 'graph.write.accepted']);
    expect(isAuditWhole(b)).toBe(true);
  });

  it('20 a batch of a later version is kept whole, once', () => {
    const { a, b, workspace } = setupPair();
    a.put(node, { kind: 'task', title: 'one' });
    const later = new Uint8Array(batchesBy(a, workspace)[0] as Uint8Array);
    later[4] = 9;
    b.replica.receive(workspace, [later]);
    b.replica.receive(workspace, [later]);
    expect(b.held()).toMatchObject([{ reasonCode: 'migration_required', changeId: null, status: 'held' }]);
    expect(equalBytes(b.held()[0]?.bytes ?? new Uint8Array(), later)).toBe(true);
    expect(b.disk.audit.head().count).toBe(1);
    expect(b.replica.release(last(b.held()).id)).toMatchObject({ ok: false, error: { kind: 'invalid' } });
    expect(b.replica.drop(last(b.held()).id).ok).toBe(true);
  });

  it('20, §10.13 a second batch with the number of the first is rejected and has no effect', () => {
    const { a, b, workspace, exchange } = setupPair();
    a.put(node, { kind: 'task', title: 'one' });
    const other = craftBatch({ by: a, scopeId: workspace, after: null, records: [craftChange({ objectId: 'v' })] });
    exchange();
    const report = b.replica.receive(workspace, [other.bytes]);
    expect(report.refusals.map(reasonText)).toEqual(['signature_invalid/device_equivocation']);
    expect(b.row(['workspace', 'v'])).toBeUndefined();
  });

  it('20 101 behind a second version of a batch nothing is asked for again, and the device is isolated', () => {
    const { a, b, workspace } = setupPair();
    const follow = (after: ReturnType<typeof craftBatch> | null, sequence: number, title: string) =>
      craftBatch({
        ...{ by: a, scopeId: workspace, records: [craftChange({ objectId: title, value: { kind: 'task', title } })] },
        after: after && { sequence, batchId: after.batchId },
      });
    const first = follow(null, 0, 'first');
    const second = follow(first, 1, 'second');
    const other = follow(first, 1, 'other');
    const behindOther = follow(other, 2, 'behind');
    const farBehind = follow(behindOther, 3, 'far');
    b.replica.receive(workspace, [first.bytes, second.bytes]);
    const report = b.replica.receive(workspace, [other.bytes, behindOther.bytes, farBehind.bytes]);
    expect(report).toMatchObject({ appended: 0, askAgain: false });
    expect(report.refusals.map(({ detail }) => detail)).toEqual(['device_equivocation', 'device_equivocation', 'gap']);
    const third = follow(second, 2, 'third');
    expect(b.replica.receive(workspace, [third.bytes])).toMatchObject({ appended: 0, askAgain: false });
    expect(b.held()).toMatchObject([{ detail: 'device_equivocation', deviceId: a.keys.deviceId }]);
    expect(b.replica.receive(workspace, [follow(farBehind, 4, 'later').bytes])).toMatchObject({ askAgain: false });
  });

  it('20 a gap behind a batch that the relay damaged is asked for again', () => {
    const { a, b, workspace } = setupPair();
    a.put(node, { kind: 'task', title: 'one' });
    a.patch(node, { op: 'add', path: '/title', value: 'two' });
    const [first, second] = batchesBy(a, workspace) as [Uint8Array, Uint8Array];
    const damaged = new Uint8Array(first);
    damaged[260] = (damaged[260] as number) ^ 1;
    expect(b.replica.receive(workspace, [damaged, second])).toMatchObject({ appended: 0, askAgain: true });
  });

  it.each([
    ['sealed under another key', { epochKey: new Uint8Array(32).fill(9), records: [craftChange({})] }],
    ['whose meta record is none', { meta: new Uint8Array(3), records: [craftChange({})] }],
    ['whose only change is none', { records: [new Uint8Array(3)] }],
  ])('21 an authentic batch %s has no effect and lets its device go on', (_what, broken) => {
    const { a, b, workspace } = setupPair();
    const first = craftBatch({ by: a, scopeId: workspace, after: null, ...broken });
    const next = craftBatch({
      by: a,
      scopeId: workspace,
      after: { sequence: 1, batchId: first.batchId },
      records: [craftChange({})],
    });
    expect(b.replica.receive(workspace, [first.bytes])).toMatchObject({ appended: 1, askAgain: false });
    expect(b.row(node)).toBeUndefined();
    expect(b.replica.receive(workspace, [next.bytes])).toMatchObject({ appended: 1, refusals: [] });
    expect(b.fields(node)).toEqual({ kind: 'task', title: 't' });
    expect(isAuditWhole(b)).toBe(true);
  });

  it('21 one bad change of a batch stops none of its neighbours', () => {
    const { a, b, workspace } = setupPair();
    const records = [
      craftChange({ objectId: 'one' }),
      new Uint8Array(5),
      craftChange({ objectId: 'broken', value: { kind: 'task', title: 7 } }),
      craftChange({ objectId: 'patch', operation: 'patch', value: [{ op: 'leap' }] }),
      craftChange({ objectId: 'two' }),
    ];
    b.replica.receive(workspace, [craftBatch({ by: a, scopeId: workspace, records }).bytes]);
    const states = ['one', 'broken', 'patch', 'two'].map((id) => b.row(['workspace', id])?.state);
    expect(states).toEqual(['live', undefined, undefined, 'live']);
    expect(b.held().map(({ recordId, reasonCode }) => [recordId, reasonCode])).toContainEqual([
      'broken',
      'schema_unknown',
    ]);
  });

  it('27, §10.18 a batch may not go back to an older membership log than the one before it', () => {
    const { a, b, workspace } = setupPair();
    const first = craftBatch({ by: a, scopeId: workspace, after: null, records: [craftChange({})] });
    const back = craftBatch({
      ...{ by: a, scopeId: workspace, logSequence: stateOf(a, workspace).sequence - 1 },
      after: { sequence: 1, batchId: first.batchId },
      records: [craftChange({ objectId: 'v' })],
    });
    b.replica.receive(workspace, [first.bytes]);
    const report = b.replica.receive(workspace, [back.bytes]);
    expect(report.refusals.map(reasonText)).toEqual(['relay_untrusted/log_rollback']);
    expect(b.row(['workspace', 'v'])).toBeUndefined();
  });
});

describe('changes that wait', () => {
  it('22 wait for their causal parents without effect and are woken by them', () => {
    const { all, workspace, send } = setupDevices(3);
    const [a, b, c] = all as [TestDevice, TestDevice, TestDevice];
    a.put(node, { kind: 'task', title: 'one' });
    send(a, b);
    b.patch(node, { op: 'add', path: '/title', value: 'two' });
    c.replica.receive(workspace, batchesBy(b, workspace));
    expect(c.row(node)).toBeUndefined();
    expect(historyOf(c, workspaceName)).toEqual([]);
    expect(c.disk.history.listWaiting(workspaceName, { cursor: null, limit: 9 }).items).toHaveLength(1);
    c.restart();
    c.replica.receive(workspace, batchesBy(a, workspace));
    expect(c.fields(node)).toEqual({ kind: 'task', title: 'two' });
    expect(c.row(node)).toEqual(b.row(node));
  });

  it('22 and the order in which devices are heard decides nothing', () => {
    const { all, workspace, exchange, clock } = setupDevices(3);
    const [a, b, c] = all as [TestDevice, TestDevice, TestDevice];
    a.put(node, { kind: 'task', title: 'one' });
    exchange();
    for (let round = 0; round < 2; round++) {
      b.patch(node, { op: 'add', path: '/title', value: `b${round}` });
      c.patch(node, { op: 'add', path: '/extra', value: `c${round}` });
      exchange();
      a.patch(node, { op: 'add', path: '/title', value: `a${round}` });
      c.patch(node, { op: 'add', path: '/title', value: `c${round}` });
      // A clock that runs backwards makes children look older than their parents.
      clock.nowMs -= 60_000;
      exchange();
    }
    const chains = [a, b, c].map((device) => batchesBy(device, workspace));
    fc.assert(
      fc.property(fc.shuffledSubarray(slots(chains), { minLength: slots(chains).length }), (order) => {
        const fresh = setupDevices(3, { seed: 3 }).all[1] as TestDevice;
        const rest = chains.map((chain) => [...chain]);
        for (const index of order) {
          fresh.replica.receive(workspace, [rest[index]?.shift() as Uint8Array]);
        }
        expect(sharedState(fresh, ['workspace'])).toBe(sharedState(b, ['workspace']));
        expect(
          fresh
            .reviews()
            .map(({ id }) => id)
            .sort(),
        ).toEqual(
          b
            .reviews()
            .map(({ id }) => id)
            .sort(),
        );
        expect(fresh.disk.history.listWaiting(workspaceName, { cursor: null, limit: 9 }).items).toEqual([]);
      }),
      { numRuns: 6, seed: 22 },
    );
  });

  it('23, §10.46 an unknown collection is held until its manifest arrives', () => {
    const { a, b, exchange } = setupPair();
    const extended = withBinding(thirdParty('0.1.0'));
    a.bindings = extended;
    a.put(['recipes', 'r'], { name: 'soup' });
    a.patch(['recipes', 'r'], { op: 'add', path: '/name', value: 'stew' });
    exchange();
    expect(b.held().map(({ reasonCode, detail, engineId }) => [reasonCode, detail, engineId])).toEqual([
      ['schema_unknown', 'collection_unknown', null],
      ['schema_unknown', 'collection_unknown', null],
    ]);
    expect(b.replica.release(last(b.held()).id).ok).toBe(false);
    expect(b.replica.rejudge('recipes' as CollectionName)).toBe(0);
    b.bindings = extended;
    b.restart();
    expect(b.replica.rejudge('recipes' as CollectionName)).toBe(2);
    expect(b.fields(['recipes', 'r'])).toEqual({ name: 'stew' });
    expect(b.held()).toEqual([]);
    expect(b.events.filter(({ type }) => type === 'quarantine.released')).toHaveLength(2);
    expect(isAuditWhole(b)).toBe(true);
  });

  it('23, §10.46 a newer major version is held until this device has it; other records go on', () => {
    const { a, b, exchange } = setupPair();
    b.bindings = withBinding(thirdParty('1.4.0'));
    a.bindings = withBinding(thirdParty('1.9.0'));
    a.put(['recipes', 'same'], { name: 'soup', later: true });
    a.bindings = withBinding(thirdParty('2.0.0'));
    a.put(['recipes', 'newer'], { name: 'soup' });
    exchange();
    expect(b.fields(['recipes', 'same'])).toEqual({ name: 'soup', later: true });
    expect(b.row(['recipes', 'newer'])).toBeUndefined();
    expect(b.held()).toMatchObject([{ recordId: 'newer', reasonCode: 'migration_required', detail: 'schema_major' }]);
    b.bindings = withBinding(thirdParty('2.1.0'));
    b.replica.rejudge('recipes' as CollectionName);
    expect(b.fields(['recipes', 'newer'])).toEqual({ name: 'soup' });
  });

  it('24 what arrives for an engine that is off is set aside and applied once it is on', () => {
    const { a, b, exchange } = setupPair();
    b.disabled.add('sourceos.sync.workspace');
    a.put(node, { kind: 'task', title: 'one' });
    a.patch(node, { op: 'add', path: '/title', value: 'two' });
    a.put(['presence', 'n'], { kind: 'note', text: 'x' });
    exchange();
    expect(b.row(node)).toBeUndefined();
    expect(b.held()).toEqual([]);
    expect(b.fields(['presence', 'n'])).toEqual({ kind: 'note', text: 'x' });
    expect(b.replica.rejudge(workspaceName)).toBe(0);
    b.disabled.clear();
    expect(b.replica.rejudge(workspaceName)).toBe(2);
    expect(b.row(node)).toEqual(a.row(node));
  });

  it('25 a damaged record takes no change and stops no other; mended, it takes what waited', () => {
    const damaged = new Set<string>();
    const wrapStore = (disk: Store): Store => ({
      ...disk,
      records: {
        ...disk.records,
        get: (collection, id) => (damaged.has(id) ? 'damaged' : disk.records.get(collection, id)),
      },
    });
    const { a, b, exchange } = setupPair({ wrapStore });
    a.put(node, { kind: 'task', title: 'one' });
    a.put(['workspace', 'v'], { kind: 'task', title: 'one' });
    exchange();
    a.patch(node, { op: 'add', path: '/title', value: 'two' });
    a.patch(['workspace', 'v'], { op: 'add', path: '/title', value: 'two' });
    damaged.add('w');
    exchange();
    expect(b.fields(['workspace', 'v'])).toEqual({ kind: 'task', title: 'two' });
    expect(b.held()).toMatchObject([{ recordId: 'w', reasonCode: 'signature_invalid', detail: 'row_damaged' }]);
    expect(b.write(node, { kind: 'remove' })).toMatchObject({ ok: false, error: { kind: 'damaged' } });
    damaged.clear();
    expect(b.replica.rejudge(workspaceName)).toBe(1);
    expect(b.row(node)).toEqual(a.row(node));
    expect(b.held()).toEqual([]);
  });

  it('26 the same answer is audited once, another answer takes its place', () => {
    const { a, b, exchange } = setupPair();
    a.bindings = withBinding(thirdParty('2.0.0'));
    a.put(['recipes', 'r'], { name: 'soup' });
    exchange();
    const { count } = b.disk.audit.head();
    b.replica.rejudge('recipes' as CollectionName);
    b.replica.rejudge('recipes' as CollectionName);
    expect(b.disk.audit.head().count).toBe(count);
    b.bindings = withBinding(thirdParty('1.0.0'));
    b.replica.rejudge('recipes' as CollectionName);
    expect(b.held()).toMatchObject([{ reasonCode: 'migration_required', engineId: 'sourceos.sync.recipes' }]);
    expect(b.disk.audit.head().count).toBe(count + 1);
    expect(b.events.filter(({ type }) => type === 'quarantine.added')).toHaveLength(1);
  });

  it('§10.44 a profile record that comes through a workspace has no effect', () => {
    const { a, b, workspace } = setupPair();
    const change = craftChange({ collection: 'shell', objectId: 's', value: { kind: 'alias', name: 'a', body: 'b' } });
    b.replica.receive(workspace, [craftBatch({ by: a, scopeId: workspace, records: [change] }).bytes]);
    expect(b.row(['shell', 's'])).toBeUndefined();
    expect(b.reviews()).toEqual([]);
    expect(b.held()).toMatchObject([{ reasonCode: 'profile_boundary_violation' }]);
  });

  it('§10.42 a record of the vault that arrives is rejected', () => {
    const { a, b, profile } = setupPair();
    const change = craftChange({ collection: 'secrets', objectId: 's', value: { label: 'l', value: 'v' } });
    b.replica.receive(profile, [craftBatch({ by: a, scopeId: profile, records: [change] }).bytes]);
    expect(b.row(['secrets', 's'])).toBeUndefined();
    expect(b.held()).toEqual([]);
    const [event] = b.disk.audit.read(0, 1);
    expect(event).toMatchObject({
      eventType: 'graph.write.rejected',
      reasonCode: 'policy_denied',
      details: { detail: 'stays_on_device' },
    });
  });
});

function thirdParty(schemaVersion: string): CollectionBinding {
  const manifest = {
    ...model().manifest,
    engineId: 'sourceos.sync.recipes',
    collection: 'recipes',
    schemaVersion,
  } as unknown as Manifest;
  return {
    ...model(),
    manifest,
    engine: { ...model().engine, engineId: manifest.engineId },
    validate: (fields) => ok(fields),
  };
}

function model(): CollectionBinding {
  return shippedBindings().ofCollection('workspace') as CollectionBinding;
}

function withBinding(added: CollectionBinding): Bindings {
  const shipped = shippedBindings();
  return {
    all: () => [...shipped.all(), added],
    ofCollection: (name) => (name === added.manifest.collection ? added : shipped.ofCollection(name)),
  };
}

/** The number of a chain for each of its batches: any order of them is a delivery that keeps each chain's own. */
function slots(chains: readonly (readonly Uint8Array[])[]): number[] {
  return chains.flatMap((chain, index) => chain.map(() => index));
}
