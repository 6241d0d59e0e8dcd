import type { ChangeId } from '../../base/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.ts';
import { pointerTo, valueAt } from '../../base/json-pointer.ts';
import { err, ok } from '../../base/result.ts';
import { type LoggedChange, compareChanges } from '../../contract/change.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { Plan, PlanInput, Ruling, Strategy } from '../../contract/strategy.ts';
import { accept, refuse } from '../../contract/verdict.ts';
import { documentOf, joinedDocument } from '../../policy/document.ts';
import { faultOfRule } from '../../policy/vocabulary.ts';
import { changeGraph, isLinear } from '../values/causal.ts';

import { sameValue } from '../values/json-patch.ts';
import { alreadyKnown, decisionUnknown, isKnown, malformedChange, putFields, refused, rowOf } from '../values/plan.ts';

/**
 * A record is one policy document, and each change states it whole. A higher generation replaces, equal ones join by
 * lattice, lower ones have no effect and stay reachable: what holds is never weaker than any of its generation says.
 * Whoever may write here at all holds the authority `policy`: admission sees to it.
 */
export const strongestPolicyWins: Strategy = {
  name: 'strongest_policy_wins',
  draft(intent, { row, intended: fields }) {
    if (intent.kind === 'remove') {
      return err(notRemoved);
    }
    const live = row?.fields ?? null;
    if (!fields.ok) {
      return fields;
    }
    const fault = faultOf(fields.value, live);
    if (fault !== undefined) {
      return err(fault);
    }
    const parents = row?.heads ?? [];
    return live !== null && sameValue(live, fields.value)
      ? ok({ operation: 'patch', parents, value: [] })
      : ok({ operation: 'put', parents, value: fields.value });
  },
  decide: () => err(decisionUnknown),
  needsHistory: (change, row) => row !== undefined && !isNextGeneration(change, row),
  plan,
};

function plan(input: PlanInput): Plan {
  const { change, row, history, viewer } = input;
  if (isKnown(input)) {
    return alreadyKnown;
  }
  if (generationOf(change) === undefined) {
    return refused(malformedChange);
  }
  if (row !== undefined && isNextGeneration(change, row)) {
    const next = rowOf(change, { ...stated(change), heads: [change.changeId], ...inForceState([change]) });
    return { ...effect(change, row, next, viewer.self), dispositions: superseded(inForceOf(row)) };
  }
  const stating = [...history, change].filter((one) => generationOf(one) !== undefined).sort(compareChanges);
  const highest = Math.max(...stating.map((one) => generationOf(one) ?? 0));
  const inForce = stating.filter((one) => generationOf(one) === highest);
  const next = rowOf(inForce.at(-1) as LoggedChange, {
    state: 'live',
    fields: joinedDocument(inForce.map(documentIn) as [JsonObject, ...JsonObject[]]),
    heads: changeGraph(stating).heads,
    ...inForceState(inForce),
  });
  const isRaised = generationOf(change) === highest && inForce.length === 1;
  return { ...effect(change, row, next, viewer.self), dispositions: isRaised ? superseded(inForceOf(row)) : [] };
}

/** The change is the only head's only child and raises the generation: the row alone tells what it leads to. */
function isNextGeneration(change: LoggedChange, row: RecordRow): boolean {
  const generation = generationOf(change);
  return generation !== undefined && isLinear(change, row) && generation > generationIn(row);
}

function effect(change: LoggedChange, before: RecordRow | undefined, row: RecordRow, self: string): Plan {
  const counts = inForceOf(row).includes(change.changeId);
  const isNews = change.deviceId !== self && before !== undefined && !sameValue(documentIn(change), before.fields);
  const ruling = isNews ? rulingOf(before, row) : undefined;
  return {
    ...{ verdict: accept, disposition: counts ? 'applied' : 'superseded', row, open: [], close: [] },
    ...(ruling === undefined ? {} : { ruling }),
  };
}

/** What a remote document did against the one that was held here. */
function rulingOf(before: RecordRow, after: RecordRow): Ruling {
  return sameValue(before.fields, after.fields)
    ? { reasonCode: 'remote_policy_weaker', outcome: 'deny' }
    : { reasonCode: 'remote_policy_newer', outcome: 'allow' };
}

function superseded(ids: readonly ChangeId[]): NonNullable<Plan['dispositions']> {
  return ids.map((changeId) => ({ changeId, disposition: 'superseded' }));
}

function stated(change: LoggedChange): { readonly state: 'live'; readonly fields: JsonObject } {
  return { state: 'live', fields: documentIn(change) };
}

function documentIn(change: LoggedChange): JsonObject {
  return putFields(change) ?? {};
}

function generationOf(change: LoggedChange): number | undefined {
  const fields = putFields(change);
  return fields && documentOf(fields)?.generation;
}

function generationIn(row: RecordRow): number {
  return (row.fields && documentOf(row.fields)?.generation) ?? -1;
}

function inForceState(changes: readonly LoggedChange[]): { readonly strategyState: JsonValue } {
  return { strategyState: { inForce: changes.map(({ changeId }) => changeId).sort() } };
}

function inForceOf(row: RecordRow | undefined): readonly ChangeId[] {
  const state: JsonValue = row?.strategyState ?? null;
  const ids = isJsonObject(state) ? state['inForce'] : undefined;
  return Array.isArray(ids) ? (ids as unknown as ChangeId[]) : [];
}

/** Why a document is not written here. What arrives is never refused for it: what it does not understand denies. */
function faultOf(fields: JsonObject, live: JsonObject | null): ReturnType<typeof refuse> | undefined {
  const document = documentOf(fields);
  if (document === undefined) {
    return malformed('It names a layer (org, workspace, repo or profile), a whole generation from 0, and rules.');
  }
  if (!document.readable) {
    return malformed('It has more rules than are looked at. Split it into several records.');
  }
  for (const [key, term] of document.rules) {
    // What another build wrote may stay: leaving it out would weaken it.
    const isKept = live !== null && sameValue(ruleIn(live, key), ruleIn(fields, key));
    const fault = isKept ? undefined : faultOfRule(key, term, ruleIn(fields, key));
    if (fault !== undefined) {
      return malformed(fault);
    }
  }
  const held = live && documentOf(live)?.generation;
  return held !== null && held !== undefined && document.generation < held ? lowerGeneration(held) : undefined;
}

function ruleIn(fields: JsonObject, key: string): JsonValue | undefined {
  return valueAt(fields, pointerTo('/rules', key));
}

function malformed(what: string): ReturnType<typeof refuse> {
  return refuse('reject', 'schema_unknown', 'record_invalid', `This policy cannot be written. ${what}`);
}

function lowerGeneration(held: number): ReturnType<typeof refuse> {
  const message = `Generation ${held} of this document holds; a lower one would have no effect. Write generation ${held + 1}.`;
  return refuse('reject', 'local_policy_stronger', 'generation_lower', message);
}

const notRemoved = refuse(
  'reject',
  'policy_denied',
  'immutable_entry',
  'A policy document is not removed, because that would weaken it for whoever misses it. Write its next generation without rules.',
);
