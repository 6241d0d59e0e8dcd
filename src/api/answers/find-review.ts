import type { FastifyRequest } from 'fastify';
import type { ReviewItem } from '../../contract/review.ts';
import type { ApiDeps } from '../ports/port.ts';
import { type Problem, problem } from './problem.ts';
import { resolvePrefix, shortestPrefix } from './resolve-prefix.ts';

export function findReview(deps: Pick<ApiDeps, 'store'>, request: FastifyRequest): ReviewItem | undefined {
  const { id } = request.params as { id: string };
  return deps.store.reviews.get(id) ?? resolvePrefix(id, (page) => deps.store.reviews.listOpen(page));
}

export function unknownReview(request: FastifyRequest): Problem {
  const { id } = request.params as { id: string };
  return problem(
    404,
    `No review item is called ${id}, or more than one open one begins so. An open one is named by at least ${shortestPrefix} characters of its id (rv_ and three letters), one that was decided by the whole. See: sourcesync reviews ls`,
  );
}
