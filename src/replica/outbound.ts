import type { CollectionName, RecordId } from '../base/ids.ts';
import { sameValue } from '../merge/json-patch.ts';
import { type HeldCycle, allowedRecords, judgeMassChange } from '../policy/brake.ts';
import { previewed } from './brake.ts';
import type { Core } from './core.ts';
import type { Write } from './port.ts';

/** What one call is about to do to live records, where that is too much to happen unasked. */
export interface MassChangePreview {
  readonly detail: HeldCycle['detail'];
  readonly message: string;
  readonly live: number;
  readonly removals: number;
  readonly replacements: number;
  /** The most that may be deleted or replaced without a person's word. */
  readonly allowed: number;
  /** The first of the records that it touches. */
  readonly records: readonly RecordId[];
}

/**
 * Weighs the writes of one call; undefined when they may go on. A single write is never weighed, and few are only where
 * they could leave nothing: the rows are looked at where the number of writes alone does not settle it.
 */
export function massChangeOf(
  core: Core,
  collection: CollectionName,
  writes: readonly Pick<Write, 'id' | 'intent'>[],
): MassChangePreview | undefined {
  const binding = core.bindings.ofCollection(collection);
  if (binding === undefined || writes.length < 2) {
    return undefined;
  }
  const { live } = core.store.records.counts(collection);
  const setting = core.cycles.settingOf(binding.manifest);
  const removalsWanted = writes.filter(({ intent }) => intent.kind === 'remove').length;
  if (writes.length <= allowedRecords(setting, live) && removalsWanted < live) {
    return undefined;
  }
  const removed = new Set<RecordId>();
  const replaced = new Set<RecordId>();
  for (const { id, intent } of writes) {
    const row = core.store.records.get(collection, id);
    if (row === undefined || row === 'damaged' || row.state !== 'live') {
      continue;
    }
    if (intent.kind === 'remove') {
      removed.add(id);
    } else if (intent.kind !== 'put' || !sameValue(intent.fields, row.fields)) {
      replaced.add(id);
    }
  }
  const replacements = [...replaced].filter((id) => !removed.has(id)).length;
  const judged = judgeMassChange({
    ...setting,
    liveBefore: live,
    removals: removed.size,
    replacements,
    publishesEmptySet: removed.size > 1 && removed.size === live,
  });
  return judged.held
    ? {
        detail: judged.detail,
        message: `${removed.size + replacements} of ${live} records would be deleted or replaced at once; ${judged.allowed} may be without asking. Nothing was written. If that is what you want, repeat it with your confirmation.`,
        ...{ live, removals: removed.size, replacements, allowed: judged.allowed },
        records: [...new Set([...removed, ...replaced])].slice(0, previewed),
      }
    : undefined;
}
