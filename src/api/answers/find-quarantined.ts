import type { FastifyRequest } from 'fastify';
import type { QuarantineItem } from '../../contract/review.ts';
import type { ApiDeps } from '../ports/port.ts';
import { resolvePrefix } from './resolve-prefix.ts';

export function findQuarantined(deps: Pick<ApiDeps, 'store'>, request: FastifyRequest): QuarantineItem | undefined {
  const { id } = request.params as { id: string };
  return deps.store.quarantine.get(id) ?? resolvePrefix(id, (page) => deps.store.quarantine.listHeld(page));
}
