import type { CollectionName } from '../../src/base/ids.ts';
import { type OwnedItem, type OwnerName, type OwnerSet, ownerUrn } from '../../src/contract/owner.ts';
import type { RecordRow } from '../../src/contract/record.ts';
import { contentHashOf } from '../../src/replica/edit/owner-set.ts';
import type { OwnerReport } from '../../src/replica/names/owner-report.ts';
import { type GovernedOperation, type GovernedTurn, liveRows, liveText, rowAt, recipeOf } from './governed-turn.ts';
import { forgetLosses } from './loss-watch.ts';
import { recipes } from './state-hash.ts';
import type { Process } from './process.ts';

const ownedIds = ['o1', 'o2', 'o3', 'o4'] as const;
const owners: readonly OwnerName[] = [
  { type: 'app', id: 'one' },
  { type: 'service', id: 'two' },
];

export const ownerWork = {
  push_set: (process, turn) => push(process, turn, 1 + turn.random.below(3)),
  push_older_set: (process, turn) => push(process, turn, -1),
} as const satisfies Readonly<Record<string, GovernedOperation>>;

/** Pushes some records as an owner's whole set, with a token so much above the one that holds. */
function push(process: Process, turn: GovernedTurn, step: number): boolean {
  const { device, random, counters } = turn;
  const owner = random.pick(owners);
  const before = process.replica.ownerState(recipes, owner);
  const items = ownedIds.filter(() => random.chance(0.5)).map((id) => ({ id, fields: recipeOf(turn) }));
  const set: OwnerSet = {
    ...{ owner, version: null, items, contentHash: contentHashOf(items) },
    syncToken: Math.max(0, Number(before.syncToken ?? 0) + step),
  };
  const rowsBefore = new Map(liveRows(device, recipes).map((row) => [row.id as string, row]));
  const pushed = process.replica.pushOwnerSet(recipes as CollectionName, set, random.chance(0.5));
  // Confirmed or not, what it took away was allowed.
  forgetLosses(turn.governance, device);
  counters.hit(`owner set ${pushed.ok ? pushed.value.status : pushed.error.kind}`);
  checkPushed(turn, set, rowsBefore, pushed.ok ? pushed.value : undefined, before.ids);
  if (pushed.ok && before.syncToken !== null && set.syncToken < before.syncToken) {
    turn.report('owner set', `device ${device.index} took the set ${set.syncToken} over ${before.syncToken}`);
  }
  return pushed.ok;
}

/** A push touches what its owner owns, all of it or nothing. */
function checkPushed(
  { device, report }: GovernedTurn,
  { owner, items }: OwnerSet,
  before: ReadonlyMap<string, RecordRow>,
  taken: OwnerReport | undefined,
  idsBefore: readonly string[],
): void {
  const isOwned = (row: RecordRow | undefined): boolean =>
    row !== undefined && row.managedBy === owner.type && row.authorId === ownerUrn(owner);
  for (const [id, row] of before) {
    const isSame = liveText(rowAt(device, recipes, id)) === liveText(row);
    if (!isSame && (taken === undefined || !isOwned(row))) {
      report('owner set', `device ${device.index}: a push of ${owner.id} changed ${id}, which it may not`);
    }
  }
  const named = new Map<string, OwnedItem>(items.map((item) => [item.id, item]));
  // A set that is active already is not looked at.
  const isLookedAt = taken?.skippedNoOp === false;
  for (const id of isLookedAt ? idsBefore : []) {
    const row = rowAt(device, recipes, id);
    if (!named.has(id) && row?.state === 'live' && isOwned(row)) {
      report('owner set', `device ${device.index}: ${id} is in no set of ${owner.id} any more, and stays`);
    }
  }
  const foreign = new Set(taken?.foreign.map(({ id }) => id));
  for (const [id] of isLookedAt ? named : []) {
    if (!foreign.has(id) && rowAt(device, recipes, id)?.state !== 'live') {
      report('owner set', `device ${device.index}: ${id} is in the set of ${owner.id}, and not there`);
    }
  }
}
