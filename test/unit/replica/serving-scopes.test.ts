import { describe, expect, it } from 'vitest';
import type { CollectionName, ScopeId } from '../../../src/base/ids.ts';
import type { CollectionBinding } from '../../../src/replica/names/binding.ts';
import type { Store } from '../../../src/store/ground/port.ts';
import { craftBatch, craftChange } from '../../helpers/crafted-batch.ts';
import { setupPair } from '../../helpers/setup-pair.ts';
import { team } from '../../helpers/team.ts';
import { choose, setupTwoWorkspaces } from '../../helpers/two-workspaces.ts';

const node = ['workspace', 'w'] as const;

describe('a scope that serves', () => {
  it('50c stays the one that does where its log cannot be read: nothing of it goes to members of another', () => {
    const lost = new Set<ScopeId>();
    const pair = setupPair({ wrapStore: (disk) => withoutLogs(disk, lost) });
    const { a, workspace } = pair;
    a.put(node, { kind: 'task', title: 'mine' });
    const { scope, entries } = team(pair, 1, 'workspace');
    expect(a.replica.adoptScope(entries, new Map([[1, scope.epochKey]])).ok).toBe(true);
    lost.add(workspace);
    a.restart();
    expect(a.write(node, { kind: 'put', fields: { kind: 'task', title: 'mine still' } })).toMatchObject({
      error: { kind: 'no_scope', message: expect.stringContaining('sourcesync doctor') },
    });
    expect(a.disk.log.heads(scope.scopeId).size).toBe(0);
    const shared = craftBatch({ by: a, scopeId: scope.scopeId, records: [craftChange({ objectId: 'w' })] });
    a.replica.receive(scope.scopeId, [shared.bytes]);
    expect(a.fields(node)).toEqual({ kind: 'task', title: 'mine' });
    lost.clear();
    a.restart();
    a.put(node, { kind: 'task', title: 'mine still' });
    expect(a.disk.log.heads(workspace).get(a.replica.self)?.sequence).toBe(2);
  });

  it('50c 50f leaves its place to another by no choice while its log cannot be read; one that was chosen can be left', () => {
    const lost = new Set<ScopeId>();
    const pair = setupTwoWorkspaces({ wrapStore: (disk) => withoutLogs(disk, lost) });
    const { a, workspace, team } = pair;
    a.put(node, { kind: 'task', title: 'mine' });
    lost.add(workspace);
    a.restart();
    const chosen = a.replica.chooseScope('workspace' as CollectionName, team);
    expect(chosen).toMatchObject({ error: { message: expect.stringContaining('sourcesync doctor') } });
    lost.clear();
    a.restart();
    choose(a, 'workspace', team);
    lost.add(team);
    a.restart();
    expect(a.write(node, { kind: 'put', fields: { kind: 'task' } })).toMatchObject({ error: { kind: 'no_scope' } });
    choose(a, 'workspace', workspace);
    expect(a.fields(node)).toEqual({ kind: 'task', title: 'mine' });
  });

  it('50c is none that is joined while the log of another cannot be read', () => {
    const lost = new Set<ScopeId>();
    const pair = setupPair({ wrapStore: (disk) => withoutLogs(disk, lost) });
    lost.add(pair.workspace);
    pair.a.restart();
    const { scope, entries } = team(pair, 1, 'workspace');
    expect(pair.a.replica.adoptScope(entries, new Map([[1, scope.epochKey]])).ok).toBe(true);
    expect(pair.a.write(node, { kind: 'put', fields: { kind: 'task' } })).toMatchObject({
      error: { kind: 'no_scope' },
    });
    lost.clear();
    pair.a.restart();
    pair.a.put(node, { kind: 'task', title: 'mine' });
    expect(pair.a.disk.log.heads(pair.workspace).get(pair.a.replica.self)?.sequence).toBe(1);
  });

  it('50c is the one that was joined then, where that was of another kind', () => {
    const lost = new Set<ScopeId>();
    const pair = setupPair({ wrapStore: (disk) => withoutLogs(disk, lost) });
    lost.add(pair.profile);
    pair.a.restart();
    const { scope, entries } = team(pair, 1, 'org');
    expect(pair.a.replica.adoptScope(entries, new Map([[1, scope.epochKey]])).ok).toBe(true);
    const policy = pair.a.bindings.ofCollection('policy' as CollectionName) as CollectionBinding;
    const serving = (): unknown => pair.a.replica.scopeOf(policy)?.scopeId;
    pair.a.restart();
    expect(serving()).toBeUndefined();
    lost.clear();
    pair.a.restart();
    expect(serving()).toBe(scope.scopeId);
  });

  it('50c is known as such to a home of a version that did not note it', () => {
    const lost = new Set<ScopeId>();
    const pair = setupPair({ wrapStore: (disk) => withoutLogs(disk, lost) });
    const { scope, entries } = team(pair, 1, 'workspace');
    expect(pair.a.replica.adoptScope(entries, new Map([[1, scope.epochKey]])).ok).toBe(true);
    pair.a.disk.settings.remove('scopes.beside');
    pair.a.restart();
    lost.add(pair.workspace);
    pair.a.restart();
    expect(pair.a.write(node, { kind: 'put', fields: { kind: 'task' } })).toMatchObject({
      error: { kind: 'no_scope' },
    });
  });
});

/** A disk on which membership logs are damaged: they are left out. */
function withoutLogs(disk: Store, lost: ReadonlySet<ScopeId>): Store {
  const entries: Store['scopes']['entries'] = (scopeId) => (lost.has(scopeId) ? [] : disk.scopes.entries(scopeId));
  return { ...disk, scopes: { ...disk.scopes, entries } };
}
