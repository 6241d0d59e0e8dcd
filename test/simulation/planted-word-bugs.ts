import { next } from '../../src/admission/change-question.ts';
import type { DeviceId } from '../../src/base/ids.ts';
import type { LoggedChange } from '../../src/contract/change.ts';
import type { Plan, PlanInput, Strategy } from '../../src/contract/strategy.ts';
import { decisionOf } from '../../src/merge/values/decision.ts';
import { manualReview } from '../../src/merge/review/manual-review.ts';
import { type PlantedBug, withJudge, withPlan } from './plant-helpers.ts';
import type { Plants } from './plants.ts';

/** Bugs in what the words of devices come to where records are reviewed. */
export const plantedWordBugs: readonly PlantedBug[] = [
  {
    name: 'what another device merged is live here at once',
    foundBy: [37],
    governs: ['words'],
    plant: () =>
      withWords((change, { viewer }) => (kindOf(change) === 'merge' ? { ...change, deviceId: viewer.self } : change)),
  },
  {
    name: 'who merges lets in what the other device wrote',
    foundBy: [37],
    governs: ['words'],
    plant: () => withWords((change) => (kindOf(change) === 'merge' ? asDecision(change, 'accept') : change)),
  },
  {
    name: 'a yes counts whoever says it',
    foundBy: [37],
    knowsHarm: true,
    plant: () =>
      withWords((change) => (kindOf(change) === 'accept' ? { ...change, deviceId: 'anybody' as DeviceId } : change)),
  },
  {
    name: 'a decision goes by its clock, and not by what it stands upon',
    foundBy: [38],
    governs: ['words'],
    plant: () => withWords((change) => (change.operation === 'command' ? { ...change, parents: [] } : change)),
  },
  {
    name: 'a yes closes its question and changes nothing',
    foundBy: [38],
    governs: ['words'],
    plant: () => withPlan(manualReview, unchangedByYes),
  },
  {
    name: 'a no takes away what the other device has live',
    foundBy: [38],
    governs: ['words'],
    plant: () => withPlan(manualReview, obeyingNo),
  },
  {
    name: 'what was decided on another device goes on to be asked about',
    foundBy: [25],
    governs: ['words'],
    plant: () => withPlan(manualReview, deafToOthers),
  },
  {
    name: 'what a person writes waits for a yes on their own device, too',
    foundBy: [38],
    governs: ['words'],
    plant: () =>
      withWords((change, { viewer }) =>
        change.operation !== 'command' && change.deviceId === viewer.self
          ? { ...change, deviceId: 'anybody' as DeviceId }
          : change,
      ),
  },
  {
    name: 'who wrote a change is believed',
    foundBy: ['author'],
    knowsHarm: true,
    plant: () => withJudge('author', () => next('whoever says so')),
  },
];

function kindOf(change: LoggedChange): string | undefined {
  return decisionOf(change)?.decision;
}

function asDecision(change: LoggedChange, decision: 'accept'): LoggedChange {
  const { proposals } = change.value as { readonly proposals: readonly string[] };
  return { ...change, value: { decision, proposals } };
}

/** Every word is heard as another one. */
function withWords(heard: (change: LoggedChange, input: PlanInput) => LoggedChange): Plants {
  return withPlan(manualReview, (input, plan) =>
    plan({ ...input, change: heard(input.change, input), history: input.history.map((one) => heard(one, input)) }),
  );
}

function unchangedByYes(input: PlanInput, plan: Strategy['plan']): Plan {
  const { change, row, viewer } = input;
  const planned = plan(input);
  const isOwnYes = change.deviceId === viewer.self && kindOf(change) === 'accept';
  return isOwnYes && row !== undefined && planned.row !== undefined
    ? { ...planned, row: { ...planned.row, state: row.state, fields: row.fields } }
    : planned;
}

/** As if the device gave in before its person was asked. */
function obeyingNo(input: PlanInput, plan: Strategy['plan']): Plan {
  const { change, history, viewer } = input;
  const { self } = viewer;
  const planned = plan(input);
  const said = decisionOf(change);
  const isAboutOwn =
    said?.decision === 'reject' &&
    change.deviceId !== self &&
    history.some(({ changeId, deviceId }) => deviceId === self && said.proposals.includes(changeId));
  return isAboutOwn && planned.row !== undefined
    ? { ...planned, row: { ...planned.row, state: 'tombstoned', fields: null } }
    : planned;
}

function deafToOthers(input: PlanInput, plan: Strategy['plan']): Plan {
  const planned = plan(input);
  return input.change.operation === 'command' && input.change.deviceId !== input.viewer.self
    ? { ...planned, close: [] }
    : planned;
}
