import fastify, { type FastifyInstance } from 'fastify';
import { type GateDeps, allowOrigin, isPreflight, refuseCaller, refusePlace } from './gate.ts';
import type { ApiDeps } from '../ports/port.ts';
import { storeFailureOf, troubleOf } from '../../store/ground/failure.ts';
import { problem, problemOfStore } from '../answers/problem.ts';
import { envelopeHeader, readJsonBodies } from '../answers/raw-body.ts';
import { send } from '../answers/send.ts';

const bodyLimitBytes = 16 * 1024 * 1024;
/** For the page of an active client; see the gate. */
const preflightHeaders = {
  'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers': `authorization, content-type, if-match, if-none-match, ${envelopeHeader}`,
  vary: 'Origin',
};

/** An API without routes that lets in whom the gate lets in, and whose every error is a problem document. */
export function createGuardedApi(deps: GateDeps & Pick<ApiDeps, 'onInternalError'>): FastifyInstance {
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
  readJsonBodies(api);
  guard(api, deps);
  api.setErrorHandler(async (error: { statusCode?: number; message: string }, _request, reply) => {
    const status = error.statusCode ?? 500;
    const failure = storeFailureOf(error);
    // The message of an unexpected error may quote content, so it stays in the process.
    const words = status < 500 ? error.message : 'The daemon could not finish this request. See its log.';
    await send(reply, failure === undefined ? problem(status, words) : problemOfStore(failure, troubleOf(error)));
    if (status >= 500) {
      deps.onInternalError(error);
    }
  });
  return api;
}

/** Every request passes here first, those that no route answers too. */
function guard(api: FastifyInstance, deps: GateDeps): void {
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
}
