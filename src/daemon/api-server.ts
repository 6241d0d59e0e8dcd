import { chmodSync, existsSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { type IncomingMessage, createServer } from 'node:http';
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { dirname } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { routeUpgrade } from '../api/upgrade.ts';

// As long as Fastify keeps a connection that is not used: clients reuse theirs.
const keepAliveMs = 72_000;

/** The one server of a daemon's socket; which API a request goes to is asked anew for each. */
export interface ApiServer {
  /** False when somebody answers at the socket already. The socket is the owner's alone, as is its folder. */
  listen(socket: string): Promise<boolean>;
  /** Takes no more requests; resolves once every WebSocket has ended too, which is for the API that holds them to do. */
  close(): Promise<void>;
}

/** The API that `choose` names is ready (`await api.ready()`) before it is named. */
export function createApiServer(choose: (request: IncomingMessage) => FastifyInstance): ApiServer {
  const server = createServer({ keepAliveTimeout: keepAliveMs, requestTimeout: 0 }, (request, response) => {
    choose(request).routing(request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    routeUpgrade(choose(request), request, { socket: socket as Socket, head });
  });
  return {
    async listen(socket) {
      const folder = dirname(socket);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      chmodSync(folder, 0o700);
      if (existsSync(socket) && lstatSync(socket).isSocket()) {
        if (await isAnswered(socket)) {
          return false;
        }
        // Nobody listens: it is left from a daemon that was killed.
        rmSync(socket);
      }
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ path: socket }, resolve);
      });
      chmodSync(socket, 0o600);
      return true;
    },
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      });
    },
  };
}

async function isAnswered(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const attempt = createConnection({ path: socket });
    attempt.once('connect', () => {
      attempt.destroy();
      resolve(true);
    });
    attempt.once('error', () => {
      resolve(false);
    });
  });
}
