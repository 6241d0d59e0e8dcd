import type { FastifyRequest } from 'fastify';
import { type CollectionName, type RecordId, parseCollectionName, parseRecordId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { PageRequest } from '../../store/ground/port.ts';
import { type Problem, problem } from './problem.ts';

const defaultPageSize = 100;
const maximumPageSize = 1000;
/** Long enough for one that carries a record id. */
const cursorPattern = /^[A-Za-z0-9_.:-]{1,2048}$/;

export interface RecordAddress {
  readonly collection: CollectionName;
  readonly id: RecordId;
}

export function collectionOf(request: FastifyRequest): Result<CollectionName, Problem> {
  const { c } = request.params as { c: string };
  const collection = parseCollectionName(c);
  return collection === undefined ? err(problem(404, 'That is no name of a collection.')) : ok(collection);
}

export function addressOf(request: FastifyRequest): Result<RecordAddress, Problem> {
  const collection = collectionOf(request);
  if (!collection.ok) {
    return collection;
  }
  const id = parseRecordId((request.params as { id: string }).id);
  return id === undefined
    ? err(problem(400, 'A record id has 1 to 512 bytes and no control characters.'))
    : ok({ collection: collection.value, id });
}

export function pageOf(request: FastifyRequest): Result<PageRequest, Problem> {
  const { cursor, limit } = request.query as { cursor?: string; limit?: string };
  const size = limit === undefined ? defaultPageSize : Number(limit);
  if (!Number.isInteger(size) || size < 1 || size > maximumPageSize) {
    return err(problem(400, `limit is a whole number from 1 to ${maximumPageSize}.`));
  }
  if (cursor !== undefined && !cursorPattern.test(cursor)) {
    return err(foreignCursor);
  }
  return ok({ cursor: cursor ?? null, limit: size });
}

export const foreignCursor: Problem = problem(
  400,
  'The cursor is not one that this API gave out. Start again without it.',
);

/** The collection that `?collection=` names; undefined when it names none. */
export function namedCollection(request: FastifyRequest): Result<CollectionName | undefined, Problem> {
  const { collection } = request.query as { collection?: unknown };
  const named = typeof collection === 'string' ? parseCollectionName(collection) : undefined;
  return collection !== undefined && named === undefined
    ? err(problem(400, 'That is no name of a collection.'))
    : ok(named);
}
