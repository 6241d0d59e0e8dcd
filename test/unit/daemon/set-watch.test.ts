import { describe, expect, it } from 'vitest';
import type { EngineBody } from '../../../src/api/types/bodies.ts';
import type { CollectionName } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { type SetWatch, createSetWatch, lackingSets, tellingNeeds } from '../../../src/daemon/engines/set-watch.ts';
import type { EngineFacts } from '../../../src/lifecycle/facts.ts';
import { contentHashOf } from '../../../src/replica/edit/owner-set.ts';
import { setupPair } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';

const workspace = 'workspace' as CollectionName;
const extensions = 'extensions' as CollectionName;

interface Watched {
  readonly a: TestDevice;
  readonly watch: SetWatch;
  /** Does what was put off; answers in how many steps. */
  settle(): number;
  changes: number;
  disk: 'well' | 'failing';
}

/** A watch that is told of events as the daemon tells it. */
function watched(): Watched {
  const { a } = setupPair();
  const steps: (() => void)[] = [];
  const all: Watched = {
    ...{ a, changes: 0, disk: 'well' },
    watch: createSetWatch({
      ...{ replica: a.replica, store: a.disk, bindings: a.bindings },
      guard: (work) => {
        if (all.disk === 'well') {
          work();
        }
        return all.disk === 'well';
      },
      later: (step) => {
        steps.push(step);
        return () => steps.splice(0);
      },
      changed: () => {
        all.changes += 1;
      },
    }),
    settle() {
      let count = 0;
      for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
        step();
        count += 1;
      }
      return count;
    },
  };
  a.onEvent = ({ type, data }) => {
    if (type === 'owner.synced') {
      all.watch.ownersChanged();
    }
    if (type === 'record.changed') {
      all.watch.recordChanged(data['collection'] as CollectionName, data['id'] as never);
    }
  };
  return all;
}

function push({ a }: Watched, syncToken: number, ...ids: readonly string[]): void {
  const items = ids.map((id) => ({ id, fields: { host: 'vscode', extensionId: id, version: '1.0.0', enabled: true } }));
  const owner = { type: 'app', id: 'code' } as const;
  a.replica.pushOwnerSet(
    extensions,
    { owner, version: null, syncToken, contentHash: contentHashOf(items), items },
    false,
  );
}

/** A push of the same records and one that breaks the schema. */
function fail({ a }: Watched, syncToken: number, ...ids: readonly string[]): void {
  const items = [...ids, 'broken'].map((id) => ({
    id,
    fields: { host: id === 'broken' ? 'x' : 'vscode', extensionId: id, version: '1', enabled: true },
  }));
  const owner = { type: 'app', id: 'code' } as const;
  a.replica.pushOwnerSet(
    extensions,
    { owner, version: null, syncToken, contentHash: contentHashOf(items), items },
    false,
  );
}

const uses = ({ a }: Watched, id: string, to: string, edge: JsonObject = {}): unknown =>
  a.put(['workspace', id], {
    kind: 'task',
    title: id,
    edges: { e: { type: 'uses', to: `extensions/${to}`, ...edge } },
  });

