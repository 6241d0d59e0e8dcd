import type { RecordId } from '../base/ids.ts';
import { type BrakeSetting, allowedRecords, judgeMassChange } from '../policy/brake.ts';
import type { PlannedEdit } from './reconciler.ts';

/** Holds changes of many files at once that look like an accident: a wrong checkout, a tool run wild, ransomware. */
export interface RewriteBrake {
  /**
   * What of these edits may be published now. Those that make a new record always may.
   * @param total files that are in step; counted only where so many edits could be too many
   */
  pass(edits: readonly PlannedEdit[], total: () => number, nowMs: number): readonly PlannedEdit[];
  /** Records whose files wait, of this pass and those before; they stay until {@link forget}. */
  held(): readonly RecordId[];
  /** A pass over the whole folder begins, which will meet again what still waits. */
  forget(): void;
}

/** Changes within this time count as one. */
const windowMs = 60_000;

export function createRewriteBrake(deps: {
  readonly setting: () => BrakeSetting;
  /** A person was asked about files of this folder, and has not been obeyed yet: what is changed now joins them. */
  readonly isAsked: () => boolean;
}): RewriteBrake {
  let recent: readonly { readonly atMs: number; readonly rewrites: number }[] = [];
  const waiting = new Set<RecordId>();

  function isTooMany(replacements: number, total: () => number): boolean {
    const setting = deps.setting();
    if (replacements <= allowedRecords(setting, 0)) {
      return false;
    }
    const change = { removals: 0, replacements, publishesEmptySet: false };
    return judgeMassChange({ ...setting, ...change, liveBefore: total() }).held;
  }

  return {
    pass(edits, total, nowMs) {
      const rewrites = edits.filter(({ observation }) => observation.row?.state === 'live');
      if (rewrites.length === 0) {
        return edits;
      }
      recent = recent.filter(({ atMs }) => nowMs - atMs < windowMs);
      const earlier = recent.reduce((sum, step) => sum + step.rewrites, 0);
      if (isTooMany(earlier + rewrites.length, total) || waiting.size > 0 || deps.isAsked()) {
        for (const { edit } of rewrites) {
          waiting.add(edit.id);
        }
        return edits.filter(({ edit }) => !waiting.has(edit.id));
      }
      recent = [...recent, { atMs: nowMs, rewrites: rewrites.length }];
      return edits;
    },
    held: () => [...waiting].sort(),
    forget() {
      waiting.clear();
    },
  };
}
