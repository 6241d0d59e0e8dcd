import type { JsonObject } from '../base/json.ts';
import type { Result } from '../base/result.ts';
import type { DecisionKind, QuarantineItem, ReviewItem } from '../contract/review.ts';
import { drop, release } from './apply/release.ts';
import { decide } from './decide/decide.ts';
import { type ReviewDetail, reviewDetail } from './decide/review-detail.ts';
import type { Core } from './kernel/core.ts';
import { decidedHere } from './kernel/decided-list.ts';
import type { WriteRefusal } from './names/write.ts';

/** What waits for a person, and what becomes of it. */
export interface Deciding {
  /** `fields` is the edited value of a merge; null for what the three-way merge makes. Other decisions have none. */
  decide(
    reviewIds: readonly string[],
    decision: DecisionKind,
    fields?: JsonObject | null,
  ): readonly Result<ReviewItem, WriteRefusal>[];
  /** Items that were decided here and are not open again, the last one first; the last hundred at most. */
  decidedHere(): readonly ReviewItem[];
  /** What stands beside a review item: for a person who decides about it. Undefined when its record cannot be read. */
  reviewDetail(item: ReviewItem): ReviewDetail | undefined;
  release(quarantineId: string): Result<QuarantineItem, WriteRefusal>;
  drop(quarantineId: string): Result<QuarantineItem, WriteRefusal>;
}

export function decidingOf(core: Core): Deciding {
  return {
    decide: (reviewIds, decision, fields = null) =>
      decide(core, reviewIds, decision === 'merge' ? { kind: decision, fields } : { kind: decision }),
    decidedHere: () => decidedHere(core.store).flatMap((id) => core.store.reviews.get(id) ?? []),
    reviewDetail: (item) => reviewDetail(core, item),
    release: (id) => release(core, id),
    drop: (id) => drop(core, id),
  };
}
