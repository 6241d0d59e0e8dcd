import type { PageBody } from '../api/types/bodies.ts';
import type {
  BulkDecisionBody,
  BulkPreviewBody,
  DecisionBody,
  ReviewAction,
  ReviewBody,
  ReviewDetailBody,
} from '../api/types/reviews.ts';
import type { Answer, Calls } from './call.ts';

export interface ReviewCalls {
  reviews(query?: { cursor?: string; limit?: number; collection?: string }): Answer<PageBody<ReviewBody>>;
  review(id: string): Answer<ReviewDetailBody>;
  /** The body is of a merge alone. */
  decide(id: string, action: ReviewAction, body?: DecisionBody): Answer<ReviewDetailBody>;
  /** Decides every open item of a collection, in bounded transactions; what was decided stays when one fails. */
  decideAll(collection: string, decision: 'accept' | 'reject'): Answer<BulkDecisionBody>;
  /** What that would be about; decides nothing. */
  previewAll(collection: string, decision: 'accept' | 'reject'): Answer<BulkPreviewBody>;
}

export function reviewCalls({ get, post }: Calls): ReviewCalls {
  const name = encodeURIComponent;
  return {
    reviews: (query) => get('/v1/reviews', query),
    review: (id) => get(`/v1/reviews/${name(id)}`),
    decide: (id, action, body) => post(`/v1/reviews/${name(id)}/${action}`, body),
    decideAll: (collection, decision) => post('/v1/reviews', { collection, decision }),
    previewAll: (collection, decision) => post('/v1/reviews', { collection, decision, preview: true }),
  };
}
