import type { FastifyReply } from 'fastify';
import type { Problem } from './problem.ts';

/** Answers with a problem document. */
export async function send(reply: FastifyReply, { status, body }: Problem): Promise<FastifyReply> {
  return reply.code(status).header('content-type', 'application/problem+json').send(body);
}
