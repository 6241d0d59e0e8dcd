import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ChangeId, parseChangeId } from '../../../base/ids.ts';
import { type Result, err, ok } from '../../../base/result.ts';
import { type Refusal, reasonText } from '../../../contract/verdict.ts';
import { type Proof, textFromProof } from '../../../log/read-proof.ts';
import type { ApiDeps } from '../../ports/port.ts';
import { type Problem, problem } from '../../answers/problem.ts';
import { type RecordAddress, addressOf } from '../../answers/request.ts';
import { send } from '../../answers/send.ts';

const positionPattern = /^[1-9]\d{0,9}$/;

/** Proofs that hold without this daemon; each answer is the text of a proof file. */
export function proofRoutes(api: FastifyInstance, deps: Pick<ApiDeps, 'replica' | 'store'>): void {
  api.get('/v1/collections/:c/records/:id/proof', async (request, reply) => {
    const address = addressOf(request);
    const changeId = address.ok ? changeToProve(deps, address.value, request) : address;
    return changeId.ok ? sendProof(reply, deps.replica.proveChange(changeId.value)) : send(reply, changeId.error);
  });
  api.get('/v1/audit/prove/:id', async (request, reply) => {
    const { id } = request.params as { id: string };
    const proof = deps.replica.proveEvent(positionPattern.test(id) ? Number(id) : id);
    return proof === undefined
      ? send(reply, problem(404, 'There is no such audit event here. See: sourcesync audit ls'))
      : sendProof(reply, proof);
  });
  api.get('/v1/audit/consistency', async (request, reply) => {
    const kept = deps.replica.auditCheckpoints().map(({ n }) => n);
    const { from, to = kept.at(-1) } = request.query as { from?: string; to?: string };
    const proof = deps.replica.proveConsistency(Number(from), Number(to));
    const counts = kept.length === 0 ? 'none yet' : kept.join(', ');
    return proof === undefined
      ? send(reply, problem(404, `from and to name kept checkpoints, the earlier one first. There are: ${counts}.`))
      : sendProof(reply, proof);
  });
}

/** The change that `?change=` names, where it is one of this record; else the one that made the record what it is. */
function changeToProve(
  { store }: Pick<ApiDeps, 'store'>,
  address: RecordAddress,
  request: FastifyRequest,
): Result<ChangeId, Problem> {
  const { collection, id } = address;
  const { change } = request.query as { change?: unknown };
  if (change !== undefined) {
    const changeId = typeof change === 'string' ? parseChangeId(change) : undefined;
    const row = changeId && store.history.get(changeId);
    return row !== undefined && row.collection === collection && row.recordId === id
      ? ok(row.changeId)
      : err(problem(404, `${collection}/${id} has no change with this hash. See: sourcesync records history`));
  }
  const row = store.records.get(collection, id);
  if (row === 'damaged') {
    return err(problem(409, 'The stored record is damaged. Name one of its changes instead: --change HASH'));
  }
  return row === undefined || row.state === 'absent'
    ? err(problem(404, `No version of ${collection}/${id} is in force in the log of this device.`))
    : ok(row.version);
}

async function sendProof(reply: FastifyReply, proof: Result<Proof, Refusal>): Promise<unknown> {
  const text = proof.ok ? textFromProof(proof.value) : proof;
  return text.ok
    ? reply.type('application/json; charset=utf-8').send(text.value)
    : send(reply, problem(409, text.error.message, { reasonCode: reasonText(text.error) }));
}
