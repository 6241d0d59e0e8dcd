import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Result, err, ok } from '../../base/result.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { WriteResult } from '../../replica/names/write.ts';
import { versionOf } from '../../replica/names/version.ts';
import type { ApiDeps } from '../ports/port.ts';
import { absentRecordBody, recordBody } from './bodies.ts';
import { type Problem, problem } from './problem.ts';
import type { RecordAddress } from './request.ts';
import type { RecordBody } from '../types/bodies.ts';

const versionPattern = /^[A-Za-z0-9_-]{43}(?:\.[A-Za-z0-9_-]{8})?$/;

/** `If-Match: "version"` and `If-None-Match: *`, as RFC 9110 defines them for a single record. */
export function expectedVersion(request: FastifyRequest): Result<{ ifVersion?: string | null }, Problem> {
  const match = request.headers['if-match'];
  if (request.headers['if-none-match'] === '*') {
    return ok({ ifVersion: null });
  }
  if (match === undefined) {
    return ok({});
  }
  const version = match.replace(/^"|"$/g, '');
  return versionPattern.test(version)
    ? ok({ ifVersion: version })
    : err(problem(400, 'If-Match takes the ETag of the record.'));
}

/** A record as the answer to a request, with its ETag. */
export function sendRecord(deps: Pick<ApiDeps, 'replica'>, reply: FastifyReply, row: RecordRow): RecordBody {
  reply.header('etag', `"${versionOf(row)}"`);
  return placedBody(deps, row);
}

/** A record as it is at this moment. */
export function bodyNow(deps: Pick<ApiDeps, 'replica' | 'store'>, { collection, id }: RecordAddress): RecordBody {
  const row = deps.store.records.get(collection, id);
  return row === undefined || row === 'damaged' ? absentRecordBody(collection, id) : placedBody(deps, row);
}

/** Where an agent's write waits for a person; undefined for one that is live, or was refused. */
export function waitsIn(
  { store }: Pick<ApiDeps, 'store'>,
  { collection, id }: RecordAddress,
  result: WriteResult,
): RecordBody['waits'] {
  if (!result.ok) {
    const { error } = result;
    return error.kind === 'waits' ? { review: error.reviewId, message: error.message } : undefined;
  }
  // An own change follows every head that it knew, so that it is the last one.
  const { heads, openReviews } = result.value;
  const open = openReviews === 0 ? [] : store.reviews.openOf(collection, id);
  const item = open.find(({ kind, changes }) => kind === 'proposal' && changes.some((one) => heads.includes(one)));
  return item === undefined
    ? undefined
    : {
        review: item.id,
        message: `What an agent writes here is live once a person accepts it: sourcesync reviews accept ${item.id}`,
      };
}

/** A record with its place in the tree of its collection, where that is one. */
export function placedBody({ replica }: Pick<ApiDeps, 'replica'>, row: RecordRow): RecordBody {
  const tree = replica.treeView(row);
  return tree === undefined ? recordBody(row) : { ...recordBody(row), tree };
}
