import { describe, expect, it } from 'vitest';
import type { ChangeId, CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { Write } from '../../../src/replica/names/write.ts';
import { changeIdOf } from '../../../src/log/change.ts';
import { craftBatch, craftChange } from '../../helpers/crafted-batch.ts';
import { batchesBy, setupDevices } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { receiveAll } from '../../helpers/receive-all.ts';
import { mergedState } from './random-steps.ts';

const nodes = 'workspace' as CollectionName;
const notes = 'presence' as CollectionName;
const slices = [Number.POSITIVE_INFINITY, 5, 1] as const;

function threeDevices() {
  const devices = setupDevices(3);
  const [a, b, c] = devices.all as [TestDevice, TestDevice, TestDevice];
  return { ...devices, a, b, c };
}

/** Thirty versions of one record by `a`, each in front of what it stands upon and with an earlier stamp. */
function backwards() {
  const devices = threeDevices();
  const records: Uint8Array[] = [];
  const ids: ChangeId[] = [];
  for (let number = 0; number < 30; number++) {
    const value = { kind: 'task', title: `title ${number}` };
    const stamp = `019b76da${(0xffff - number).toString(16)}-0000`;
    const record = craftChange({ collection: 'workspace', objectId: 'n', parents: ids.slice(-1), value, stamp });
    records.unshift(record);
    ids.push(changeIdOf(devices.a.keys.deviceId, record));
  }
  const chain = craftBatch({ by: devices.a, scopeId: devices.workspace, records });
  return { ...devices, chain, ids };
}

/** One more version of the same record. */
function version(parents: readonly ChangeId[], title: string, stamp: string): Uint8Array {
  return craftChange({ objectId: 'n', parents, value: { kind: 'task', title }, stamp });
}

function waitingOn({ disk }: TestDevice): number {
  const rows = disk.history.list(nodes, 'n' as RecordId);
  return rows.filter(({ disposition }) => disposition === 'waiting').length;
}

/** How many records each transaction made live. */
function takeInAll({ replica, disk }: TestDevice, collection = notes): readonly number[] {
  const live = (): number => disk.records.counts(collection).live;
  const steps: number[] = [];
  for (let isMore = true; isMore; ) {
    const before = live();
    isMore = replica.takeInMore();
    steps.push(live() - before);
  }
  return steps;
}

describe('changes that wait, judged by several transactions', () => {
  it.each(slices)('316 one that comes in the middle and stands on what is left is judged (slices of %s)', (slice) => {
    const { b, c, workspace, chain, ids } = backwards();
    b.sliceRecords = slice;
    b.replica.receive(workspace, [chain.bytes]);
    for (let count = 0; count < 8; count++) {
      b.replica.takeInMore();
    }
    const child = version([ids[28] as ChangeId], 'child', '019b76db0001-0000');
    b.replica.receive(workspace, [craftBatch({ by: c, scopeId: workspace, records: [child] }).bytes]);
    takeInAll(b, nodes);
    expect(waitingOn(b)).toBe(0);
  });

  it.each(slices)('316 one that goes on waiting is judged when its own parent comes (slices of %s)', (slice) => {
    const { a, b, c, workspace, chain, ids } = backwards();
    b.sliceRecords = slice;
    const parent = version([ids[29] as ChangeId], 'parent', '019b76db0000-0000');
    // The first round comes past it before it has come to the end.
    const child = version([changeIdOf(a.keys.deviceId, parent)], 'child', '019b76daa800-0001');
    const first = craftBatch({ by: c, scopeId: workspace, records: [child] });
    receiveAll(b.replica, workspace, [first.bytes, chain.bytes]);
    takeInAll(b, nodes);
    expect(waitingOn(b)).toBe(1);
    const after = { sequence: 1, batchId: chain.batchId };
    b.replica.receive(workspace, [craftBatch({ by: a, scopeId: workspace, records: [parent], after }).bytes]);
    takeInAll(b, nodes);
    expect(waitingOn(b)).toBe(0);
  });

  it.each(slices)('316 a rename that came before what it rests on takes effect (slices of %s)', (slice) => {
    const { a, b, c, workspace, send } = threeDevices();
    c.put(['workspace', 'old'], { kind: 'task', title: 'one' });
    send(c, a);
    expect(a.replica.move(nodes, [{ from: 'old' as RecordId, to: 'new' as RecordId }])[0]?.ok).toBe(true);
    b.sliceRecords = slice;
    b.replica.receive(workspace, batchesBy(a, workspace));
    b.replica.receive(workspace, batchesBy(c, workspace));
    takeInAll(b, nodes);
    expect([b.row(['workspace', 'old'])?.state, b.row(['workspace', 'new'])?.state]).toEqual(['tombstoned', 'live']);
    expect(mergedState(b)).toBe(mergedState(a));
  });
});

describe('what is judged as a whole, and what is not', () => {
  const put = (id: string): Write => ({
    id: id as RecordId,
    intent: { kind: 'put', fields: { kind: 'note', text: `note ${id}\n` } },
  });
  const many = (name: string, count: number): readonly Write[] =>
    Array.from({ length: count }, (_, index) => put(`${name}${index}`));
  /** So many records that both have, and the batch by which A removes all of them. */
  const removedByA = (count: number) => {
    const devices = threeDevices();
    const { a, b, workspace, send } = devices;
    const records = many('first', count);
    a.replica.edit(notes, records);
    send(a, b);
    b.replica.caughtUp(workspace);
    const before = batchesBy(a, workspace).length;
    const removals = records.map(({ id }): Write => ({ id, intent: { kind: 'remove' } }));
    a.replica.edit(notes, removals, true);
    return { ...devices, removed: batchesBy(a, workspace).slice(before) };
  };
  const removal: Write = { id: 'first0' as RecordId, intent: { kind: 'remove' } };

  it('315 a removal of what the past itself brought makes no one transaction of all that is left', () => {
    const { a, b, workspace } = threeDevices();
    a.replica.edit(notes, many('first', 10));
    a.replica.edit(notes, [removal, ...many('x', 20)]);
    for (let batch = 0; batch < 10; batch++) {
      a.replica.edit(notes, many(`batch ${batch} `, 50));
    }
    b.sliceRecords = 5;
    b.replica.receive(workspace, batchesBy(a, workspace));
    expect(Math.max(...takeInAll(b))).toBeLessThan(20);
  });

  it('315 a removal takes its own chain along, and nothing that others wrote', () => {
    const { a, b, c, workspace, send } = threeDevices();
    a.replica.edit(notes, many('first', 10));
    send(a, b);
    send(a, c);
    b.replica.caughtUp(workspace);
    a.replica.edit(notes, [...many('x', 20), removal]);
    for (let batch = 0; batch < 10; batch++) {
      c.replica.edit(notes, many(`batch ${batch} `, 50));
    }
    b.sliceRecords = 5;
    b.replica.receive(workspace, batchesBy(a, workspace));
    b.replica.receive(workspace, batchesBy(c, workspace));
    expect(Math.max(...takeInAll(b))).toBeLessThan(60);
  });

  it('315 forty times as long is the longest, whatever is removed', () => {
    const { a, b, workspace, send } = threeDevices();
    a.replica.edit(notes, many('first', 10));
    send(a, b);
    b.replica.caughtUp(workspace);
    a.replica.edit(notes, [removal, ...many('x', 400)]);
    b.sliceRecords = 2;
    b.replica.receive(workspace, batchesBy(a, workspace));
    const steps = takeInAll(b);
    expect(Math.max(...steps)).toBeLessThan(90);
    expect(b.disk.records.counts(notes).live).toBe(409);
  });

  it('315 a mass change is seen whole also where it takes longer than that', () => {
    const { b, workspace, removed } = removedByA(300);
    b.sliceRecords = 2;
    b.replica.receive(workspace, removed);
    takeInAll(b);
    expect(b.disk.records.counts(notes).live).toBe(300);
    expect(b.reviews().map(({ summary }) => summary)).toEqual([
      expect.stringMatching(/^delete 300 of 300 records at once/),
    ]);
  });

  it('315 what is done again because it is too much goes no farther than before', () => {
    const { b, workspace, removed } = removedByA(200);
    // The first attempt has time for more than may go unasked, the second one for all of it.
    let asked = 0;
    Object.defineProperty(b, 'sliceRecords', { get: () => (asked++ < 260 ? 3 : 1000) });
    b.replica.receive(workspace, removed);
    takeInAll(b);
    expect(b.disk.records.counts(notes).live).toBe(200);
  });

  it('315 on a machine that is busy with other things a mass change is seen whole', () => {
    const { b, workspace, removed } = removedByA(300);
    b.sliceRecords = 2;
    b.isStarved = true;
    b.replica.receive(workspace, removed);
    takeInAll(b);
    expect(b.disk.records.counts(notes).live).toBe(300);
  });
});
