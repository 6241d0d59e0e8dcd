import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Reader } from '../../replica/references.ts';
import { rowDamaged } from '../../replica/row-damaged.ts';
import { callerOf } from '../gate.ts';
import type { ApiDeps } from '../port.ts';
import { problem, problemOfRefusal } from '../problem.ts';
import { addressOf } from '../request.ts';
import { send } from '../send.ts';
import type { ReferencesBody } from '../types/references.ts';

export function referenceRoutes(api: FastifyInstance, deps: ApiDeps): void {
  api.get('/v1/collections/:c/records/:id/references', async (request, reply) => {
    const address = addressOf(request);
    if (!address.ok) {
      return send(reply, address.error);
    }
    const { collection, id } = address.value;
    const row = deps.store.records.get(collection, id);
    if (row === 'damaged') {
      deps.storeCare.noticed(collection, id);
      return send(reply, problemOfRefusal({ kind: 'damaged', message: rowDamaged.message }));
    }
    const references = row === undefined ? undefined : deps.replica.references(row, readerOf(request));
    if (references === undefined) {
      return send(reply, problem(404, `There is no live record ${id} in ${collection}.`));
    }
    const items = references.map(({ required, ...rest }) => ({
      ...rest,
      policy: required ? ('required' as const) : ('optional' as const),
    }));
    const body: ReferencesBody = { collection, id, items, satisfied: !items.some(({ fatal }) => fatal) };
    return body;
  });
}

/** A client of some collections learns nothing about the others. */
function readerOf(request: FastifyRequest): Reader {
  const caller = callerOf(request);
  const collections = caller?.kind === 'client' ? caller.client.collections : 'all';
  return { mayRead: (collection) => collections === 'all' || collections.includes(collection) };
}
