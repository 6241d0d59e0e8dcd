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
const smallestHeld = 20;

export function createRemovalBrake(share: number): RemovalBrake {
  let recent: readonly { readonly atMs: number; readonly removals: number }[] = [];
  return {
    allows(removals, total, nowMs, familiar): boolean {
      recent = recent.filter(({ atMs }) => nowMs - atMs < windowMs);
      const earlier = recent.reduce((sum, step) => sum + step.removals, 0);
      // One file deleted from a folder of one is a deletion; a whole folder that reads empty is a doubt.
      if (removals === total && (total > 1 || !familiar)) {
        return removals === 0;
      }
      return removals + earlier <= Math.max(smallestHeld, Math.floor(share * (total + earlier)));
    },
    note(removals, nowMs): void {
      recent = [...recent, { atMs: nowMs, removals }];
    },
  };
}
