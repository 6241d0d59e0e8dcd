import { canonicalBytes } from '../../base/canonical-json.ts';
import { type CollectionName, type RecordId, parseRecordId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type OwnedItem, type OwnerName, type OwnerSet, itemsInOrder, ownerUrn } from '../../contract/owner.ts';
import type { RecordRow } from '../../contract/record.ts';
import { parseSyncToken, staleness } from '../../contract/sync-token.ts';
import { sha256Text } from '../../crypto/hash.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import { sameValue } from '../../merge/values/json-patch.ts';
import { allowedLosses } from '../../policy/brake.ts';
import { type Fail, attempt } from '../kernel/attempt.ts';
import type { Author } from './author.ts';
import { authored } from './authored.ts';
import type { Core, Known } from '../kernel/core.ts';
import type { Rules } from '../kernel/rules.ts';
import { allowLosses, editOne } from './edit.ts';
import { noteFailed, noteSkipped, noteTaken } from './owner-note.ts';
import { type OwnerState, readOwnerState } from '../names/owner-state.ts';
import { brakeSettingOf } from '../guard/losses.ts';
import { type CallLoss, type MassChange, heldCall, lossOfRow, tooMuch } from '../guard/outbound.ts';
import type { Write } from '../names/write.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { isReadable } from '../names/readable.ts';
import { unsatisfiedIn } from './owner-list.ts';
import { noteRestorePoint } from '../kernel/restore-points.ts';
import { nameOfRefused } from '../kernel/secrets.ts';
import { writable, writableRow } from './write-change.ts';
import type { OwnerReport, OwnerFault } from '../names/owner-report.ts';

export const maximumOwnedItems = 10_000;

/** What a push will do, once everything about it was found good. */
interface OwnerPlan {
  readonly writes: readonly Write[];
  readonly upserted: number;
  readonly pruned: number;
  readonly unchanged: number;
  /** What it takes away of records that are live. */
  readonly losses: readonly CallLoss[];
  readonly foreign: OwnerReport['foreign'];
  /** Records of the set that this owner holds afterwards. */
  readonly ids: readonly string[];
}

/**
 * Makes the owner's records in a collection those of `set`: one transaction, or nothing of it. What the owner held
 * before and does not name any more is pruned, while it is still the owner's; records of others are never touched.
 * `isConfirmed` is a person's word for what the mass-change brake would hold.
 */
export function pushOwnerSet(
  core: Core,
  collection: CollectionName,
  set: OwnerSet,
  isConfirmed: boolean,
): Result<OwnerReport, OwnerFault> {
  const target = writable(core, collection);
  if (!target.ok) {
    return err({ kind: 'write', refusal: target.error, message: target.error.message });
  }
  const { binding, scope } = target.value;
  const state = readOwnerState(core.store, collection, set.owner);
  const good = judgeSet(core.rules, binding, set, state);
  if (!good.ok) {
    // An older set changes nothing about the newer one that is active.
    return good.error.kind === 'stale' ? good : noteFailed(core, collection, set, state, good.error);
  }
  if (state.contentHash === set.contentHash && state.status === 'synced') {
    return ok(noteSkipped(core, collection, set, state));
  }
  const planned = planSet(core, binding, set, state);
  if (!planned.ok) {
    return noteFailed(core, collection, set, state, planned.error);
  }
  const change = massChangeIn(core, binding, planned.value, state);
  if (change !== undefined && !isConfirmed) {
    const preview = heldCall(core, collection, { kind: 'push', set }, change);
    return noteFailed(core, collection, set, state, { kind: 'held', preview, message: preview.message });
  }
  return carryOut(core, binding, scope, set, state, planned.value, change !== undefined);
}

function judgeSet(
  rules: Rules,
  binding: CollectionBinding,
  set: OwnerSet,
  state: OwnerState,
): Result<undefined, OwnerFault> {
  const problems = problemsOf(rules, binding, set);
  if (problems.length > 0) {
    return err({ kind: 'invalid', message: 'The set was not taken, and nothing was changed.', problems });
  }
  const message = staleness(state, set);
  if (message !== undefined) {
    return err({ kind: 'stale', syncToken: state.syncToken, message });
  }
  return ok(undefined);
}

