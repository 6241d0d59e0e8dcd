import type { LoggedChange } from '../../contract/change.ts';
import { isAuditItself } from '../../log/audit-entry.ts';
import type { Core } from '../kernel/core.ts';
import type { HistoryRow, Store } from '../../store/ground/port.ts';

/**
 * Where a change that is known already is judged. A device may seal the same bytes in several scopes, and they come in
 * any order: they count in the scope that serves their collection, and `moved` tells that they are known by their place
 * there from now on. What another scope repeats stands `elsewhere`, and says nothing.
 */
export function takePlace(
  { store, logs, rules }: Pick<Core, 'store' | 'logs' | 'rules'>,
  known: HistoryRow,
  place: Pick<HistoryRow, 'scopeId' | 'sequence' | 'index'>,
): 'here' | 'moved' | 'elsewhere' {
  if (known.scopeId === place.scopeId) {
    return 'here';
  }
  const binding = rules.bindings.ofCollection(known.collection);
  const serves = binding !== undefined && logs.scopes.serving(binding)?.scopeId === place.scopeId;
  const hasEffect = known.disposition !== 'waiting' && known.disposition !== 'refused';
  // What has an effect came through the scope that served then.
  if (!serves || hasEffect) {
    return 'elsewhere';
  }
  store.history.move(known.changeId, place);
  store.history.setDisposition(known.changeId, 'waiting');
  return 'moved';
}

/** True for a change that came through another scope of the kind than the one that serves its collection. */
export function standsBeside({ logs, rules }: Pick<Core, 'logs' | 'rules'>, change: LoggedChange): boolean {
  const binding = rules.bindings.ofCollection(change.collection);
  const serving = binding && logs.scopes.serving(binding);
  return (
    serving !== undefined &&
    serving.scopeId !== change.scopeId &&
    serving.kind === logs.scopes.get(change.scopeId)?.kind &&
    !isAuditItself(change)
  );
}

/** An entry counts where its device's chain has it first: signed again further on it says nothing new. */
export function isEntryAgain(store: Pick<Store, 'history'>, change: LoggedChange): boolean {
  const known = isAuditItself(change) ? store.history.get(change.changeId) : undefined;
  return known !== undefined && (known.sequence !== change.sequence || known.index !== change.index);
}
