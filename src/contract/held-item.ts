import type { ReviewItem } from './review.ts';

/**
 * True for an item about a write that has no effect before a person lets it in: a lease or policy wants it looked at first,
 * and until then its record knows nothing of it. Every other question is the record's own.
 */
export function isHeldItem({ kind, quarantineId }: Pick<ReviewItem, 'kind' | 'quarantineId'>): boolean {
  return kind === 'approval' || quarantineId !== undefined;
}
