/** How many may be let in now: so many a second, and no more at once. */
export interface Admissions {
  readonly isSpent: boolean;
  earn(nowMs: number): void;
  spend(): void;
}

export function createAdmissions(perSecond: number): Admissions {
  let left = perSecond;
  let earnedMs: number | undefined;
  return {
    get isSpent(): boolean {
      return left < 1;
    },
    earn(nowMs) {
      const passedMs = Math.max(0, nowMs - (earnedMs ?? nowMs));
      left = Math.min(perSecond, left + (passedMs / 1000) * perSecond);
      earnedMs = nowMs;
    },
    spend() {
      left--;
    },
  };
}
