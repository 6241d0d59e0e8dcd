import { type BrakeSetting, judgeMassChange } from '../policy/brake.ts';

/** Holds removals that look like an accident: a folder not mounted, a wrong `rm`, a checkout of something else. */
export interface RemovalBrake {
  /**
   * True when this many records may be removed now.
   * @param total files that were in step before the removals
   * @param familiar the root is the same folder that this process has read before
   */
  allows(removals: number, total: number, nowMs: number, familiar: boolean): boolean;
  /** Notes removals that were published, so that many small steps are seen as one large one. */
  note(removals: number, nowMs: number): void;
}

/** Removals within this time count as one. */
const windowMs = 60_000;

export function createRemovalBrake(setting: () => BrakeSetting): RemovalBrake {
  let recent: readonly { readonly atMs: number; readonly removals: number }[] = [];
  return {
    allows(removals, total, nowMs, familiar): boolean {
      recent = recent.filter(({ atMs }) => nowMs - atMs < windowMs);
      const earlier = recent.reduce((sum, step) => sum + step.removals, 0);
      const judged = judgeMassChange({
        ...setting(),
        liveBefore: total + earlier,
        removals: removals + earlier,
        replacements: 0,
        // One file deleted from a folder of one is a deletion; a whole folder that reads empty is a doubt.
        publishesEmptySet: removals === total && (total > 1 || !familiar),
      });
      return removals === 0 || !judged.held;
    },
    note(removals, nowMs): void {
      recent = [...recent, { atMs: nowMs, removals }];
    },
  };
}
