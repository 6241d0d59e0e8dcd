import type { CollectionName, RecordId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { LossKind } from '../policy/loss.ts';
import { isBraking } from './guard/brake-item.ts';
import { beforeGoingBack } from './guard/going-back.ts';
import { lossIn } from './guard/losses.ts';
import { heldCall, massChangeOf } from './guard/outbound.ts';
import type { Core } from './kernel/core.ts';
import { type RestorePoint, createRestorePoint, restorePoints } from './kernel/restore-points.ts';
import type { MassChangePreview } from './names/mass-change-preview.ts';
import type { Write } from './names/write.ts';

/** What a person is asked before much of a collection is gone. */
export interface MassChanges {
  /**
   * Holds a call with these writes where it would take too much away, and asks: the preview, or undefined for a call that
   * may go on.
   */
  heldCall(collection: CollectionName, writes: readonly Write[]): MassChangePreview | undefined;
  /** Places in history to go back to, newest first. */
  restorePoints(): readonly RestorePoint[];
  createRestorePoint(facts: Pick<RestorePoint, 'name' | 'cause' | 'collection'>): RestorePoint;
  /** Writes a restore point before more than 20 files go back to what they were in one pass; undefined for fewer. */
  beforeGoingBack(collection: CollectionName, files: number): RestorePoint | undefined;
  /** What a change of a record's fields takes away; undefined where it is an edit like any other. */
  lossOf(collection: CollectionName, id: RecordId, before: JsonObject, after: JsonObject | null): LossKind | undefined;
  /** True while a mass change of a collection waits for a person. */
  isBraking(collection: CollectionName): boolean;
}

export function massChangesOf(core: Core): MassChanges {
  return {
    heldCall: (collection, writes) => {
      const change = massChangeOf(core, collection, writes);
      return change && heldCall(core, collection, { kind: 'edit', writes }, change);
    },
    restorePoints: () => restorePoints(core.store),
    createRestorePoint: (facts) => createRestorePoint(core, facts),
    beforeGoingBack: (collection, files) => beforeGoingBack(core, collection, files),
    lossOf: (collection, id, before, after) => {
      const binding = core.rules.bindings.ofCollection(collection);
      return binding && lossIn(binding, id, before, after);
    },
    isBraking: (collection) => isBraking(core.store, collection),
  };
}
