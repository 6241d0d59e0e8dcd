import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBatch } from '../../../src/log/header.ts';
import type { ScopeId } from '../../../src/base/ids.ts';
import { craftBatch, craftChange } from '../../helpers/crafted-batch.ts';
import { type Pair, batchesBy, batchesLacking, last, setupPair } from '../../helpers/setup-pair.ts';
import { type TestDevice, createTestDevice } from '../../helpers/test-device.ts';
import { createRandom } from '../../simulation/random.ts';

const relayUrl = 'wss://relay.test';
const shared = ['presence', 'shared'] as const;
const node = ['workspace', 'w'] as const;

/** The home of `pair.a` once more, from a copy of its disk as it was after `sequence` own batches. */
function oldCopy(pair: Pair, sequence: number, seed = 9): TestDevice {
  const copy = createTestDevice({
    ...{ household: pair.household, index: 0, nowMs: () => pair.clock.nowMs, wrapStore: (disk) => disk },
    randomBytes: createRandom(seed, 'copy').bytes,
  });
  for (const scopeId of [pair.profile, pair.workspace]) {
    const held = batchesBy(pair.a, scopeId).slice(0, sequence);
    copy.replica.receive(scopeId, held);
    copy.disk.log.acknowledge(scopeId, relayUrl, held.length);
  }
  return copy;
}

const idsOf = (device: TestDevice, scopeId: ScopeId): readonly string[] =>
  batchesBy(device, scopeId).map((bytes) => {
    const decoded = decodeBatch(bytes);
    return decoded.ok ? decoded.value.batchId : '';
  });

/** Every change can be read back where history says that it stands. */
function expectReadable(device: TestDevice, ...place: readonly [string, string]): void {
  const rows = device.disk.history.list(place[0] as never, place[1] as never);
  const changes = device.replica.history(place[0] as never, place[1] as never);
  expect(changes.map(({ change }) => change.changeId)).toEqual(rows.map(({ changeId }) => changeId));
}

