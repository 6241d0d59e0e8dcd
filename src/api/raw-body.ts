import type { FastifyInstance, FastifyRequest } from 'fastify';

const bodies = new WeakMap<FastifyRequest, Uint8Array>();

/** Reads JSON as before, and keeps the exact bytes of a body that came with this header: a signature is over them. */
export function keepSignedBodies(api: FastifyInstance, header: string): void {
  const parse = api.getDefaultJsonParser('error', 'error');
  api.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (request.headers[header] !== undefined) {
      bodies.set(request, body);
    }
    return parse(request, body.toString('utf8'), done);
  });
}

/** Empty for a request without a body. */
export function rawBodyOf(request: FastifyRequest): Uint8Array {
  return bodies.get(request) ?? new Uint8Array(0);
}
