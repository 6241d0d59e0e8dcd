import type { FastifyInstance } from 'fastify';
import { verifyCheckpoints } from '../../../log/audit-checkpoint.ts';
import { auditInWords } from '../../../log/audit-in-words.ts';
import { auditEvents } from '../../../store/ground/audit-events.ts';
import { listNewest, listOldest } from '../../answers/audit-pages.ts';
import { checkpointBody } from '../../answers/bodies.ts';
import type { ApiDeps } from '../../ports/port.ts';
import { foreignCursor, pageOf } from '../../answers/request.ts';
import { problem } from '../../answers/problem.ts';
import { send } from '../../answers/send.ts';
import type { AuditVerifyBody } from '../../types/audit.ts';

export function auditRoutes(api: FastifyInstance, deps: Pick<ApiDeps, 'replica' | 'store'>): void {
  api.get('/v1/audit', async (request, reply) => {
    const page = pageOf(request);
    if (!page.ok) {
      return send(reply, page.error);
    }
    const { order = 'oldest' } = request.query as { order?: string };
    if (order !== 'oldest' && order !== 'newest') {
      return send(reply, problem(400, 'order is oldest or newest: which events come first.'));
    }
    const { cursor, limit } = page.value;
    const at = Number(cursor ?? (order === 'oldest' ? 0 : deps.store.audit.head().count));
    if (!Number.isSafeInteger(at) || at < 0) {
      return send(reply, foreignCursor);
    }
    return order === 'oldest' ? listOldest(deps, at, limit) : listNewest(deps, at, limit);
  });

  api.get('/v1/audit/verify', async () => verify(deps));
}

function verify({ store, replica }: Pick<ApiDeps, 'replica' | 'store'>): AuditVerifyBody {
  const checkpoints = replica.auditCheckpoints();
  const checkpoint = checkpoints.map(checkpointBody).at(-1) ?? null;
  const verified = verifyCheckpoints(auditEvents(store.audit), store.audit.head(), checkpoints);
  if (!verified.ok) {
    return {
      valid: false,
      events: store.audit.head().count,
      head: store.audit.head().head,
      reasonCode: verified.error.reasonCode,
      detail: verified.error.detail ?? null,
      message: `${verified.error.message} See what can be mended with: sourcesync store rebuild`,
      checkpoint,
    };
  }
  const { count, head } = verified.value;
  const signed = checkpoint === null ? 'none signed yet' : `the first ${checkpoint.n} signed at ${checkpoint.at}`;
  const message = `${auditInWords(store.audit)}; ${signed}.`;
  return { valid: true, events: count, head, reasonCode: null, detail: null, message, checkpoint };
}