/** Everything that is wrong with a set by itself, in words. */
function problemsOf(
  { secrets }: Rules,
  binding: CollectionBinding,
  { items, syncToken, previousToken, version, contentHash }: OwnerSet,
): readonly string[] {
  for (const token of previousToken === undefined ? [syncToken] : [syncToken, previousToken]) {
    const parsed = parseSyncToken(token);
    if (!parsed.ok) {
      return [parsed.error];
    }
  }
  if (secrets.find([syncToken, previousToken ?? null, version]).length > 0) {
    return ['A sync token or the version looks like a secret. They are shown to people: choose another one.'];
  }
  if (items.length > maximumOwnedItems) {
    return [`The set has ${items.length} items; at most ${maximumOwnedItems} are taken.`];
  }
  const seen = new Set<string>();
  const problems = items.flatMap((item, index) => {
    const problem = problemOf(binding, item, seen);
    seen.add(item.id);
    // An id is quoted where it is one; a secret in its place is not.
    const isQuoted =
      problem !== undefined && parseRecordId(item.id) !== undefined && secrets.find(item.id).length === 0;
    return problem === undefined ? [] : [`item ${index}${isQuoted ? ` (${item.id})` : ''}: ${problem}`];
  });
  if (problems.length > 0) {
    return problems;
  }
  return contentHashOf(items) === contentHash
    ? []
    : ['contentHash is not that of these items: "sha256:" and the SHA-256 over their canonical JSON, sorted by id.'];
}

function problemOf(
  binding: CollectionBinding,
  { id, fields }: OwnedItem,
  seen: ReadonlySet<string>,
): string | undefined {
  if (parseRecordId(id) === undefined) {
    return 'An id has 1 to 512 bytes and no control characters.';
  }
  if (seen.has(id)) {
    return 'The id stands in the set twice.';
  }
  if (!isReadable(fields)) {
    return 'The fields hold text that is not well-formed, or are nested too deep.';
  }
  const valid = binding.validate(fields);
  return valid.ok ? undefined : valid.error;
}

export function contentHashOf(items: readonly OwnedItem[]): string {
  return sha256Text(canonicalBytes(itemsInOrder(items)));
}

function planSet(
  core: Known & Pick<Core, 'notices' | 'backlog'>,
  binding: CollectionBinding,
  { owner, items }: OwnerSet,
  state: OwnerState,
): Result<OwnerPlan, OwnerFault> {
  const by = { managedBy: owner.type, authorId: ownerUrn(owner) };
  const upserts: Write[] = [];
  const prunes: Write[] = [];
  const foreign: OwnerReport['foreign'][number][] = [];
  const ids: string[] = [];
  const losses: CallLoss[] = [];
  for (const { id, fields } of items) {
    const row = writableRow(core, binding, id as RecordId);
    if (!row.ok) {
      return err({ kind: 'write', refusal: row.error, message: `${id}: ${row.error.message}` });
    }
    if (row.value !== undefined && !isOwned(row.value, owner)) {
      foreign.push({ id, managedBy: row.value.managedBy, author: row.value.authorId });
      continue;
    }
    ids.push(id);
    const isLive = row.value?.state === 'live';
    if (!isLive || !sameValue(row.value?.fields ?? null, fields)) {
      losses.push(...lossesOf(core, binding, id as RecordId, row.value, fields));
      upserts.push({ id: id as RecordId, intent: { kind: 'put', fields }, ...by });
    }
  }
  const kept = new Set(items.map(({ id }) => id));
  for (const id of state.ids.filter((one) => !kept.has(one))) {
    const row = core.store.records.get(binding.manifest.collection, id as RecordId);
    if (row !== undefined && row !== 'damaged' && row.state === 'live' && isOwned(row, owner)) {
      losses.push(...lossesOf(core, binding, id as RecordId, row, null));
      prunes.push({ id: id as RecordId, intent: { kind: 'remove' }, ...by });
    }
  }
  const counts = { upserted: upserts.length, pruned: prunes.length, unchanged: ids.length - upserts.length };
  return ok({ writes: [...upserts, ...prunes], ...counts, losses, foreign, ids });
}

