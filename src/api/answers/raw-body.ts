import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseExact } from '../../base/parse-exact.ts';

/** Header that carries the envelope of a privileged call: base64url of its canonical JSON. */
export const envelopeHeader = 'sourcesync-envelope';

const bodies = new WeakMap<FastifyRequest, Uint8Array>();

/** Reads JSON exactly or not at all, and keeps the bytes of a body that comes with an envelope: it signs over them. */
export function readJsonBodies(api: FastifyInstance): void {
  api.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (request.headers[envelopeHeader] !== undefined) {
      bodies.set(request, body);
    }
    if (body.length === 0) {
      done(badRequest('The body is empty. Send {} where nothing is to be said, or no content type.'));
      return;
    }
    const parsed = parseExact(body);
    if (parsed.ok) {
      done(null, parsed.value);
    } else {
      done(badRequest(`The body is not taken, and nothing was done. ${parsed.error}`));
    }
  });
}

/** Empty for a request without a body. */
export function rawBodyOf(request: FastifyRequest): Uint8Array {
  return bodies.get(request) ?? new Uint8Array(0);
}

function badRequest(message: string): Error {
  return Object.assign(new Error(message), { statusCode: 400 });
}