describe('a home that was restored from an old copy', () => {
  it('120 §10.54 takes its own batches back, and seals what it wrote meanwhile behind them', () => {
    const pair = setupPair();
    const { a, b, workspace } = pair;
    a.put(node, { kind: 'task', title: 'one' });
    const copy = oldCopy(pair, 1);
    a.put(['workspace', 'after'], { kind: 'task', title: 'after the copy' });
    a.patch(node, { op: 'add', path: '/title', value: 'two' });
    copy.put(['workspace', 'meanwhile'], { kind: 'task', title: 'on the copy' });
    const [written] = copy.replica.history('workspace' as never, 'meanwhile' as never);
    expect(copy.replica.receive(workspace, batchesBy(a, workspace))).toMatchObject({ askAgain: false, refusals: [] });
    expect(idsOf(copy, workspace).slice(0, 3)).toEqual(idsOf(a, workspace));
    expect(idsOf(copy, workspace)).toHaveLength(4);
    expect(copy.disk.history.get(written?.change.changeId as never)).toMatchObject({ sequence: 4, index: 1 });
    expect(copy.fields(node)).toMatchObject({ title: 'two' });
    expect(copy.fields(['workspace', 'meanwhile'])).toMatchObject({ title: 'on the copy' });
    expectReadable(copy, 'workspace', 'meanwhile');
    expect(copy.replica.alarms()).toEqual([]);
    expect(b.replica.receive(workspace, batchesBy(copy, workspace))).toMatchObject({ appended: 4, refusals: [] });
    expect(b.fields(['workspace', 'meanwhile'])).toMatchObject({ title: 'on the copy' });
    const audit = copy.disk.audit.read(0, 1000).map((event) => (typeof event === 'string' ? '' : event.eventType));
    expect(audit).toContain('sync.own_chain.restored');
  });

  it('120 §10.54 in as many deliveries as it takes, each by itself whole', () => {
    const pair = setupPair();
    const { a, workspace } = pair;
    a.put(node, { kind: 'task', title: 'one' });
    const copy = oldCopy(pair, 1);
    for (const title of ['two', 'three', 'four', 'five']) {
      a.patch(node, { op: 'add', path: '/title', value: title });
    }
    copy.put(['workspace', 'x'], { kind: 'task', title: 'x' });
    copy.put(['workspace', 'y'], { kind: 'task', title: 'y' });
    for (const bytes of batchesBy(a, workspace)) {
      copy.replica.receive(workspace, [bytes]);
      copy.restart();
      expect([copy.fields(['workspace', 'x']), copy.fields(['workspace', 'y'])]).toMatchObject([
        { title: 'x' },
        { title: 'y' },
      ]);
      expectReadable(copy, 'workspace', 'x');
    }
    expect(idsOf(copy, workspace).slice(0, 5)).toEqual(idsOf(a, workspace));
    expect(copy.fields(node)).toMatchObject({ title: 'five' });
  });

  it('121 both writings of one text hold, on every device, and no document id means two things', () => {
    const pair = setupPair();
    const { a, b, workspace } = pair;
    const note = (text: string) => ({ kind: 'note', text });
    a.put(shared, note('start'));
    const copy = oldCopy(pair, 1);
    a.put(shared, note('start, and what the copy lacks'));
    copy.put(shared, note('meanwhile: start'));
    copy.put(shared, note('meanwhile: start!'));
    copy.replica.receive(workspace, batchesBy(a, workspace));
    expect(copy.fields(shared)?.['text']).toMatch(/^meanwhile: start.*and what the copy lacks/);
    b.replica.receive(workspace, batchesBy(copy, workspace));
    expect(b.fields(shared)).toEqual(copy.fields(shared));
  });

  it('122 a store that fails at any step leaves the old chain, and the next delivery restores it', () => {
    const pair = setupPair();
    const { a, workspace } = pair;
    a.put(node, { kind: 'task', title: 'one' });
    const back = (): readonly Uint8Array[] => batchesBy(a, workspace);
    const copy = oldCopy(pair, 1);
    a.patch(node, { op: 'add', path: '/title', value: 'two' });
    copy.put(['workspace', 'x'], { kind: 'task', title: 'x' });
    const before = idsOf(copy, workspace);
    let isRestored = false;
    for (let operation = 1; !isRestored; operation++) {
      copy.failing.arm(operation);
      try {
        copy.replica.receive(workspace, back());
        isRestored = true;
      } catch {
        expect(idsOf(copy, workspace)).toEqual(before);
      }
      copy.failing.disarm();
    }
    expect(idsOf(copy, workspace).slice(0, 2)).toEqual(idsOf(a, workspace));
    expect(copy.fields(['workspace', 'x'])).toMatchObject({ title: 'x' });
    expectReadable(copy, 'workspace', 'x');
  });

  it('123 §10.13 nothing that a relay confirmed is taken back: two homes under one key are told of', () => {
    const pair = setupPair();
    const { a, workspace } = pair;
    a.put(node, { kind: 'task', title: 'one' });
    const copy = oldCopy(pair, 1);
    a.patch(node, { op: 'add', path: '/title', value: 'two' });
    copy.put(['workspace', 'x'], { kind: 'task', title: 'x' });
    copy.disk.log.acknowledge(workspace, 'wss://other.test', 2);
    const before = idsOf(copy, workspace);
    const report = copy.replica.receive(workspace, batchesBy(a, workspace));
    expect(report.refusals).toMatchObject([{ detail: 'device_equivocation' }]);
    expect(idsOf(copy, workspace)).toEqual(before);
    expect(copy.replica.alarms()).toMatchObject([{ kind: 'device_equivocation', deviceId: a.keys.deviceId }]);
  });

  it('123 a batch behind one that has not come back changes nothing and accuses nobody', () => {
    const pair = setupPair();
    const { a, workspace } = pair;
    a.put(node, { kind: 'task', title: 'one' });
    const copy = oldCopy(pair, 1);
    a.patch(node, { op: 'add', path: '/title', value: 'two' });
    a.patch(node, { op: 'add', path: '/title', value: 'three' });
    copy.put(['workspace', 'x'], { kind: 'task', title: 'x' });
    const before = idsOf(copy, workspace);
    copy.replica.receive(workspace, [last(batchesBy(a, workspace))]);
    expect(idsOf(copy, workspace)).toEqual(before);
    expect(copy.replica.alarms()).toEqual([]);
  });

  it('123 a peer that tells of an own batch before it came back accuses nobody', () => {
    const pair = setupPair();
    const { a, b, workspace } = pair;
    a.put(node, { kind: 'task', title: 'one' });
    const copy = oldCopy(pair, 1);
    a.patch(node, { op: 'add', path: '/title', value: 'two' });
    copy.put(['workspace', 'x'], { kind: 'task', title: 'x' });
    pair.send(a, b);
    b.put(['workspace', 'y'], { kind: 'task', title: 'y' });
    copy.replica.receive(workspace, batchesBy(b, workspace));
    expect(copy.replica.alarms()).toEqual([]);
    copy.disk.log.acknowledge(workspace, relayUrl, 2);
    b.restart();
    b.patch(['workspace', 'y'], { op: 'add', path: '/title', value: 'z' });
    copy.replica.receive(workspace, batchesBy(b, workspace));
    expect(copy.replica.alarms()).toMatchObject([{ kind: 'peer_fork', deviceId: a.keys.deviceId }]);
  });

  it('123 a batch of its own that cannot be opened stays where it is', () => {
    const pair = setupPair();
    const { a, workspace } = pair;
    a.put(node, { kind: 'task', title: 'one' });
    const copy = oldCopy(pair, 1);
    a.patch(node, { op: 'add', path: '/title', value: 'two' });
    const broken = craftBatch({
      by: copy,
      scopeId: workspace,
      epochKey: new Uint8Array(32),
      records: [craftChange({})],
    });
    copy.replica.receive(workspace, [broken.bytes]);
    const before = idsOf(copy, workspace);
    copy.replica.receive(workspace, batchesBy(a, workspace));
    expect(idsOf(copy, workspace)).toEqual(before);
    expect(copy.replica.alarms()).toMatchObject([{ kind: 'device_equivocation' }]);
  });

  it('124 scopes that it announced meanwhile are announced again', () => {
    const pair = setupPair();
    const { a, b, profile, workspace } = pair;
    a.replica.announceScopes([]);
    const copy = oldCopy(pair, 1);
    a.replica.announceScopes([]);
    const announced = {
      scopeId: pair.household.local[1]?.scopeId ?? workspace,
      kind: 'workspace',
      name: 'team',
      root: null,
    } as const;
    copy.replica.announceScopes([announced]);
    copy.replica.receive(profile, batchesBy(a, profile));
    b.replica.receive(profile, batchesBy(copy, profile));
    expect(
      b.replica.announcedScopes().length +
        (b.replica.scopes().some(({ state }) => state.scopeId === announced.scopeId) ? 1 : 0),
    ).toBe(1);
    expect(idsOf(copy, profile).slice(0, 2)).toEqual(idsOf(a, profile));
  });

  it('125 whatever was written before and after the copy, and in whatever pieces it comes back, all devices agree', () => {
    const text = fc.constantFrom('one', 'two', 'three', 'a longer text', '');
    const step = fc.record({ place: fc.constantFrom(shared, node, ['presence', 'other'] as const), text });
    fc.assert(
      fc.property(
        fc.record({
          before: fc.array(step, { minLength: 1, maxLength: 3 }),
          lost: fc.array(step, { minLength: 1, maxLength: 4 }),
          meanwhile: fc.array(step, { maxLength: 4 }),
          piece: fc.integer({ min: 1, max: 4 }),
        }),
        ({ before, lost, meanwhile, piece }) => {
          const pair = setupPair();
          const { a, b, profile, workspace } = pair;
          const write = (
            device: TestDevice,
            { place, text: value }: { place: readonly [string, string]; text: string },
          ): void => {
            const fields =
              place[0] === 'presence' ? { kind: 'note', text: value } : { kind: 'task', title: `t ${value}` };
            pair.clock.nowMs += 10;
            device.put(place, fields);
          };
          before.forEach((one) => write(a, one));
          const copy = oldCopy(pair, 10);
          lost.forEach((one) => write(a, one));
          meanwhile.forEach((one) => write(copy, one));
          for (const scopeId of [profile, workspace]) {
            const all = batchesBy(a, scopeId);
            for (let at = 0; at < all.length; at += piece) {
              copy.replica.receive(scopeId, all.slice(at, at + piece));
            }
            expect(idsOf(copy, scopeId).slice(0, all.length)).toEqual(idsOf(a, scopeId));
            b.replica.receive(scopeId, batchesLacking(copy, b, scopeId));
          }
          for (const place of [shared, node, ['presence', 'other']] as const) {
            expect(b.fields(place)).toEqual(copy.fields(place));
            expect(b.row(place)?.heads).toEqual(copy.row(place)?.heads);
            expectReadable(copy, place[0], place[1]);
          }
          expect(copy.replica.alarms()).toEqual([]);
        },
      ),
      { numRuns: 25 },
    );
  });
});
