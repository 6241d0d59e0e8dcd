import type { FastifyInstance, FastifyRequest } from 'fastify';
import { refuseCollection } from './gate/gate.ts';
import { createGuardedApi } from './gate/guarded-api.ts';
import type { ApiDeps } from './ports/port.ts';
import { refuseByPolicy } from './gate/policy-gate.ts';
import { guardPrivileged } from './gate/privileged.ts';
import { problem } from './answers/problem.ts';
import { send } from './answers/send.ts';
import { createLiveChannel } from './live/live-channel.ts';
import { auditRoutes } from './routes/device/audit.ts';
import { noticeRoutes } from './routes/machine/notices.ts';
import { channelRoutes } from './routes/device/channel.ts';
import { clientRoutes } from './routes/decisions/clients.ts';
import { deviceRoutes } from './routes/device/devices.ts';
import { documentRoutes } from './routes/records/documents.ts';
import { engineRoutes } from './routes/device/engines.ts';
import { exportRoutes } from './routes/records/export.ts';
import { eventRoutes } from './routes/device/events.ts';
import { explainRoutes } from './routes/records/explain.ts';
import { leaseRoutes } from './routes/decisions/leases.ts';
import { liveRoutes } from './routes/records/live.ts';
import { linkRoutes } from './routes/device/links.ts';
import { membershipRoutes } from './routes/device/membership.ts';
import { ownerRoutes } from './routes/records/owners.ts';
import { pageRoutes } from './routes/device/page.ts';
import { peopleRoutes } from './routes/device/people.ts';
import { permissionRoutes } from './routes/decisions/permissions.ts';
import { placeRoutes } from './routes/device/places.ts';
import { policyRoutes } from './routes/decisions/policy.ts';
import { proofRoutes } from './routes/records/proofs.ts';
import { quarantineRoutes } from './routes/decisions/quarantine.ts';
import { recordRoutes } from './routes/records/records.ts';
import { referenceRoutes } from './routes/records/references.ts';
import { bulkReviewRoutes } from './routes/decisions/bulk-reviews.ts';
import { reviewRoutes } from './routes/decisions/reviews.ts';
import { restoreRoutes } from './routes/records/restore.ts';
import { rollbackRoutes } from './routes/records/rollback.ts';
import { secretRoutes } from './routes/decisions/secrets.ts';
import { storeRoutes } from './routes/device/store.ts';
import { syncRoutes } from './routes/device/sync.ts';
import { systemRoutes } from './routes/device/system.ts';

/** The local API, not yet listening. Every answer is JSON, every error a problem document. */
export function createApi(deps: ApiDeps): FastifyInstance {
  const api = createGuardedApi(deps);
  api.addHook('preHandler', async (request, reply) => {
    const refused = refuseCollection(deps, request) ?? refuseByPolicy(deps, request);
    if (refused !== undefined) {
      await send(reply, refused);
    }
  });
  guardPrivileged(api, deps);
  api.setNotFoundHandler(async (request, reply) => {
    const known = request.url.startsWith('/v1/');
    await send(
      reply,
      known
        ? problem(501, `${request.method} ${pathOf(request)} is not provided by this build.`, {
            type: 'capability_not_provided',
          })
        : problem(404, `There is nothing at ${pathOf(request)}.`),
    );
  });
  registerRoutes(api, deps);
  return api;
}

/** Every route of the API; what each asks of its caller stands in the table of route-access. */
export function registerRoutes(api: FastifyInstance, deps: ApiDeps): void {
  for (const routes of [
    auditRoutes,
    channelRoutes,
    clientRoutes,
    deviceRoutes,
    documentRoutes,
    engineRoutes,
    eventRoutes,
    exportRoutes,
    explainRoutes,
    leaseRoutes,
    linkRoutes,
    placeRoutes,
    membershipRoutes,
    noticeRoutes,
    ownerRoutes,
    pageRoutes,
    peopleRoutes,
    policyRoutes,
    permissionRoutes,
    proofRoutes,
    quarantineRoutes,
    recordRoutes,
    referenceRoutes,
    reviewRoutes,
    bulkReviewRoutes,
    restoreRoutes,
    rollbackRoutes,
    secretRoutes,
    storeRoutes,
    syncRoutes,
    systemRoutes,
  ]) {
    routes(api, deps);
  }
  liveRoutes(api, createLiveChannel(deps), deps);
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] as string;
}
