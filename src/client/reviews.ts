import type { PageBody } from '../api/types/bodies.ts';
import type {
  BulkDecisionBody,
  BulkFilter,
  BulkPreviewBody,
  DecisionBody,
  ReviewAction,
  ReviewBody,
  ReviewDetailBody,
  ReviewListBody,
} from '../api/types/reviews.ts';
import { type Answer, type Calls, ifMatch } from './call.ts';

export interface ReviewCalls {
  reviews(query?: { cursor?: string; limit?: number; collection?: string }): Answer<ReviewListBody>;
  review(id: string): Answer<ReviewDetailBody>;
  /** What was decided on this device and is not open again, the last one first. */
  decidedHere(collection?: string): Answer<PageBody<ReviewBody>>;
  /** The body is of a merge alone. Given the version that was shown, nothing is decided when it is another one now (412). */
  decide(id: string, action: ReviewAction, body?: DecisionBody, version?: string): Answer<ReviewDetailBody>;
  /** Decides every open item of a collection, in bounded transactions; what was decided stays when one fails. */
  decideAll(collection: string, decision: 'accept' | 'reject', only?: BulkFilter): Answer<BulkDecisionBody>;
  /** What that would be about; decides nothing. */
  previewAll(collection: string, decision: 'accept' | 'reject', only?: BulkFilter): Answer<BulkPreviewBody>;
}

export function reviewCalls({ ask }: Calls): ReviewCalls {
  return {
    reviews: (query = {}) => ask('GET /v1/reviews', { query }),
    review: (id) => ask('GET /v1/reviews/:id', { path: { id } }),
    decidedHere: (collection) =>
      ask('GET /v1/reviews', { query: { decided: 'here', ...(collection === undefined ? {} : { collection }) } }),
    decide: (id, action, body = {}, version) =>
      action === 'merge'
        ? ask('POST /v1/reviews/:id/merge', { path: { id }, body, headers: ifMatch(version) })
        : ask(`POST /v1/reviews/:id/${action}`, { path: { id }, headers: ifMatch(version) }),
    decideAll: (collection, decision, only = {}) =>
      ask('POST /v1/reviews', { body: { ...only, collection, decision } }) as Answer<BulkDecisionBody>,
    previewAll: (collection, decision, only = {}) =>
      ask('POST /v1/reviews', { body: { ...only, collection, decision, preview: true } }) as Answer<BulkPreviewBody>,
  };
}
