import type { ChangeId, RecordId } from '../../base/ids.ts';
import type { JsonValue } from '../../base/json.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { ArrivalClaim } from '../../contract/move.ts';
import { isOlderMajor } from '../../contract/schema-version.ts';
import { arrivalOf, moveFormOf } from '../../log/move.ts';
import { changeGraph, sameHeads } from '../../merge/values/causal.ts';
import { documentOfChanges } from '../../merge/crdt/crdt.ts';
import { withUpdate } from '../../merge/crdt/crdt-document.ts';
import { isRemoval } from '../../merge/values/plan.ts';
import { countingStrategyOf } from '../../merge/strategies.ts';
import type { Core } from '../kernel/core.ts';
import type { Logs } from '../kernel/logs.ts';
import { historyOf } from '../kernel/history-of.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { inCurrentForm } from './read-form.ts';
import { pastOf, rowAfter } from './row-after.ts';
import type { ArrivalContent } from '../names/arrival-content.ts';

/**
 * A change as the merge of its record reads it: an arrival with what it brings, a departure with whether it is asked
 * about. Undefined for an arrival whose source cannot be read, or held nothing.
 */
export function readMove(
  core: Pick<Core, 'store' | 'device' | 'logs'>,
  binding: CollectionBinding,
  change: LoggedChange,
): LoggedChange | undefined {
  const form = moveFormOf(change);
  switch (form.kind) {
    case 'none':
    case 'malformed':
      return change;
    case 'departure': {
      const disposition = core.store.history.get(form.arrival)?.disposition;
      const isAsked = disposition === 'proposed' || disposition === 'superseded';
      return { ...change, value: null, move: { ...form, isAsked } };
    }
    case 'arrival':
      return withContent(change, form, () => arrivalContent(core, binding, change));
  }
}

/**
 * What an arrival brings; undefined when not all of that past can be read, or nothing was live there. A record may have
 * been renamed any number of times before: each of its names is read before the next one, without recursion.
 */
export function arrivalContent(
  core: Pick<Core, 'store' | 'device' | 'logs'>,
  binding: CollectionBinding,
  arrival: LoggedChange,
): ArrivalContent | undefined {
  const { moves } = core.logs;
  const found = new Map<ChangeId, ArrivalContent | undefined>();
  const contentOf = (changeId: ChangeId): ArrivalContent | undefined =>
    found.get(changeId) ?? moves.contentOf(changeId);
  const isFound = (changeId: ChangeId): boolean => found.has(changeId) || moves.contentOf(changeId) !== undefined;
  const open = [arrival];
  for (let next = open.at(-1); next !== undefined; next = open.at(-1)) {
    if (isFound(next.changeId)) {
      open.pop();
      continue;
    }
    const claim = arrivalOf(next) as ArrivalClaim;
    const here = contentHere(core, binding, next, claim);
    const past =
      here === undefined ? pastWithin(core, { collection: next.collection, id: claim.from }, claim.heads) : [];
    // Changes name what they rest on by hash, so that no arrival comes from itself.
    const before = (past ?? []).filter((change) => bringsRecord(change) && !isFound(change.changeId));
    if (before.length > 0) {
      open.push(...before);
      continue;
    }
    const content = here ?? (past && contentFrom(core.logs, binding, next, claim, past, contentOf));
    found.set(next.changeId, content);
    if (content !== undefined) {
      moves.keepContent(next.changeId, content);
    }
  }
  return contentOf(arrival.changeId);
}

/**
 * Everything that a record rested on at some heads, undefined when it cannot be read. Parents that are no changes of the
 * record count for nothing, as in every merge.
 */
export function pastWithin(
  core: Pick<Core, 'store' | 'logs'>,
  { collection, id }: { readonly collection: LoggedChange['collection']; readonly id: RecordId },
  heads: readonly ChangeId[],
): readonly LoggedChange[] | undefined {
  const rows = new Map(historyOf(core, collection, id).map((row) => [row.changeId, row]));
  if (!heads.every((head) => rows.has(head))) {
    return undefined;
  }
  const known = (change: LoggedChange | undefined): LoggedChange | undefined =>
    change && { ...change, parents: change.parents.filter((parent) => rows.has(parent)) };
  return pastOf(heads, (changeId) => {
    const row = rows.get(changeId);
    return known(core.logs.unsealed.get(changeId) ?? (row && core.logs.reader.change(row)));
  });
}

/** True for what needs the past of another record to be read. */
function bringsRecord(change: LoggedChange): boolean {
  const claim = arrivalOf(change);
  return claim !== undefined && claim.patch === undefined;
}

/** The row itself, where it stands at those heads and every device, or this one, sees it alike. */
function contentHere(
  core: Pick<Core, 'store' | 'device'>,
  { manifest }: CollectionBinding,
  { collection, deviceId }: LoggedChange,
  { from, heads }: ArrivalClaim,
): ArrivalContent | undefined {
  const isAlike = manifest.mergeStrategy === 'crdt' || deviceId === core.device.id;
  const row = isAlike ? core.store.records.get(collection, from) : undefined;
  if (row === undefined || row === 'damaged' || row.state !== 'live' || row.fields === null) {
    return undefined;
  }
  return sameHeads(row.heads, heads) && row.schemaVersion === manifest.schemaVersion
    ? { fields: row.fields, document: row.document }
    : undefined;
}

function contentFrom(
  logs: Logs,
  binding: CollectionBinding,
  { schemaVersion, deviceId }: LoggedChange,
  { heads }: ArrivalClaim,
  past: readonly LoggedChange[],
  contentOf: (changeId: ChangeId) => ArrivalContent | undefined,
): ArrivalContent | undefined {
  const read = past.flatMap((change) => {
    const claim = arrivalOf(change);
    return (claim === undefined ? change : withContent(change, claim, contentOf)) ?? [];
  });
  const asWritten = bindingAt(binding, schemaVersion);
  const changes = read.length < past.length ? undefined : inCurrentForm(asWritten, () => read, read);
  if (changes === undefined) {
    return undefined;
  }
  if (binding.manifest.mergeStrategy === 'crdt') {
    const isLive = changes.some((change) => heads.includes(change.changeId) && !isRemoval(change));
    const update = isLive ? documentOfChanges(changeGraph(changes).ordered) : undefined;
    const whole = update && withUpdate(null, update);
    return whole?.ok ? whole.value : undefined;
  }
  const strategy = countingStrategyOf(binding.manifest.mergeStrategy);
  const fields = rowAfter(logs, asWritten, strategy, changes, deviceId)?.fields ?? undefined;
  return fields && { fields, document: null };
}

function withContent(
  change: LoggedChange,
  { kind, from, heads, patch }: ArrivalClaim,
  contentOf: (changeId: ChangeId) => ArrivalContent | undefined,
): LoggedChange | undefined {
  if (patch !== undefined) {
    return { ...change, value: patch as unknown as JsonValue, move: { kind, from, heads, document: null } };
  }
  const content = contentOf(change.changeId);
  return content && { ...change, value: content.fields, move: { kind, from, heads, document: content.document } };
}

/** What was written for an older major is read in its form, and migrated with everything that was written on top of it. */
function bindingAt(binding: CollectionBinding, schemaVersion: string): CollectionBinding {
  return isOlderMajor(schemaVersion, binding.manifest.schemaVersion)
    ? { ...binding, manifest: { ...binding.manifest, schemaVersion } }
    : binding;
}
