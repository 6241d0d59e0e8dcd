import { type ChangeJudge, changeLine } from '../../src/admission/change-line.ts';
import { stop } from '../../src/admission/change-question.ts';
import type { ChangeStep } from '../../src/admission/steps.ts';
import { refuse } from '../../src/contract/verdict.ts';
import type { Slice } from '../../src/replica/waits/intake.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { Replica } from '../../src/replica/port.ts';
import type { Store } from '../../src/store/ground/port.ts';
import { type PlantedBug, everyNth, withDeps, withDisk, withJudge, withReplica } from './plant-helpers.ts';
import { everyItem } from './state-hash.ts';

/** Bugs in what keeps one member, or one batch, from stopping a device. */
export const plantedBudgetBugs: readonly PlantedBug[] = [
  {
    name: 'what a transaction had no time for is forgotten when the process ends',
    foundBy: [1, 9, 13],
    plant: () => withIntake(() => undefined),
  },
  {
    name: 'one record is left out where a process that ended goes on',
    foundBy: [1, 9, 13],
    plant: () =>
      withIntake((write, [first, ...others]) => {
        write([{ ...first, next: Number(first?.['next']) + 1 }, ...others]);
      }),
  },
  {
    name: 'a batch is taken for finished after its first transaction',
    foundBy: [1, 9, 13],
    plant: () => withIntake((write, [, ...others]) => write(others)),
  },
  {
    name: 'nobody goes on with what a transaction left before the next batch comes',
    foundBy: [1, 2, 9],
    plant: () => withDeps((deps) => ({ ...deps, listener: { ...deps.listener, pending: () => undefined } })),
  },
  {
    name: 'a device at its usual work is held for writing too much',
    foundBy: [13],
    plant: () =>
      withJudge(
        'role',
        everyNth(40, usual('role'), () => stop(tooMuch)),
      ),
  },
  {
    name: 'nobody looks at the clock while a batch is taken in',
    foundBy: [39],
    plant: () => withDeps((deps) => ({ ...deps, slice: endless })),
  },
  {
    name: 'the clock of a transaction stands still after its first look',
    foundBy: [39],
    plant: () =>
      withDeps((deps) => ({ ...deps, slice: { ...(deps.slice ?? endless), elapsedMs: () => 0, workedMs: () => 0 } })),
  },
  {
    name: 'a device may write as many versions beside its own as it likes',
    foundBy: [39],
    knowsHarm: true,
    plant: () => withReplica((replica, disk) => ({ ...replica, receive: lettingIn(replica, disk) })),
  },
];

const endless: Slice = { elapsedMs: () => 0, workedMs: () => 0, longestMs: Number.POSITIVE_INFINITY };

const tooMuch = refuse('quarantine', 'manual_review_required', 'too_many_versions', 'Too many versions.');

function usual(step: ChangeStep): ChangeJudge['judge'] {
  return (changeLine.find((one) => one.step === step) as ChangeJudge).judge;
}

/** What is held for being too much is let in at once. */
function lettingIn(replica: Replica, disk: Store): Replica['receive'] {
  return (scopeId, batches) => {
    const report = replica.receive(scopeId, batches);
    for (const { id, detail } of disk.quarantine.listHeld(everyItem).items) {
      if (detail === 'too_many_versions') {
        replica.release(id);
      }
    }
    return report;
  };
}

/** Batches that are taken in by several transactions, written down otherwise than they are. */
function withIntake(
  written: (write: (batches: readonly JsonObject[]) => void, batches: readonly JsonObject[]) => void,
): ReturnType<PlantedBug['plant']> {
  return withDisk((disk) => ({
    ...disk,
    settings: {
      ...disk.settings,
      set(name, value) {
        if (name === 'intake') {
          written((batches) => disk.settings.set(name, [...batches]), value as readonly JsonObject[]);
        } else {
          disk.settings.set(name, value);
        }
      },
    },
  }));
}
