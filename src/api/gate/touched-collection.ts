import type { FastifyRequest } from 'fastify';
import { changeIdNamed } from '../answers/change-named.ts';
import type { ApiDeps } from '../ports/port.ts';
import type { Touches } from './route-access.ts';
import { findQuarantined } from '../answers/find-quarantined.ts';
import { findReview } from '../answers/find-review.ts';

/** The one collection that a request is about; `any` when it may be more than one, `none` when it is about nothing here. */
export type Touched = { readonly collection: string } | 'any' | 'none';

export function touchedBy(
  deps: Pick<ApiDeps, 'replica' | 'store' | 'control'>,
  request: FastifyRequest,
  touches: Touches,
): Touched {
  const params = request.params as { c?: string; id?: string; hash?: string };
  switch (touches) {
    case 'nothing':
      return 'none';
    case 'every':
      return 'any';
    case 'path':
      return { collection: params.c ?? '' };
    case 'query':
      return namedIn(request.query);
    case 'body':
      return namedIn(request.body);
    case 'engine':
      return ofItem(deps.control.engine(params.id ?? ''));
    case 'review':
      return ofItem(findReview(deps, request));
    case 'quarantine':
      return ofItem(findQuarantined(deps, request));
    case 'change': {
      const changeId = changeIdNamed(deps, params.hash ?? '');
      return ofItem(changeId && deps.replica.explain(changeId)?.change);
    }
  }
}

function namedIn(value: unknown): Touched {
  const named = (value as { collection?: unknown } | null | undefined)?.collection;
  return typeof named === 'string' ? { collection: named } : 'any';
}

/** Nothing is told of an item that does not exist; one without a collection may hold any. */
function ofItem(item: { readonly collection: string | null } | undefined): Touched {
  if (item === undefined) {
    return 'none';
  }
  return item.collection === null ? 'any' : { collection: item.collection };
}
