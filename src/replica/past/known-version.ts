import type { ChangeId, CollectionName, RecordId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import { isUnspoken } from '../../merge/values/agent-words.ts';
import { strategyOf } from '../../merge/strategies.ts';
import type { Known } from '../kernel/core.ts';
import { historyOf } from '../kernel/history-of.ts';
import { readChanges } from './read-changes.ts';
import { fieldsAfter, pastOf, rowsAfter } from './row-after.ts';

/** A version of a record by two names: the heads of its history then, and the change that made its live view. */
export interface KnownVersion {
  readonly heads: readonly ChangeId[];
  readonly version: ChangeId;
}

/**
 * The version at which a record said what is most like what is asked for, the latest of several, as this device would have
 * shown it, or as one of its authors did; what an agent proposes nobody has shown. Undefined where its history knows none, or cannot be read.
 */
export function knownVersion(
  core: Known,
  collection: CollectionName,
  id: RecordId,
  likeness: (fields: JsonObject) => number,
): KnownVersion | undefined {
  const binding = core.rules.bindings.ofCollection(collection);
  const history = historyOf(core, collection, id);
  const changes = binding && readChanges(core, binding, history, history);
  if (binding === undefined || changes === undefined) {
    return undefined;
  }
  const strategy = strategyOf(binding.manifest.mergeStrategy);
  const byId = new Map(changes.map((change) => [change.changeId, change]));
  const applied = new Set(history.filter(({ disposition }) => disposition === 'applied').map((row) => row.changeId));
  let known: KnownVersion | undefined;
  let most = Number.MIN_VALUE;
  const isAsLike = (fields: JsonObject): boolean => {
    const found = likeness(fields);
    const isMore = found >= most;
    most = Math.max(most, found);
    return isMore;
  };
  for (const { change, row } of rowsAfter(core.logs, binding, strategy, changes)) {
    const { changeId } = change;
    if (isUnspoken(change, core.logs.isOld) && !applied.has(changeId)) {
      continue;
    }
    if (row?.state === 'live' && row.fields !== null && isAsLike(row.fields)) {
      known = { heads: row.heads, version: row.version };
    } else if (row !== undefined && row.heads.length > 1) {
      const past = pastOf([changeId], (wanted) => byId.get(wanted));
      const fields = past && fieldsAfter(core.logs, binding, strategy, past);
      known = fields !== undefined && isAsLike(fields) ? { heads: [changeId], version: changeId } : known;
    }
  }
  return known;
}
