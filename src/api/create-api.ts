import { timingSafeEqual } from 'node:crypto';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { utf8 } from '../base/bytes.ts';
import { sha256 } from '../crypto/hash.ts';
import type { ApiDeps } from './port.ts';
import { type Problem, problem } from './problem.ts';
import { send } from './send.ts';
import { auditRoutes } from './routes/audit.ts';
import { deviceRoutes } from './routes/devices.ts';
import { engineRoutes } from './routes/engines.ts';
import { eventRoutes } from './routes/events.ts';
import { explainRoutes } from './routes/explain.ts';
import { linkRoutes } from './routes/links.ts';
import { quarantineRoutes } from './routes/quarantine.ts';
import { recordRoutes } from './routes/records.ts';
import { reviewRoutes } from './routes/reviews.ts';
import { syncRoutes } from './routes/sync.ts';
import { systemRoutes } from './routes/system.ts';

const bodyLimitBytes = 16 * 1024 * 1024;
const openPaths: ReadonlySet<string> = new Set(['/healthz', '/readyz']);
const servedHosts: ReadonlySet<string> = new Set(['localhost', 'sourcesync']);

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
        refuseStranger(deps, request) ??
          problem(error.statusCode ?? 400, 'The address of the request cannot be read, or is too long.'),
      );
    },
  });
  api.removeContentTypeParser('text/plain');
  api.addHook('onRequest', async (request, reply) => {
    const refused = refuseStranger(deps, request);
    if (refused !== undefined) {
      await send(reply, refused);
    }
  });
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
  for (const routes of [
    auditRoutes,
    deviceRoutes,
    engineRoutes,
    eventRoutes,
    explainRoutes,
    linkRoutes,
    quarantineRoutes,
    recordRoutes,
    reviewRoutes,
    syncRoutes,
    systemRoutes,
  ]) {
    routes(api, deps);
  }
  return api;
}

function refuseStranger(deps: ApiDeps, request: FastifyRequest): Problem | undefined {
  const { host, origin, authorization } = request.headers;
  if (!servedHosts.has((host ?? '').replace(/:\d+$/, ''))) {
    return problem(421, 'Use the host name localhost.');
  }
  if (origin !== undefined) {
    return problem(403, 'Web pages of other origins may not call this API.');
  }
  if (openPaths.has(pathOf(request))) {
    return undefined;
  }
  const [scheme, token] = (authorization ?? '').split(' ');
  const matches = scheme === 'Bearer' && token !== undefined && sameSecret(token, deps.token);
  return matches ? undefined : problem(401, 'Send the token of this home as: Authorization: Bearer TOKEN');
}

function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(sha256(utf8(given)), sha256(utf8(expected)));
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] as string;
}
