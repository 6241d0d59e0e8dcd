import type { FastifyRequest } from 'fastify';
import type { Reader } from '../../replica/past/references.ts';
import { callerOf } from './gate.ts';

/** Who asks, as what it may read: a client of some collections learns nothing about the others. */
export function readerOf(request: FastifyRequest): Reader {
  const caller = callerOf(request);
  const collections = caller?.kind === 'client' ? caller.client.collections : 'all';
  return { mayRead: (collection) => collections === 'all' || collections.includes(collection) };
}
