import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { allowOrigin, isPreflight, refuseCaller, refuseCollection, refusePlace } from './gate.ts';
import type { ApiDeps } from './port.ts';
import { guardPrivileged } from './privileged.ts';
import { problem } from './problem.ts';
import { send } from './send.ts';
import { auditRoutes } from './routes/audit.ts';
import { channelRoutes } from './routes/channel.ts';
import { clientRoutes } from './routes/clients.ts';
import { deviceRoutes } from './routes/devices.ts';
import { engineRoutes } from './routes/engines.ts';
import { eventRoutes } from './routes/events.ts';
import { explainRoutes } from './routes/explain.ts';
import { linkRoutes } from './routes/links.ts';
import { membershipRoutes } from './routes/membership.ts';
import { proofRoutes } from './routes/proofs.ts';
import { quarantineRoutes } from './routes/quarantine.ts';
import { recordRoutes } from './routes/records.ts';
import { reviewRoutes } from './routes/reviews.ts';
import { storeRoutes } from './routes/store.ts';
import { syncRoutes } from './routes/sync.ts';
import { systemRoutes } from './routes/system.ts';

const bodyLimitBytes = 16 * 1024 * 1024;
/** For the page of an active client; see the gate. */
const preflightHeaders = {
  'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers': 'authorization, content-type, if-match, if-none-match, sourcesync-envelope',
  vary: 'Origin',
};

/** The local API, not yet listening. Every answer is JSON, every error a problem document. */
export function createApi(deps: ApiDeps): FastifyInstance {
  const api = fastify({
    bodyLimit: bodyLimitBytes,
    routerOptions: { maxParamLength: 2048 },
    forceCloseConnections: true,
    // An address that cannot be decoded never reaches the hooks, and is judged here as they would.
    frameworkErrors(error, request, reply) {
      void send(
        reply,
        refusePlace(deps, request) ??
          refuseCaller(deps, request) ??
          problem(error.statusCode ?? 400, 'The address of the request cannot be read, or is too long.'),
      );
    },
  });
  api.removeContentTypeParser('text/plain');
  guard(api, deps);
  guardPrivileged(api, deps);
  api.setErrorHandler(async (error: { statusCode?: number; message: string }, _request, reply) => {
    const status = error.statusCode ?? 500;
    // The message of an unexpected error may quote content, so it stays in the process.
    await send(
      reply,
      problem(status, status < 500 ? error.message : 'The daemon could not finish this request. See its log.'),
    );
    if (status >= 500) {
      deps.onInternalError(error);
    }
  });
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
    engineRoutes,
    eventRoutes,
    explainRoutes,
    linkRoutes,
    membershipRoutes,
    proofRoutes,
    quarantineRoutes,
    recordRoutes,
    reviewRoutes,
    storeRoutes,
    syncRoutes,
    systemRoutes,
  ]) {
    routes(api, deps);
  }
}

/** Every request passes here first, those that no route answers too. */
function guard(api: FastifyInstance, deps: ApiDeps): void {
  api.addHook('onRequest', async (request, reply) => {
    const elsewhere = refusePlace(deps, request);
    if (elsewhere !== undefined) {
      await send(reply, elsewhere);
      return;
    }
    if (isPreflight(request)) {
      await reply
        .code(204)
        .headers({ ...preflightHeaders, 'access-control-allow-origin': request.headers.origin })
        .send();
      return;
    }
    const refused = refuseCaller(deps, request);
    allowOrigin(request, reply);
    if (refused !== undefined) {
      await send(reply, refused);
    }
  });
  api.addHook('preHandler', async (request, reply) => {
    const refused = refuseCollection(deps, request);
    if (refused !== undefined) {
      await send(reply, refused);
    }
  });
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] as string;
}
