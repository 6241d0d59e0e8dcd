import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChangeId } from '../../../src/base/ids.ts';
import { type LoggedChange, compareChanges } from '../../../src/contract/change.ts';
import { inCausalOrder } from '../../../src/merge/values/causal-order.ts';

/** Each change by its stamp and the earlier ones of the list that it stands upon. */
const graphs = fc.array(fc.tuple(fc.nat(9), fc.array(fc.nat(30), { maxLength: 3 })), { maxLength: 30 });

function changesOf(graph: readonly (readonly [stamp: number, parents: readonly number[]])[]): readonly LoggedChange[] {
  return graph.map(([stamp, parents], index) => ({
    changeId: `c${index}` as ChangeId,
    deviceId: `d${index % 2}`,
    ...{ sequence: index, index: 1, stamp: `${stamp}`.padStart(12, '0') },
    parents: parents.flatMap((parent) => (index === 0 ? [] : [`c${parent % index}`])),
  })) as unknown as readonly LoggedChange[];
}

/** The same, found by looking through everything that is left for each place. */
function oneByOne(changes: readonly LoggedChange[]): readonly LoggedChange[] {
  const left = [...changes].sort(compareChanges);
  const placed: LoggedChange[] = [];
  while (left.length > 0) {
    const isReady = ({ parents }: LoggedChange): boolean =>
      parents.every((id) => placed.some(({ changeId }) => changeId === id));
    placed.push(...left.splice(left.findIndex(isReady), 1));
  }
  return placed;
}

describe('causal order', () => {
  it('5 is that of the stamps wherever nothing else is said, with parents first', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const changes = changesOf(graph);
        expect(inCausalOrder(changes)).toEqual(oneByOne(changes));
      }),
    );
  });

  it('takes parents that are not in the set as not being there', () => {
    const [first, second] = changesOf([
      [2, []],
      [1, [0]],
    ]) as [LoggedChange, LoggedChange];
    expect(inCausalOrder([first, second])).toEqual([first, second]);
    expect(inCausalOrder([second])).toEqual([second]);
  });
});
