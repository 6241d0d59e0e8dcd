import { chmodSync, existsSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { type IncomingMessage, type Server, createServer } from 'node:http';
import type { Socket } from 'node:net';
import { dirname } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { routeUpgrade } from '../../api/answers/upgrade.ts';
import { isAnswered } from '../ground/is-answered.ts';

// As long as Fastify keeps a connection that is not used: clients reuse theirs.
const keepAliveMs = 72_000;

/** How long a request may take to arrive: its head, and all of it. Answers may take as long as they need. */
export interface ArrivalTimes {
  readonly headMs: number;
  readonly wholeMs: number;
}

const patience: ArrivalTimes = { headMs: 20_000, wholeMs: 60_000 };
const looksPerHead = 4;

/** The one server of a daemon's socket; which API a request goes to is asked anew for each. */
export interface ApiServer {
  /** False when somebody answers at the socket already. The socket is the owner's alone, as is its folder. */
  listen(socket: string): Promise<boolean>;
  /**
   * Listens again where the file of the socket is gone, or another one: whoever cleaned it away left a daemon that nobody
   * can reach. `taken`: somebody else answers there.
   */
  restore(): Promise<'kept' | 'restored' | 'taken'>;
  /** Takes no more requests; resolves once every WebSocket has ended too, which is for the API that holds them to do. */
  close(): Promise<void>;
}

/** The API that `choose` names is ready (`await api.ready()`) before it is named. */
export function createApiServer(
  choose: (request: IncomingMessage) => FastifyInstance,
  { headMs, wholeMs }: ArrivalTimes = patience,
): ApiServer {
  const times = {
    ...{ keepAliveTimeout: keepAliveMs, headersTimeout: headMs, requestTimeout: wholeMs },
    connectionsCheckingInterval: headMs / looksPerHead,
  };
  // A connection of one that listened before goes on with it.
  const servers: Server[] = [];
  let at: { readonly socket: string; readonly inode: number } | undefined;

  async function open(socket: string): Promise<boolean> {
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
    const server = createServer(times, (request, response) => {
      choose(request).routing(request, response);
    });
    server.on('upgrade', (request, upgraded, head) => {
      routeUpgrade(choose(request), request, { socket: upgraded as Socket, head });
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ path: socket }, resolve);
    });
    servers.push(server);
    chmodSync(socket, 0o600);
    at = { socket, inode: lstatSync(socket).ino };
    return true;
  }

  return {
    listen: open,
    async restore() {
      if (at === undefined || inodeAt(at.socket) === at.inode) {
        return 'kept';
      }
      return (await open(at.socket)) ? 'restored' : 'taken';
    },
    async close() {
      at = undefined;
      await Promise.all(servers.map(closed));
    },
  };
}

async function closed(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}

function inodeAt(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.ino;
}
