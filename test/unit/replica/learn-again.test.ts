import { describe, expect, it } from 'vitest';
import type { ChangeId } from '../../../src/base/ids.ts';
import type { Replica } from '../../../src/replica/port.ts';
import type { Store } from '../../../src/store/ground/port.ts';
import { setupPair } from '../../helpers/setup-pair.ts';
import { mergedState } from './random-steps.ts';

/** A store whose history has lost some changes, until they are learnt again. */
function forgetful(disk: Store, lost: Set<ChangeId>): Store {
  const isHere = ({ changeId }: { readonly changeId: ChangeId }): boolean => !lost.has(changeId);
  return {
    ...disk,
    history: {
      ...disk.history,
      get: (changeId) => (lost.has(changeId) ? undefined : disk.history.get(changeId)),
      list: (collection, id) => disk.history.list(collection, id).filter(isHere),
      addIfAbsent(row) {
        lost.delete(row.changeId);
        return disk.history.addIfAbsent(row);
      },
    },
  };
}

function learnt(replica: Replica): number {
  const steps = replica.learnAgain();
  let step = steps.next();
  while (step.done !== true) {
    step = steps.next();
  }
  return step.value;
}

/** A store that has lost what was asked, until it is asked again. */
function unasking(disk: Store, state: { isLost: boolean }): Store {
  const { reviews } = disk;
  return {
    ...disk,
    reviews: {
      ...reviews,
      get: (id) => (state.isLost ? undefined : reviews.get(id)),
      openOf: (collection, id) => (state.isLost ? [] : reviews.openOf(collection, id)),
      countOpen: (collection, id) => (state.isLost ? { reviews: 0, conflicts: 0 } : reviews.countOpen(collection, id)),
      put(item) {
        state.isLost = false;
        reviews.put(item);
      },
    },
  };
}

const node = (id: string) => ['workspace', id] as const;
const task = (title: string) => ({ kind: 'task', title });

describe('351 a history that lost changes', () => {
  it('is learnt again from the log, of those records alone; what rests on a lost change does not wait', () => {
    const lost = new Set<ChangeId>();
    const { a, b, exchange } = setupPair({ wrapStore: (disk, index) => (index === 1 ? forgetful(disk, lost) : disk) });
    for (const id of ['n1', 'n2', 'n3']) {
      a.put(node(id), task(id));
      a.patch(node(id), { op: 'add', path: '/title', value: `${id}, again` });
    }
    exchange();
    const before = ['n1', 'n2', 'n3'].map((id) => b.row(node(id)));
    for (const id of ['n1', 'n3']) {
      lost.add(b.disk.history.list('workspace' as never, id as never)[1]?.changeId as ChangeId);
    }
    expect(lost.size).toBe(2);
    expect(learnt(b.replica)).toBe(2);
    expect([lost.size, learnt(b.replica)]).toEqual([0, 0]);
    expect(['n1', 'n2', 'n3'].map((id) => b.row(node(id)))).toEqual(before);
    a.patch(node('n1'), { op: 'add', path: '/title', value: 'later' });
    exchange();
    expect(b.row(node('n1'))?.fields).toEqual(task('later'));
    expect(mergedState(b)).toBe(mergedState(a));
  });

  it('what is collected stays so, and what was decided of other records holds', () => {
    const { a, b, exchange } = setupPair();
    a.put(node('n1'), task('one'));
    a.put(node('n2'), task('two'));
    a.remove(node('n2'));
    exchange();
    expect(b.disk.records.collect('workspace' as never, 'n2' as never)).toBe(true);
    expect(learnt(b.replica)).toBe(0);
    expect(b.row(node('n2'))).toBeUndefined();
    expect(b.disk.records.counts('workspace' as never)).toMatchObject({ live: 1, collected: 1 });
  });

  it('355 a record about which a question was lost is judged again, and asked about again', () => {
    const state = { isLost: false };
    const { a, b, exchange } = setupPair({ wrapStore: (disk, index) => (index === 1 ? unasking(disk, state) : disk) });
    a.put(['shell', 'alias'], { kind: 'alias', name: 'll', body: 'ls -l' });
    a.put(node('n1'), task('one'));
    exchange();
    const asked = b.disk.reviews.openOf('shell' as never, 'alias' as never);
    expect(asked).toHaveLength(1);
    state.isLost = true;
    expect(learnt(b.replica)).toBe(1);
    expect(b.disk.reviews.openOf('shell' as never, 'alias' as never)).toMatchObject([{ id: asked[0]?.id }]);
    expect(b.row(['shell', 'alias'])).toMatchObject({ state: 'absent', openReviews: 1 });
    expect(learnt(b.replica)).toBe(0);
  });
});
