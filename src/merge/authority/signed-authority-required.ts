import type { ChangeId } from '../../base/ids.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { sameValue } from '../values/json-patch.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { Disposition, RecordRow } from '../../contract/record.ts';
import type { Choice, ReviewAlternative, ReviewItem } from '../../contract/review.ts';
import type {
  Decided,
  Draft,
  DraftContext,
  Intent,
  Plan,
  PlanInput,
  RecordContext,
  Strategy,
  Viewer,
} from '../../contract/strategy.ts';
import { type Refusal, accept, refuse } from '../../contract/verdict.ts';
import { type AuthorityState, type Version, authorityState, contentAfter } from './authority-versions.ts';
import { isUnspoken } from '../values/agent-words.ts';
import { isLinear, latestOf } from '../values/causal.ts';
import { dangerousPathsOf, isDangerousRemoval } from '../values/dangerous.ts';
import { draftJson } from '../values/draft.ts';
import {
  alreadyKnown,
  heldForReview,
  isKnown,
  isRemoval,
  malformedChange,
  nothingToDecide,
  refused,
  rowOf,
} from '../values/plan.ts';
import { type ReviewTopic, reconciled, reviewItem } from '../values/review-items.ts';

/**
 * What is live is one version as one holder of the authority left it. Of versions written apart the highest generation
 * of authority holds; within one a person chooses. That an author holds the authority is admission's question.
 */
export const signedAuthorityRequired: Strategy = {
  name: 'signed_authority_required',
  ranksAuthorities: true,
  draft,
  decide,
  needsHistory: (change, row) => row !== undefined && !isPlainStep(change, row),
  plan(input) {
    if (isKnown(input)) {
      return alreadyKnown;
    }
    return isPlainStep(input.change, input.row) ? planStep(input) : planFromHistory(input);
  },
};

/** True when the row alone can tell: one line that is live, nothing open. */
function isPlainStep(change: LoggedChange, row: RecordRow | undefined): boolean {
  const isClean = row === undefined || (row.state === 'live' && isQuiet(row));
  return isClean && isLinear(change, row) && change.operation !== 'command';
}

/** One version stands alone, and nobody is asked about it. */
function isQuiet({ heads, openConflicts, openReviews }: RecordRow): boolean {
  return heads.length === 1 && openConflicts + openReviews === 0;
}

/** A whole record where versions stand side by side: a patch would not say which one it is of. */
function draft(intent: Intent, context: DraftContext): Result<Draft, Refusal> {
  const drafted = draftJson(intent, context);
  const { row, manifest } = context;
  if (!drafted.ok || row === undefined || isQuiet(row)) {
    return drafted;
  }
  const parents = parentsBeside(row, context.openReviews);
  const next = drafted.value.operation === 'patch' ? patched(row.fields, drafted.value) : drafted.value.value;
  return ok(whole(next as JsonObject | null, parents, manifest));
}

function patched(fields: JsonObject | null, { operation, value }: Draft): JsonValue {
  const content = contentAfter({ operation, value } as LoggedChange, fields);
  return content?.fields ?? fields;
}

/** What a writer who saw the live view stands on: all heads but those that wait, which only a decision settles. */
function parentsBeside(row: RecordRow, openReviews: readonly ReviewItem[]): readonly ChangeId[] {
  const waiting = new Set(openReviews.filter(({ kind }) => kind === 'proposal').flatMap(({ changes }) => changes));
  const heads = row.heads.filter((head) => !waiting.has(head));
  return heads.length > 0 || row.state === 'absent' ? heads : [row.version];
}

function whole(
  fields: JsonObject | null,
  parents: readonly ChangeId[],
  { supportsTombstones }: Pick<RecordContext['manifest'], 'supportsTombstones'>,
): Draft {
  return fields === null
    ? { operation: supportsTombstones ? 'tombstone' : 'delete', parents, value: null }
    : { operation: 'put', parents, value: fields };
}

function decide(review: ReviewItem, choice: Choice, context: RecordContext): Result<Decided, Refusal> {
  const draft = decisionDraft(review, choice, context);
  return draft.ok ? ok({ draft: draft.value, beside: [] }) : draft;
}

function decisionDraft(review: ReviewItem, choice: Choice, context: RecordContext): Result<Draft, Refusal> {
  const { row, manifest, openReviews } = context;
  if (choice.kind === 'keep_both' || choice.kind === 'undo' || (choice.kind === 'merge' && choice.fields === null)) {
    return err(oneVersion);
  }
  const [, other] = review.alternatives;
  if (row === undefined || other === undefined || other.change === null) {
    return err(nothingToDecide);
  }
  const beside = parentsBeside(row, openReviews);
  if (review.kind === 'proposal' && choice.kind === 'accept') {
    const value = { decision: 'accept', proposals: review.changes };
    return ok({ operation: 'command', parents: [other.change], value });
  }
  if (review.kind === 'proposal') {
    const fields = choice.kind === 'merge' ? choice.fields : row.fields;
    return ok(whole(fields, [...new Set([...beside, other.change])].sort(), manifest));
  }
  if (choice.kind === 'merge') {
    return ok(whole(choice.fields, beside, manifest));
  }
  const chosen = choice.kind === 'accept' ? row.fields : other.deleted ? null : (other.value as JsonObject);
  return ok(whole(chosen, beside, manifest));
}

