import { err, ok } from '../../base/result.ts';
import { type LoggedChange, compareChanges } from '../../contract/change.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { Plan, PlanInput, Strategy } from '../../contract/strategy.ts';
import { duplicate, refuse } from '../../contract/verdict.ts';
import { sameValue } from '../values/json-patch.ts';
import {
  alreadyKnown,
  applied,
  binaryUnknown,
  decisionUnknown,
  isKnown,
  malformedChange,
  putFields,
  refused,
  rowOf,
} from '../values/plan.ts';

const immutable = refuse(
  'reject',
  'policy_denied',
  'immutable_entry',
  'An entry of this collection is written once and never changed or deleted. Write a new entry under another id.',
);

/**
 * Entries that never change: the id decides identity, the content decides sameness. Two devices that write one id
 * apart from each other get the smallest by compareChanges, whatever arrives first; the other is refused and kept.
 */
export const appendOnly: Strategy = {
  name: 'append_only',
  draft(intent, { row }) {
    if (intent.kind === 'binary') {
      return err(binaryUnknown);
    }
    const isSame = intent.kind === 'put' && (row === undefined || sameValue(row.fields, intent.fields));
    return isSame ? ok({ operation: 'put', parents: [], value: intent.fields }) : err(immutable);
  },
  decide: () => err(decisionUnknown),
  needsHistory: (_change, row) => row !== undefined,
  plan,
};

function plan(input: PlanInput): Plan {
  const { change, row, history } = input;
  if (isKnown(input)) {
    return alreadyKnown;
  }
  if (change.operation !== 'put' || change.parents.length > 0) {
    return refused(immutable);
  }
  if (putFields(change) === undefined) {
    return refused(malformedChange);
  }
  const others = history.filter((other) => isEntry(other)).sort(compareChanges);
  const first = others[0];
  if (row === undefined || first === undefined) {
    return applied(entryRow(change));
  }
  const same = sameValue(first.value, change.value);
  if (compareChanges(first, change) < 0) {
    return same
      ? { verdict: duplicate, disposition: 'applied', row: undefined, open: [], close: [] }
      : refused(immutable);
  }
  return {
    ...applied(entryRow(change)),
    dispositions: others.map((other) => ({
      changeId: other.changeId,
      disposition: sameValue(other.value, change.value) ? 'applied' : 'refused',
    })),
  };
}

function isEntry(change: LoggedChange): boolean {
  return putFields(change) !== undefined && change.parents.length === 0;
}

function entryRow(change: LoggedChange): RecordRow {
  // An entry has no children, so the winner alone stands for its heads.
  return rowOf(change, {
    state: 'live',
    fields: putFields(change) ?? null,
    heads: [change.changeId],
    strategyState: { appendOnly: true },
  });
}
