import type { QuarantineItem } from '../../contract/review.ts';

/** Every other cause may go away by itself: an upgrade, a manifest, a schema, a rebuilt row, a policy. */
export function needsPerson({ reasonCode, detail }: Pick<QuarantineItem, 'reasonCode' | 'detail'>): boolean {
  const isAsked = reasonCode === 'manual_review_required' && detail !== 'policy_review';
  return isAsked || reasonCode === 'secret_redacted';
}
