import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId, ScopeId } from '../../../src/base/ids.ts';
import { craftBatch, craftChange } from '../../helpers/crafted-batch.ts';
import { batchesBy } from '../../helpers/setup-pair.ts';
import { type TestDevice, everyItem } from '../../helpers/test-device.ts';
import { choose, learn, setupTwoWorkspaces } from '../../helpers/two-workspaces.ts';
import { everythingOn, isAuditWhole } from './device-state.ts';

const workspace = 'workspace' as CollectionName;
const node = ['workspace', 'w'] as const;
const task = (title: string) => ({ kind: 'task', title });

describe('a workspace that is chosen for a collection', () => {
  it('50a 50d serves it from then on: its records are here, and what is written goes to it alone', () => {
    const { a, b, team, workspace: own, exchange } = setupTwoWorkspaces();
    a.put(node, task('mine'));
    exchange();
    choose(b, 'workspace', team);
    expect(b.row(node)).toBeUndefined();
    b.put(node, task('ours'));
    b.put(['workspace', 'only ours'], task('ours too'));
    exchange();
    expect(a.disk.records.list(workspace, everyItem).items.map(({ fields }) => fields)).toEqual([task('mine')]);
    choose(a, 'workspace', team);
    expect([a.fields(node), a.fields(['workspace', 'only ours'])]).toEqual([task('ours'), task('ours too')]);
    const sentBefore = batchesBy(a, own).length;
    a.patch(node, { op: 'add', path: '/title', value: 'ours, edited' });
    exchange();
    expect(b.fields(node)).toEqual(task('ours, edited'));
    expect([batchesBy(a, own).length, batchesBy(a, team).length]).toEqual([sentBefore, 1]);
    expect(a.disk.records.counts(workspace)).toMatchObject({ live: 2 });
  });

  it('50d is one for one collection alone, and is remembered', () => {
    const { a, team, workspace: own } = setupTwoWorkspaces();
    a.put(['notes', 'n'], { kind: 'note', text: 'a note' });
    a.put(node, task('mine'));
    choose(a, 'workspace', team);
    a.restart();
    expect([a.fields(['notes', 'n']), a.row(node)]).toEqual([{ kind: 'note', text: 'a note' }, undefined]);
    expect([servingOn(a, 'notes'), servingOn(a, 'workspace')]).toEqual([own, team]);
  });

  it('50e chosen back, all is there as it was, with what came meanwhile and what was deleted', () => {
    const { a, b, team, workspace: own, exchange } = setupTwoWorkspaces();
    a.put(node, task('one'));
    exchange();
    b.put(node, task('two'));
    b.put(['workspace', 'gone'], task('gone'));
    exchange();
    b.remove(['workspace', 'gone']);
    b.put(['workspace', 'asks'], { ...task('asks'), edges: { e: { type: 'automation', to: 'workspace/w' } } });
    exchange();
    const before = factsOf(a);
    expect(a.reviews()).toHaveLength(1);
    choose(a, 'workspace', team);
    expect(factsOf(a)).toMatchObject({ records: [], history: [], reviews: [] });
    choose(a, 'workspace', own);
    expect(factsOf(a)).toEqual(before);
    choose(a, 'workspace', team);
    b.put(node, task('three'));
    exchange();
    expect(a.row(node)).toBeUndefined();
    choose(a, 'workspace', own);
    expect(a.fields(node)).toEqual(task('three'));
    expect(a.replica.history(...(node as unknown as [CollectionName, RecordId]))).toHaveLength(3);
    expect(isAuditWhole(a)).toBe(true);
  });

  it('50e what a person let in or dropped stays so, and what is held is held again', () => {
    const { a, b, team, workspace: own, exchange } = setupTwoWorkspaces();
    const secret = (id: string) =>
      craftChange({ objectId: id, value: { kind: 'task', title: `ghp_${'a1B2'.repeat(9)}` } });
    const records = ['let in', 'dropped', 'held'].map(secret);
    a.replica.receive(own, [craftBatch({ by: b, scopeId: own, records }).bytes]);
    const [first, second, third] = a.held();
    expect(a.replica.release(first?.id ?? '').ok).toBe(true);
    expect(a.replica.drop(second?.id ?? '').ok).toBe(true);
    const before = factsOf(a);
    choose(a, 'workspace', team);
    expect([a.held(), a.disk.records.counts(workspace).quarantined]).toEqual([[], 0]);
    expect(a.replica.release(third?.id ?? '')).toMatchObject({
      error: { message: expect.stringContaining('sourcesync scopes use') },
    });
    choose(a, 'workspace', own);
    expect(factsOf(a)).toEqual(before);
    expect(a.held()).toMatchObject([{ id: third?.id, status: 'held' }]);
    exchange();
  });

  it('50d nothing is written before the log of the chosen one is read, over a restart too', () => {
    const { a, b, team, exchange } = setupTwoWorkspaces();
    choose(b, 'workspace', team);
    b.replica.edit(
      workspace,
      Array.from({ length: 300 }, (_, index) => ({
        id: `r${index}` as RecordId,
        intent: { kind: 'put', fields: task(`t${index}`) },
      })),
    );
    exchange();
    expect(a.replica.chooseScope(workspace, team).ok).toBe(true);
    expect(a.replica.isLearning(workspace)).toBe(true);
    const work = a.replica.learnScopes();
    work.next();
    expect(a.write(node, { kind: 'put', fields: task('too early') })).toMatchObject({
      error: { kind: 'no_scope', message: expect.stringContaining('still being read') },
    });
    a.restart();
    expect(a.replica.isLearning(workspace)).toBe(true);
    learn(a);
    expect([a.replica.isLearning(workspace), a.disk.records.counts(workspace).live]).toEqual([false, 300]);
    expect(learn(a)).toBe(0);
    a.put(node, task('now'));
  });

  it('50d what comes while its log is read finds its place', () => {
    const { a, b, team, exchange } = setupTwoWorkspaces();
    choose(b, 'workspace', team);
    b.put(node, task('one'));
    exchange();
    a.replica.chooseScope(workspace, team);
    b.patch(node, { op: 'add', path: '/title', value: 'two' });
    exchange();
    learn(a);
    expect(a.fields(node)).toEqual(task('two'));
  });

  it('50d a removal of all of it long ago is its past, and asks nothing', () => {
    const { a, b, team, exchange } = setupTwoWorkspaces();
    choose(b, 'workspace', team);
    const ids = Array.from({ length: 150 }, (_, index) => `r${index}` as RecordId);
    const all = (intent: { kind: 'put'; fields: object } | { kind: 'remove' }) =>
      b.replica.edit(workspace, ids.map((id) => ({ id, intent })) as never, true);
    all({ kind: 'put', fields: task('t') });
    all({ kind: 'remove' });
    exchange();
    choose(a, 'workspace', team);
    expect(a.reviews()).toEqual([]);
    expect(a.disk.records.counts(workspace)).toMatchObject({ live: 0, tombstoned: 150 });
  });

  it('50d a disk that fails at any step leaves the choice as it was, or made', () => {
    const { a, b, team, exchange } = setupTwoWorkspaces();
    a.put(node, task('mine'));
    choose(b, 'workspace', team);
    b.put(node, task('ours'));
    exchange();
    const before = everythingOn(a);
    let failures = 0;
    for (let operation = 1; ; operation++) {
      a.failing.arm(operation);
      try {
        a.replica.chooseScope(workspace, team);
      } catch {
        failures++;
      }
      a.failing.disarm();
      if (servingOn(a, 'workspace') === team) {
        break;
      }
      expect(everythingOn(a)).toEqual(before);
    }
    expect(failures).toBeGreaterThan(5);
    learn(a);
    expect(a.fields(node)).toEqual(task('ours'));
  });
});

function servingOn(device: TestDevice, collection: string): ScopeId | undefined {
  const binding = device.bindings.ofCollection(collection as CollectionName);
  return binding && device.replica.scopeOf(binding)?.scopeId;
}

/** What a device knows of the collection; ids of questions are the same whoever asks. */
function factsOf(device: TestDevice) {
  const { disk } = device;
  const records = disk.records.list(workspace, everyItem).items.filter(({ state }) => state !== 'absent');
  return {
    records: records.toSorted((left, right) => (left.id < right.id ? -1 : 1)),
    history: records
      .flatMap(({ id }) => disk.history.list(workspace, id))
      .map(({ changeId, disposition }) => `${changeId} ${disposition}`)
      .sort(),
    counts: disk.records.counts(workspace),
    reviews: device.reviews().map(({ id, summary, status }) => ({ id, summary, status })),
    held: device.held().map(({ id, detail, status }) => ({ id, detail, status })),
  };
}
