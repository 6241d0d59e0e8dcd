import { type CollectionName, parseRecordId } from '../../base/ids.ts';
import { type Result, err } from '../../base/result.ts';
import { type OwnerName, type OwnerSet, ownerUrn } from '../../contract/owner.ts';
import { parseSyncToken } from '../../contract/sync-token.ts';
import { type Core, commit } from '../kernel/core.ts';
import type { Rules } from '../kernel/rules.ts';
import type { MissingReference, OwnerFault, OwnerReport } from '../names/owner-report.ts';
import { type LatePush, type OwnerState, readOwnerState, writeOwnerState } from '../names/owner-state.ts';

/** No set that is taken has more items. */
const mostNamed = 10_000;
/** As many problems of a set as are kept to be told; the others are counted. */
const mostProblems = 20;

/** Inside the transaction that took the set. */
export function noteTaken(
  core: Pick<Core, 'store' | 'device' | 'rules' | 'notices'>,
  collection: CollectionName,
  { owner, syncToken, contentHash, version }: OwnerSet,
  taken: {
    readonly status: 'synced' | 'partial';
    readonly ids: readonly string[];
    readonly foreign: number;
    readonly missing: readonly MissingReference[];
  },
): void {
  const { status, ids, foreign, missing } = taken;
  const message =
    status === 'synced'
      ? null
      : `${foreign} items belong to somebody else here, and ${missing.length} required references lead to no record that they can be met by.`;
  note(core, collection, owner, {
    ...{ status, syncToken, contentHash, version, ids, foreign, message, late: null },
    unsatisfied: [...new Set(missing.map(({ id }) => id))],
    takenAtMs: core.device.nowMs(),
    atMs: core.device.nowMs(),
  });
}

/** Nothing is written but the token, which may be another one. */
export function noteSkipped(core: Core, collection: CollectionName, set: OwnerSet, state: OwnerState): OwnerReport {
  const { syncToken, version, owner } = set;
  commit(core, () => {
    writeOwnerState(core.store, collection, owner, { ...state, syncToken, version, atMs: core.device.nowMs() });
  });
  const counts = { upserted: 0, pruned: 0, unchanged: state.ids.length };
  return { status: 'synced', ...counts, skippedNoOp: true, syncToken, foreign: [], missing: [] };
}

/** The active set stays as it was; what is kept is that, and why, a push failed, and what it was about. */
export function noteFailed(
  core: Core,
  collection: CollectionName,
  set: OwnerSet,
  state: OwnerState,
  fault: OwnerFault,
): Result<OwnerReport, OwnerFault> {
  const status = fault.kind === 'held' ? 'pending_retry' : 'sync_failed';
  const late = latePush(core.rules, set, fault.kind === 'held' ? fault.preview.reviewId : null);
  commit(core, () => {
    note(core, collection, set.owner, { ...state, status, message: wordsOf(fault), atMs: core.device.nowMs(), late });
  });
  return err(fault);
}

/** A person said no to a set that waited. Inside a transaction. */
export function noteTurnedDown(
  core: Pick<Core, 'store' | 'device' | 'rules' | 'notices'>,
  collection: CollectionName,
  { owner }: OwnerSet,
): void {
  const state = readOwnerState(core.store, collection, owner);
  if (state.status === 'pending_retry') {
    const message = 'A person decided against it: it takes too much away. The set before it stands.';
    const late = state.late && { ...state.late, reviewId: null };
    note(core, collection, owner, { ...state, status: 'sync_failed', message, late });
  }
}

function latePush({ secrets }: Rules, { syncToken, version, items }: OwnerSet, reviewId: string | null): LatePush {
  const isFit = (text: string): boolean => secrets.find(text).length === 0;
  const named = items.length > mostNamed ? [] : items.map(({ id }) => id);
  return {
    syncToken: parseSyncToken(syncToken).ok && isFit(String(syncToken)) ? syncToken : null,
    version: version !== null && isFit(version) ? version : null,
    ids: named.filter((id) => parseRecordId(id) !== undefined && isFit(id)).sort(),
    reviewId,
  };
}

/** That nothing was taken is said by the status. */
function wordsOf(fault: OwnerFault): string {
  if (fault.kind !== 'invalid') {
    return fault.message;
  }
  const more = fault.problems.length - mostProblems;
  const listed = fault.problems.slice(0, mostProblems);
  return [...listed, ...(more > 0 ? [`And ${more} more.`] : [])].join(' ');
}

function note(
  core: Pick<Core, 'store' | 'device' | 'rules' | 'notices'>,
  collection: CollectionName,
  owner: OwnerName,
  state: OwnerState,
): void {
  const { status, syncToken } = state;
  writeOwnerState(core.store, collection, owner, state);
  const engineId = core.rules.bindings.ofCollection(collection)?.manifest.engineId ?? null;
  core.notices.pendingEvents.push({
    type: 'owner.synced',
    data: { engineId, collection, owner: ownerUrn(owner), status },
  });
  const wasTaken = status === 'synced' || status === 'partial';
  core.notices.journal.audit({
    eventType: 'sync.owner.pushed',
    actorId: ownerUrn(owner),
    subjectId: core.device.id,
    policyDomain: collection,
    outcome: wasTaken ? 'allow' : status === 'pending_retry' ? 'require_review' : 'deny',
    reasonCode: status === 'pending_retry' ? 'manual_review_required' : 'none',
    details: { status, syncToken, records: state.ids.length },
  });
}
