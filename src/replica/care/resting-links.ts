import type { EngineId, ScopeId } from '../../base/ids.ts';
import type { LinkRow } from '../../store/ground/link-table.ts';
import type { Store } from '../../store/ground/port.ts';

/** Linked folders of an engine that follow the scope which serves now: they rest once another one does. */
export function resting({ links }: Pick<Store, 'links'>, engineId: EngineId): readonly LinkRow[] {
  return links.list().filter((link) => link.engineId === engineId && link.restsFor === undefined);
}

/** Those that rested for a scope, and go on once it serves. */
export function goingOn({ links }: Pick<Store, 'links'>, engineId: EngineId, scopeId: ScopeId): readonly LinkRow[] {
  return links.list().filter((link) => link.engineId === engineId && link.restsFor === scopeId);
}

/**
 * A folder belongs to the scope whose records it holds: what lies in it is not told to the members of another, and what
 * another lacks is not taken out of it. Inside a transaction.
 */
export function passOn(store: Pick<Store, 'links'>, engineId: EngineId, from: ScopeId, to: ScopeId): void {
  const [ending, beginning] = [resting(store, engineId), goingOn(store, engineId, to)];
  for (const link of ending) {
    store.links.put({ ...link, restsFor: from });
  }
  for (const { restsFor: _restsFor, ...link } of beginning) {
    store.links.put(link);
  }
}
