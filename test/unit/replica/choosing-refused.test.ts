import { describe, expect, it } from 'vitest';
import type { CollectionName, EngineId, RecordId, ScopeId } from '../../../src/base/ids.ts';
import { contentHashOf } from '../../../src/replica/edit/owner-set.ts';
import { createRevoke } from '../../../src/membership/log/create.ts';
import { createBreakableStore } from '../../helpers/breakable-store.ts';
import { dayGoesBy, collectAll } from '../../helpers/collecting.ts';
import { craftBatch, craftChange, stateOf } from '../../helpers/crafted-batch.ts';
import { choose, setupTwoWorkspaces } from '../../helpers/two-workspaces.ts';
import { everythingOn } from './device-state.ts';

const workspace = 'workspace' as CollectionName;
const engineId = 'sourceos.sync.workspace' as EngineId;
const node = ['workspace', 'w'] as const;
const task = (title: string) => ({ kind: 'task', title });

describe('a scope that cannot be chosen', () => {
  it.each([
    ['policy', /says what others may do/],
    ['agents', /says what others may do/],
    ['shell', /belongs to the profile, of which there is one/],
    ['secrets', /of which there is one/],
    ['audit', /of which there is one/],
    ['nothing', /No engine serves/],
  ])('50f is so for %s, in words, and nothing changes', (collection, words) => {
    const { a, team } = setupTwoWorkspaces();
    const before = everythingOn(a);
    const chosen = a.replica.chooseScope(collection as CollectionName, team);
    expect(chosen).toMatchObject({ ok: false, error: { message: expect.stringMatching(words) } });
    expect(a.replica.planScope(collection as CollectionName, team)).toEqual(chosen);
    expect(everythingOn(a)).toEqual(before);
  });

  it('50f is one of another kind, one that nobody joined, and what stays on the device', () => {
    const { a, profile, household } = setupTwoWorkspaces();
    const refused = (scopeId: ScopeId | undefined) => a.replica.chooseScope(workspace, scopeId as ScopeId);
    expect(refused(profile)).toMatchObject({ error: { message: expect.stringContaining('another kind: profile') } });
    expect(refused('urn:srcos:scope:none' as ScopeId)).toMatchObject({ error: { kind: 'no_scope' } });
    expect(refused(household.local[0]?.scopeId)).toMatchObject({ error: { kind: 'no_scope' } });
  });

  it('50f is one from which this device was removed', () => {
    const { a, b, team, random } = setupTwoWorkspaces();
    const state = stateOf(a, team);
    const entry = createRevoke({
      ...{ state, signer: a.keys, subject: b.replica.self, cut: { sequence: 0, batchId: null } },
      ...{ epochKey: a.replica.epochKey(team, 1) as Uint8Array, newEpochKey: random.bytes(32) },
    });
    expect(b.replica.receiveEntries(team, state.sequence + 1, [entry]).ok).toBe(true);
    expect(b.replica.chooseScope(workspace, team)).toMatchObject({
      error: { message: expect.stringContaining('was removed from that scope') },
    });
  });

  it('50f is any while a question is open that this device alone knows of', () => {
    const { a, b, team, exchange, clock } = setupTwoWorkspaces();
    const ids = Array.from({ length: 100 }, (_, index) => `r${index}` as RecordId);
    a.replica.edit(
      workspace,
      ids.map((id) => ({ id, intent: { kind: 'put', fields: task(id) } })),
    );
    exchange();
    clock.nowMs += 3 * 3_600_000;
    a.replica.edit(
      workspace,
      ids.map((id) => ({ id, intent: { kind: 'remove' } })),
      true,
    );
    exchange();
    const [brake] = b.reviews();
    expect(brake?.kind).toBe('brake');
    expect(b.replica.chooseScope(workspace, team)).toMatchObject({
      error: { message: expect.stringContaining(`${brake?.id} asks about "workspace"`) },
    });
    b.replica.decide([brake?.id ?? ''], 'accept');
    choose(b, 'workspace', team);
  });

  it('50f is any while records of the collection are damaged', () => {
    const disks: ReturnType<typeof createBreakableStore>[] = [];
    const { a, team } = setupTwoWorkspaces({
      wrapStore: (disk) => {
        const made = createBreakableStore(disk);
        disks.push(made);
        return made.store;
      },
    });
    a.put(node, task('one'));
    disks[0]?.breakRow(...node);
    a.replica.verifyRecords({ cursor: null, limit: 10 });
    expect(a.replica.chooseScope(workspace, team)).toMatchObject({
      error: { message: expect.stringContaining('sourcesync store rebuild') },
    });
  });

  it('50f is any while what came is still being taken in', () => {
    const { a, b, team } = setupTwoWorkspaces();
    const records = Array.from({ length: 40 }, (_, index) => craftChange({ objectId: `r${index}` }));
    a.sliceRecords = 5;
    a.replica.receive(team, [craftBatch({ by: b, scopeId: team, records }).bytes]);
    expect(a.replica.chooseScope(workspace, team)).toMatchObject({
      error: { message: expect.stringContaining('still being taken in') },
    });
  });

  it('50e a question rests with its workspace, in words that say how it comes back', () => {
    const { a, b, team, workspace: own, exchange } = setupTwoWorkspaces();
    b.put(['workspace', 'asks'], { ...task('asks'), edges: { e: { type: 'automation', to: 'workspace/w' } } });
    exchange();
    const id = a.reviews()[0]?.id ?? '';
    choose(a, 'workspace', team);
    for (const kind of ['reject', 'undo'] as const) {
      const [refused] = a.replica.decide([id], kind);
      expect(refused).toMatchObject({ error: { kind: 'decided', message: expect.stringContaining(`${id} rests`) } });
      expect(refused).toMatchObject({ error: { message: expect.stringContaining(`scopes use ${own} --collection`) } });
    }
    choose(a, 'workspace', own);
    expect(a.replica.decide([id], 'reject')).toMatchObject([{ ok: true, value: { status: 'rejected' } }]);
  });

  it('50h nothing is written onto what came through another scope, whatever was lost of the choice', () => {
    const { a, team, workspace: own } = setupTwoWorkspaces();
    choose(a, 'workspace', team);
    a.put(node, task('ours'));
    a.disk.settings.remove('scopes.chosen');
    a.restart();
    expect(a.write(node, { kind: 'put', fields: task('mine') })).toMatchObject({ error: { kind: 'no_scope' } });
    expect(a.disk.log.heads(own).size).toBe(0);
  });
});

