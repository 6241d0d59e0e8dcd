import { type JsonValue, isJsonObject } from '../../base/json.ts';
import { closeUnasked } from './brake-item.ts';
import { type Core, commit } from '../kernel/core.ts';
import type { Store } from '../../store/ground/port.ts';

/** Where an older version kept every mass change by its place in its author's chain. */
const setting = 'brake.holds';

/**
 * Questions of an older version are asked no longer: it stopped edits too, and counted them otherwise. What they held
 * waits as it did, and is looked at anew with whatever else waits when the collection is judged again, which a start
 * does: what is still too much is asked about again, and the rest takes effect.
 */
export function closeOldHolds(core: Core): void {
  const saved = core.store.settings.get(setting);
  const asked = core.store.links.list().flatMap(({ root }) => oldFolderSettings(core.store, root));
  if (saved === undefined && asked.length === 0) {
    return;
  }
  commit(core, () => {
    for (const reviewId of reviewIdsIn(saved)) {
      closeUnasked(core, reviewId, 'superseded');
    }
    core.store.settings.remove(setting);
    for (const { name, reviewId } of asked) {
      closeUnasked(core, reviewId, 'superseded');
      core.store.settings.remove(name);
    }
  });
}

function reviewIdsIn(saved: JsonValue | undefined): readonly string[] {
  return Array.isArray(saved) ? saved.filter(isJsonObject).map((hold) => String(hold['reviewId'])) : [];
}

/** Files that were gone, and files that were changed, were a question each, kept by its id. */
function oldFolderSettings(
  store: Pick<Store, 'settings'>,
  root: string,
): readonly { readonly name: string; readonly reviewId: string }[] {
  return [`brake.folder.${root}`, `brake.changed.${root}`].flatMap((name) => {
    const reviewId = store.settings.get(name);
    return typeof reviewId === 'string' ? [{ name, reviewId }] : [];
  });
}
