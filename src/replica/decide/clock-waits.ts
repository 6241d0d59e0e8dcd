import type { CollectionName } from '../../base/ids.ts';
import { pagesOf } from '../../base/pages.ts';
import { awaitedUses, closeEndedUses } from '../edit/awaited-uses.ts';
import { type Core, commit } from '../kernel/core.ts';
import { rejudge } from '../apply/release.ts';

/**
 * Judges again what waits for the clock of this device: nothing arrives when it catches up. Answers how many changes now
 * count. Uses of leases that ended while they waited for a person go, too. Costs a question where nothing waits, and a look at what is held where something does.
 */
export function rejudgeTimed(core: Core): number {
  if (awaitedUses(core.store).length > 0) {
    commit(core, () => {
      closeEndedUses(core);
    });
  }
  return core.backlog.waiting.any()
    ? timed(core).reduce((counted, collection) => counted + rejudge(core, collection), 0)
    : 0;
}

function timed({ store, rules: { bindings, isEnabled } }: Pick<Core, 'store' | 'rules'>): readonly CollectionName[] {
  return bindings
    .all()
    .filter(({ manifest }) => isEnabled(manifest.engineId))
    .map(({ manifest }) => manifest.collection)
    .filter((collection) => {
      const pages = pagesOf((cursor) => store.quarantine.listHeld({ cursor, limit: 500 }, collection));
      return [...pages].some(({ items }) => items.some(({ detail }) => detail === 'not_yet'));
    });
}