describe('what belongs to a scope', () => {
  it('50g linked folders rest while another scope serves, and go on once theirs does', () => {
    const { a, team, workspace: own } = setupTwoWorkspaces();
    const file = { path: 'f', hash: 'h', modifiedMs: 1, sizeBytes: 1, version: null };
    a.disk.links.put({ engineId, root: '/mine' });
    a.disk.links.putFile('/mine', file);
    a.disk.links.put({ engineId: 'sourceos.sync.notes' as EngineId, root: '/notes' });
    expect(a.replica.planScope(workspace, team)).toMatchObject({ value: { resting: ['/mine'], goingOn: [] } });
    choose(a, 'workspace', team);
    expect(a.disk.links.list()).toMatchObject([{ root: '/mine', restsFor: own }, { root: '/notes' }]);
    expect(a.disk.links.list()[1]).not.toHaveProperty('restsFor');
    a.disk.links.put({ engineId, root: '/ours' });
    expect(a.replica.chooseScope(workspace, own)).toMatchObject({ value: { resting: ['/ours'], goingOn: ['/mine'] } });
    expect(a.disk.links.list().map(({ root, restsFor }) => [root, restsFor])).toEqual([
      ['/mine', undefined],
      ['/notes', undefined],
      ['/ours', team],
    ]);
    expect(a.disk.links.files('/mine')).toEqual([file]);
  });

  it('50e sets of owners are those of the scope that they were pushed into', () => {
    const { a, team, workspace: own } = setupTwoWorkspaces();
    const owner = { type: 'app', id: 'tasks' } as const;
    const items = [{ id: 'x', fields: task('x') }];
    const set = { owner, version: null, syncToken: 1, contentHash: contentHashOf(items), items };
    const owners = () => a.replica.owners({ cursor: null, limit: 9 }).items;
    expect(a.replica.pushOwnerSet(workspace, set, false)).toMatchObject({ value: { status: 'synced', upserted: 1 } });
    const before = owners();
    choose(a, 'workspace', team);
    expect(owners()).toEqual([]);
    expect(a.replica.pushOwnerSet(workspace, set, false)).toMatchObject({ value: { status: 'synced', upserted: 1 } });
    choose(a, 'workspace', own);
    expect(owners()).toEqual(before);
    expect(a.replica.pushOwnerSet(workspace, set, false)).toMatchObject({ value: { skippedNoOp: true } });
  });

  it('50a 400 a change of another scope stops no deleted record from being collected', () => {
    const world = setupTwoWorkspaces();
    const { a, b, team, exchange } = world;
    a.put(node, task('mine'));
    exchange();
    a.remove(node);
    exchange();
    a.replica.receive(team, [craftBatch({ by: b, scopeId: team, records: [craftChange({ objectId: 'w' })] }).bytes]);
    dayGoesBy(world);
    exchange();
    dayGoesBy(world);
    exchange();
    expect(collectAll(world, a)).toBe(1);
    expect(a.disk.records.counts(workspace)).toMatchObject({ tombstoned: 0, collected: 1 });
  });

  it('50e what was collected is deleted again, and collected again', () => {
    const world = setupTwoWorkspaces();
    const { a, team, workspace: own, exchange } = world;
    a.put(node, task('mine'));
    exchange();
    a.remove(node);
    for (let day = 0; day < 2; day++) {
      exchange();
      dayGoesBy(world);
    }
    exchange();
    expect(collectAll(world, a)).toBe(1);
    choose(a, 'workspace', team);
    expect(a.disk.records.counts(workspace)).toMatchObject({ tombstoned: 0, collected: 0 });
    choose(a, 'workspace', own);
    expect(a.disk.records.counts(workspace)).toMatchObject({ tombstoned: 1, collected: 0 });
    expect(collectAll(world, a)).toBe(1);
  });
});
