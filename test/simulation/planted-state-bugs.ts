import type { EngineState } from '../../src/contract/states.ts';
import { type StateRow, stateTable } from '../../src/lifecycle/state-table.ts';
import { assert } from '../../src/base/assert.ts';
import { type PlantedBug, withDisk } from './plant-helpers.ts';
import type { Plants } from './plants.ts';

const storeFaults = true;

/** Bugs in what an engine says of itself. */
export const plantedStateBugs: readonly PlantedBug[] = [
  {
    name: 'an engine is well while its disk fails',
    foundBy: [26],
    storeFaults,
    plant: () =>
      withRow('degraded', (row) => ({
        holds: (facts) => row.holds(facts) && !facts.degradedCauses.some(({ cause }) => cause === 'store_failing'),
      })),
  },
  {
    name: 'why an engine is degraded is always the same',
    foundBy: [26],
    storeFaults,
    plant: () => withRow('degraded', () => ({ reasonsFor: () => ['signature_invalid'] })),
  },
  {
    name: 'a change is held without a reason',
    foundBy: [26],
    storeFaults,
    plant: () =>
      withDisk((disk) => ({
        ...disk,
        quarantine: { ...disk.quarantine, put: (item) => disk.quarantine.put({ ...item, detail: null, message: '' }) },
      })),
  },
];

/** One row of the state table is asked in another way. */
function withRow(
  state: EngineState,
  instead: (row: StateRow) => Partial<Pick<StateRow, 'holds' | 'reasonsFor'>>,
): Plants {
  const open = stateTable.find((row) => row.state === state) as StateRow | undefined;
  assert(open !== undefined, 'the state is in the table');
  const before = { ...open };
  Object.assign(open, instead(before));
  return { undo: () => void Object.assign(open, before) };
}