function planStep(input: PlanInput): Plan {
  const { change, row, viewer } = input;
  const heads = [change.changeId];
  const content = contentAfter(change, row?.fields ?? null);
  if (content === undefined) {
    return refused(malformedChange);
  }
  const { fields } = content;
  const before = row?.fields ?? null;
  const isOwn = change.deviceId === viewer.self && !isUnspoken(change, viewer.isOld);
  const isHeld =
    !isOwn &&
    (fields === null ? isDangerousRemoval(input, before) : dangerousPathsOf(input, before, fields).length > 0);
  if (!isHeld) {
    const made = rowOf(change, { state: isRemoval(change) ? 'tombstoned' : 'live', fields, heads });
    return { verdict: accept, disposition: 'applied', row: made, open: [], close: [] };
  }
  const topic = proposalTopic([change], before, row?.state === 'live', fields, viewer);
  const waiting = row === undefined ? rowOf(change, { state: 'absent', fields: null, heads }) : { ...row, heads };
  return {
    verdict: heldForReview,
    disposition: 'proposed',
    row: { ...waiting, openReviews: 1 },
    open: [reviewItem(topic, input)],
    close: [],
  };
}

function planFromHistory(input: PlanInput): Plan {
  const { change, history } = input;
  const state = authorityState([...history, change], input);
  const { graph, live } = state;
  if (state.malformed.has(change.changeId)) {
    return refused(malformedChange);
  }
  const wanted = topicsOf(state, input).map((topic) => reviewItem(topic, input));
  const openReviews = wanted.filter(({ kind }) => kind === 'proposal').length;
  const content = {
    state:
      live === undefined ? ('absent' as const) : live.fields === null ? ('tombstoned' as const) : ('live' as const),
    fields: live?.fields ?? null,
    heads: graph.heads,
    openReviews,
    openConflicts: wanted.length - openReviews,
  };
  const madeBy = live?.change ?? latestOf(graph.heads.flatMap((id) => graph.get(id) ?? [])) ?? change;
  const fates = graph.ordered.map(({ changeId }) => ({ changeId, disposition: fateOf(changeId, state, wanted) }));
  const disposition = fateOf(change.changeId, state, wanted);
  return {
    verdict: disposition === 'proposed' ? heldForReview : accept,
    disposition,
    row: rowOf(madeBy, content),
    ...reconciled(input.openReviews, wanted, (closing) => closingStatus(closing, wanted, state)),
    dispositions: fates.filter(({ changeId }) => changeId !== change.changeId),
  };
}

function topicsOf(state: AuthorityState, input: PlanInput): readonly ReviewTopic[] {
  const { live, rivals, waiting } = state;
  // What says the same as what is live leaves nothing to decide.
  const unlike = waiting.filter(
    ([head]) => (live?.fields ?? null) === null || !sameValue(head.fields ?? undefined, live?.fields ?? undefined),
  );
  const proposals = unlike.map(([head, ...below]) =>
    proposalTopic(
      [...below.reverse(), head].map(({ change }) => change),
      live?.fields ?? null,
      (live?.fields ?? null) !== null,
      head.fields,
      input.viewer,
    ),
  );
  return rivals.length < 2 ? proposals : [conflictTopic(rivals), ...proposals];
}

function conflictTopic(rivals: readonly Version[]): ReviewTopic {
  const alternatives = rivals.map(({ change, fields }): ReviewAlternative => {
    return { change: change.changeId, path: '', value: fields, deleted: fields === null };
  });
  const summary = `${rivals.length} versions were written apart from each other under equal authority; one is live`;
  return { kind: 'conflict', path: '', changes: rivals.map(({ change }) => change), summary, alternatives };
}

function proposalTopic(
  changes: readonly LoggedChange[],
  live: JsonObject | null,
  isLive: boolean,
  proposed: JsonObject | null,
  { engine }: Viewer,
): ReviewTopic {
  return {
    kind: 'proposal',
    path: '',
    changes,
    summary: `${!isLive ? 'add' : proposed === null ? 'delete' : 'change'} ${engine.summarize(proposed ?? live ?? {})}: ${engine.judge?.(live, proposed)?.words ?? 'it may change what this machine does'}`,
    alternatives: [
      { change: null, path: '', value: live, deleted: !isLive },
      { change: changes.at(-1)?.changeId ?? null, path: '', value: proposed, deleted: proposed === null },
    ],
  };
}

/** refused: somebody who knew it wrote another version without saying yes. superseded: a rival holds. */
function fateOf(id: ChangeId, state: AuthorityState, wanted: readonly ReviewItem[]): Disposition {
  const { graph, live, versionOf } = state;
  if (wanted.some(({ kind, changes }) => kind === 'proposal' && changes.includes(id))) {
    return 'proposed';
  }
  const version = versionOf(id);
  if (version === undefined || version.change.changeId !== id) {
    return 'applied';
  }
  const isBelowLive = live !== undefined && (live.change.changeId === id || graph.isBefore(id, live.change.changeId));
  return !isBelowLive ? 'superseded' : version.isClear ? 'applied' : 'refused';
}

function closingStatus(
  closing: ReviewItem,
  wanted: readonly ReviewItem[],
  { versionOf, graph, live }: AuthorityState,
): ReviewItem['status'] {
  if (wanted.some(({ kind, changes }) => kind === closing.kind && changes.some((id) => closing.changes.includes(id)))) {
    return 'superseded';
  }
  if (closing.kind === 'conflict') {
    return 'resolved';
  }
  if (closing.changes.every((id) => versionOf(id)?.isClear === true)) {
    return 'accepted';
  }
  const isBelowLive = (id: ChangeId): boolean => live !== undefined && graph.isBefore(id, live.change.changeId);
  return closing.changes.every(isBelowLive) ? 'rejected' : 'superseded';
}

const oneVersion = refuse(
  'reject',
  'policy_denied',
  'decision_unsuited',
  'One version of this record holds, as somebody with the authority signed it. Accept it, reject it, or merge with an edited value in a file; to go back, roll the record back.',
);
