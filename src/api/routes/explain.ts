import type { FastifyInstance } from 'fastify';
import { parseChangeId } from '../../base/ids.ts';
import { timeText } from '../bodies.ts';
import type { Explanation } from '../../replica/port.ts';
import type { ApiDeps } from '../port.ts';
import { problem } from '../problem.ts';
import { addressOf } from '../request.ts';
import { send } from '../send.ts';
import type { ExplainBody, ExplainedChangeBody } from '../types.ts';

const explainedChanges = 20;

export function explainRoutes(api: FastifyInstance, deps: ApiDeps): void {
  api.get('/v1/collections/:c/records/:id/explain', async (request, reply) => {
    const address = addressOf(request);
    if (!address.ok) {
      return send(reply, address.error);
    }
    const { collection, id } = address.value;
    const binding = deps.bindings.ofCollection(collection);
    const engine = binding && deps.control.engine(binding.manifest.engineId);
    if (engine === undefined) {
      return send(
        reply,
        problem(404, `No engine serves the collection ${collection}.`, { reasonCode: 'schema_unknown' }),
      );
    }
    const rows = deps.store.history.list(collection, id).slice(-explainedChanges);
    const changes = rows.flatMap((row) => {
      const explanation = deps.replica.explain(row.changeId);
      return explanation === undefined ? [] : [explainedChange(explanation)];
    });
    const why = whyText(engine.state, changes.length, engine.counts.outbox, engine.encryptionScope);
    const body: ExplainBody = { collection, id, ...why, changes };
    return body;
  });

  api.get('/v1/changes/:hash/explain', async (request, reply) => {
    const changeId = parseChangeId((request.params as { hash: string }).hash);
    const explanation = changeId && deps.replica.explain(changeId);
    return explanation === undefined
      ? send(reply, problem(404, 'No change with this hash is in the log of this device.'))
      : explainedChange(explanation);
  });
}

function whyText(state: string, changes: number, outbox: number, scope: string): { synced: boolean; why: string } {
  if (changes === 0) {
    return { synced: false, why: 'No change of this record is in the log of this device.' };
  }
  if (scope === 'device' || scope === 'vault') {
    return { synced: false, why: `Records of scope ${scope} never leave this device.` };
  }
  const current = state === 'engine_current' || state === 'healthy';
  if (current) {
    return {
      synced: true,
      why: 'Every change of it is durable at the relay, and everything known to exist is applied here.',
    };
  }
  return {
    synced: false,
    why: `The engine is in state ${state}${outbox > 0 ? `, and ${outbox} changes are not yet confirmed by the relay` : ''}.`,
  };
}

function explainedChange({ change, disposition, steps, verdict }: Explanation): ExplainedChangeBody {
  return {
    changeId: change.changeId,
    operation: change.operation,
    disposition,
    at: timeText(change.stamp),
    author: change.authorId,
    deviceId: change.deviceId,
    verdict: verdict.verdict,
    reasonCode: 'reasonCode' in verdict ? verdict.reasonCode : null,
    steps,
  };
}