/** A record that a person or another owner has written since is theirs. */
function isOwned({ managedBy, authorId }: RecordRow, owner: OwnerName): boolean {
  return managedBy === owner.type && authorId === ownerUrn(owner);
}

function lossesOf(
  core: Pick<Core, 'store' | 'device' | 'logs'>,
  binding: CollectionBinding,
  id: RecordId,
  row: RecordRow | undefined,
  after: JsonObject | null,
): readonly CallLoss[] {
  const loss = row?.state === 'live' ? lossOfRow(core, binding, id, row, after) : undefined;
  return loss === undefined ? [] : [loss];
}

/**
 * What of a set needs a person's word: too much of the collection, or too much of what its owner has. A producer whose
 * source reads empty is to an owner's records what a disk that is not mounted is to a folder.
 */
function massChangeIn(
  core: Pick<Core, 'store' | 'device' | 'guards'>,
  binding: CollectionBinding,
  { losses }: OwnerPlan,
  { ids }: OwnerState,
): MassChange | undefined {
  const allowed = allowedLosses(brakeSettingOf(core.guards, binding.manifest), ids.length);
  return losses.length > allowed
    ? { losses, live: ids.length, others: 0, isRecent: true, allowed }
    : tooMuch(core, binding, losses.length, () => losses);
}

function carryOut(
  core: Core,
  binding: CollectionBinding,
  scope: ScopeState,
  set: OwnerSet,
  before: OwnerState,
  plan: OwnerPlan,
  /** A person has allowed it to take much away. */
  isAllowed: boolean,
): Result<OwnerReport, OwnerFault> {
  const { collection } = binding.manifest;
  const taken = attempt<OwnerReport, OwnerFault>((fail) =>
    authored(core, scope, (author) => {
      if (isAllowed) {
        allowLosses(core, collection, { kind: 'push', set });
      }
      return takeSet(core, binding, scope, author, set, plan, fail);
    }),
  );
  return taken.ok ? taken : noteFailed(core, collection, set, before, taken.error);
}

function takeSet(
  core: Core,
  binding: CollectionBinding,
  scope: ScopeState,
  author: Author,
  set: OwnerSet,
  plan: OwnerPlan,
  fail: Fail<OwnerFault>,
): OwnerReport {
  if (plan.writes.length > 1 && core.guards.turn.points.size === 0) {
    noteRestorePoint(core, { name: '', cause: 'owner_push', collection: binding.manifest.collection });
  }
  for (const write of plan.writes) {
    const written = editOne(core, binding, scope, author, write);
    if (!written.ok) {
      const position = set.items.findIndex(({ id }) => id === write.id);
      const name = nameOfRefused(write.id, position, written.error);
      const message = `${name}: ${written.error.message} Nothing of the set was taken.`;
      fail({ kind: 'write', refusal: written.error, message });
    }
  }
  const { upserted, pruned, unchanged, foreign, ids } = plan;
  const missing = missingReferences(core, binding, set);
  const status = foreign.length + missing.length === 0 ? 'synced' : 'partial';
  noteTaken(core, binding.manifest.collection, set, { status, ids, foreign: foreign.length, missing });
  return { status, upserted, pruned, unchanged, skippedNoOp: false, syncToken: set.syncToken, foreign, missing };
}

function missingReferences(
  core: Pick<Core, 'store' | 'logs' | 'rules'>,
  binding: CollectionBinding,
  { items }: OwnerSet,
): OwnerReport['missing'] {
  return items.flatMap(({ id, fields }) => unsatisfiedIn(core, binding, id, fields));
}