describe('what engines need of sets that were not taken', () => {
  it('24 is told with owner, counts and the first records, and no more once the set is taken', () => {
    const all = watched();
    push(all, 1, 'py');
    uses(all, 'one', 'py');
    uses(all, 'two', 'go');
    uses(all, 'three', 'go', { required: false });
    uses(all, 'four', 'none');
    all.settle();
    expect([all.watch.needs(workspace), all.changes]).toEqual([[], 0]);
    fail(all, 2, 'py', 'go');
    all.settle();
    expect(all.watch.needs(workspace)).toMatchObject([
      {
        ...{ owner: 'app:code', collection: 'extensions', status: 'sync_failed', records: 2, missing: 1 },
        ...{ first: ['two', 'one'], message: expect.stringContaining('app:code') as unknown },
      },
    ]);
    expect(all.watch.needs(extensions)).toEqual([]);
    push(all, 2, 'py', 'go');
    all.settle();
    expect([all.watch.needs(workspace), all.changes]).toEqual([[], 2]);
  });

  it('24 follows records that come to need it, need it no longer or are gone, and what they need', () => {
    const all = watched();
    push(all, 1, 'py');
    fail(all, 2, 'py', 'go');
    all.settle();
    const needing = (): unknown => {
      all.settle();
      const [set] = all.watch.needs(workspace);
      return set === undefined ? undefined : [set.records, set.missing];
    };
    expect(needing()).toBeUndefined();
    uses(all, 'one', 'go');
    expect(needing()).toEqual([1, 1]);
    uses(all, 'two', 'py');
    expect(needing()).toEqual([2, 1]);
    all.a.put(['extensions', 'go'], { host: 'vscode', extensionId: 'go', version: '1', enabled: true });
    expect(needing()).toEqual([2, 0]);
    all.a.remove(['extensions', 'go']);
    expect(needing()).toEqual([2, 1]);
    all.a.patch(['workspace', 'one'], { op: 'remove', path: '/edges' });
    expect(needing()).toEqual([1, 0]);
    all.a.remove(['workspace', 'two']);
    expect(needing()).toBeUndefined();
  });

  it('24 follows what a record of a partial set lacks', () => {
    const all = watched();
    const fields = { kind: 'task', title: 'b', edges: { e: { type: 'uses', to: 'extensions/go' } } };
    const items = [{ id: 'b', fields }];
    const set = { version: null, syncToken: 1, contentHash: contentHashOf(items), items };
    all.a.replica.pushOwnerSet(workspace, { ...set, owner: { type: 'seed', id: 'base' } }, false);
    all.a.put(['workspace', 'w'], { kind: 'task', title: 'w', edges: { e: { type: 'uses', to: 'workspace/b' } } });
    all.settle();
    expect(all.watch.needs(workspace)).toMatchObject([
      { owner: 'seed:base', status: 'partial', lacks: 'extensions/go' },
    ]);
    all.a.put(['extensions', 'go'], { host: 'vscode', extensionId: 'go', version: '1', enabled: true });
    all.settle();
    expect(all.watch.needs(workspace)).toEqual([]);
  });

  it('24 is found again by the next process, a slice at a time', () => {
    const all = watched();
    for (let index = 0; index < 450; index++) {
      uses(all, `w${index}`, 'go');
    }
    fail(all, 1, 'go');
    all.settle();
    const next = watched();
    const beside = createSetWatch({
      ...{ replica: all.a.beside(), store: all.a.disk, bindings: all.a.bindings, guard: (work) => (work(), true) },
      later: (step) => {
        next.changes += 1;
        queueMicrotask(step);
        return () => undefined;
      },
      changed: () => undefined,
    });
    beside.ownersChanged();
    expect(beside.needs(workspace)).toEqual([]);
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      expect(beside.needs(workspace)).toMatchObject([{ records: 450, missing: 450, first: { length: 3 } }]);
      expect(next.changes).toBeGreaterThan(2);
    });
  });

  it('24 costs nothing while every set is in force', () => {
    const all = watched();
    push(all, 1, 'py');
    all.settle();
    uses(all, 'one', 'py');
    expect(all.settle()).toBe(0);
  });

  it('24 waits for a disk that fails, and ends with the daemon', () => {
    const all = watched();
    uses(all, 'one', 'go');
    all.disk = 'failing';
    fail(all, 1, 'go');
    expect(all.settle()).toBe(1);
    expect(all.watch.needs(workspace)).toEqual([]);
    all.disk = 'well';
    all.watch.ownersChanged();
    all.settle();
    expect(all.watch.needs(workspace)).toHaveLength(1);
    all.watch.ownersChanged();
    all.watch.stop();
    expect(all.settle()).toBe(0);
  });

  it.each([
    [0, []],
    [1, [{ cause: 'owner_set_not_synced', reasonCode: null }]],
  ])('24 an engine with %d records that lack something is degraded for %j', (missing, degradedCauses) => {
    const all = watched();
    uses(all, 'one', 'go');
    fail(all, 1, 'go');
    all.settle();
    const needs = all.watch.needs(workspace).map((need) => ({ ...need, missing }));
    expect(lackingSets({ degradedCauses: [] } as unknown as EngineFacts, needs)).toEqual({ degradedCauses });
    const body = { collection: 'workspace' } as EngineBody;
    const states = tellingNeeds(
      { refresh: () => undefined, body: () => body, detail: () => body as never },
      () => needs,
    );
    expect(states.body({} as never).needs).toEqual(needs);
    expect(tellingNeeds(states, () => []).detail({} as never)).toEqual({ ...body, needs });
  });
});
