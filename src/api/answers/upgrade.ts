import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** The socket of a request that asks for another protocol, and what came on it behind the request. */
export interface Upgrade {
  readonly socket: Socket;
  readonly head: Buffer;
}

const upgrades = new WeakMap<IncomingMessage, Upgrade>();

/**
 * Sends a request for a WebSocket through the routes like any other, so that the same gate judges it. A route that
 * opens one takes the socket; every other answers over HTTP, and that ends the connection.
 */
export function routeUpgrade(api: FastifyInstance, request: IncomingMessage, { socket, head }: Upgrade): void {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => {
    socket.end();
  });
  // Whoever goes away in the middle ends nothing but this connection.
  socket.on('error', () => {
    socket.destroy();
  });
  upgrades.set(request, { socket, head });
  api.routing(request, response);
}

/** The socket of the request, which from here on is the caller's; undefined for a request that asks for none. */
export function takeUpgrade(request: FastifyRequest, reply: FastifyReply): Upgrade | undefined {
  const upgrade = upgrades.get(request.raw);
  if (upgrade !== undefined) {
    upgrades.delete(request.raw);
    reply.hijack();
    reply.raw.detachSocket(upgrade.socket);
  }
  return upgrade;
}

export function asksForUpgrade(request: FastifyRequest): boolean {
  return upgrades.has(request.raw);
}
