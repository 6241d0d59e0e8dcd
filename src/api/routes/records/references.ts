import type { FastifyInstance } from 'fastify';
import type { ResolvedReference } from '../../../merge/values/references.ts';
import { rowDamaged } from '../../../replica/names/row-damaged.ts';
import type { ApiDeps } from '../../ports/port.ts';
import { problem, problemOfRefusal } from '../../answers/problem.ts';
import { readerOf } from '../../gate/reader.ts';
import { addressOf } from '../../answers/request.ts';
import { send } from '../../answers/send.ts';
import type { ReferenceBody, ReferencesBody } from '../../types/references.ts';

export function referenceRoutes(api: FastifyInstance, deps: Pick<ApiDeps, 'replica' | 'store' | 'storeCare'>): void {
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
    const items = references.map(referenceBody);
    const body: ReferencesBody = { collection, id, items, satisfied: !items.some(({ fatal }) => fatal) };
    return body;
  });
}

function referenceBody({ required, wants, ...rest }: ResolvedReference): ReferenceBody {
  return {
    ...rest,
    policy: required ? 'required' : 'optional',
    ...(wants?.version === undefined ? {} : { version: wants.version.text }),
    ...(wants?.kind === undefined ? {} : { kind: wants.kind }),
  };
}
