import type { FastifyInstance, FastifyRequest } from 'fastify';
import { refuseCollection } from './gate/gate.ts';
import { createGuardedApi } from './gate/guarded-api.ts';
import type { ApiDeps } from './ports/port.ts';
import { refuseByPolicy } from './gate/policy-gate.ts';
import { guardPrivileged } from './gate/privileged.ts';
import { problem } from './answers/problem.ts';
import { send } from './answers/send.ts';
import { createLiveChannel } from './live/live-channel.ts';
import { auditRoutes } from './routes/audit.ts';
import { channelRoutes } from './routes/channel.ts';
import { clientRoutes } from './routes/clients.ts';
import { deviceRoutes } from './routes/devices.ts';
import { documentRoutes } from './routes/documents.ts';
import { engineRoutes } from './routes/engines.ts';
import { eventRoutes } from './routes/events.ts';
import { explainRoutes } from './routes/explain.ts';
import { leaseRoutes } from './routes/leases.ts';
import { liveRoutes } from './routes/live.ts';
import { linkRoutes } from './routes/links.ts';
import { membershipRoutes } from './routes/membership.ts';
import { ownerRoutes } from './routes/owners.ts';
import { peopleRoutes } from './routes/people.ts';
import { permissionRoutes } from './routes/permissions.ts';
import { placeRoutes } from './routes/places.ts';
import { policyRoutes } from './routes/policy.ts';
import { proofRoutes } from './routes/proofs.ts';
import { quarantineRoutes } from './routes/quarantine.ts';
import { recordRoutes } from './routes/records.ts';
import { referenceRoutes } from './routes/references.ts';
import { reviewRoutes } from './routes/reviews.ts';
import { restoreRoutes } from './routes/restore.ts';
import { rollbackRoutes } from './routes/rollback.ts';
import { secretRoutes } from './routes/secrets.ts';
import { storeRoutes } from './routes/store.ts';
import { syncRoutes } from './routes/sync.ts';
import { systemRoutes } from './routes/system.ts';

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
    explainRoutes,
    leaseRoutes,
    linkRoutes,
    placeRoutes,
    membershipRoutes,
    ownerRoutes,
    peopleRoutes,
    policyRoutes,
    permissionRoutes,
    proofRoutes,
    quarantineRoutes,
    recordRoutes,
    referenceRoutes,
    reviewRoutes,
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
