import type { FastifyRequest } from 'fastify';
import type { ReviewItem } from '../../contract/review.ts';
import type { ApiDeps } from '../ports/port.ts';
import { resolvePrefix } from './resolve-prefix.ts';

export function findReview(deps: Pick<ApiDeps, 'store'>, request: FastifyRequest): ReviewItem | undefined {
  const { id } = request.params as { id: string };
  return deps.store.reviews.get(id) ?? resolvePrefix(id, (page) => deps.store.reviews.listOpen(page));
}
