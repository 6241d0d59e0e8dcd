import type { FastifyInstance } from 'fastify';
import type { AuditEvent } from '../../contract/audit.ts';
import { verifyCheckpoints } from '../../log/audit-checkpoint.ts';
import { auditInWords } from '../../log/audit-in-words.ts';
import { auditEvents } from '../../store/ground/audit-events.ts';
import { checkpointBody } from '../answers/bodies.ts';
import type { ApiDeps } from '../ports/port.ts';
import { foreignCursor, pageOf } from '../answers/request.ts';
import { send } from '../answers/send.ts';
import type { AuditBody, AuditVerifyBody } from '../types/audit.ts';

export function auditRoutes(api: FastifyInstance, deps: Pick<ApiDeps, 'replica' | 'store'>): void {
  api.get('/v1/audit', async (request, reply) => {
    const page = pageOf(request);
    if (!page.ok) {
      return send(reply, page.error);
    }
    const from = Number(page.value.cursor ?? 0);
    return Number.isSafeInteger(from) && from >= 0 ? list(deps, from, page.value.limit) : send(reply, foreignCursor);
  });

  api.get('/v1/audit/verify', async () => verify(deps));
}

function list({ store }: Pick<ApiDeps, 'store'>, from: number, limit: number): AuditBody {
  const rows = store.audit.read(from, limit);
  const next = from + rows.length;
  return {
    items: rows.filter((row): row is AuditEvent => typeof row !== 'string'),
    nextCursor: next < store.audit.head().count ? String(next) : null,
  };
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
