import { mkdirSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { type Result, err, ok } from '../base/result.ts';
import { maximumFrameBytes } from '../sync/limits.ts';
import { type ListenAddress, isLoopback, originsOf, urlOf } from './addresses.ts';
import { answerPage } from './http-pages.ts';
import { type MailboxStats, createMailbox } from './mailbox.ts';
import { type RelayPolicy, openPolicy, defaultPolicy } from './policy.ts';
import type { RelayStore } from './port.ts';
import { type RelayLog, createSockets } from './sockets.ts';
import { createSqliteRelayStore } from './sqlite/create-sqlite-relay-store.ts';

export interface RelayOptions {
  /** Port 0 takes a free one. */
  readonly listen: ListenAddress;
  /** Folder of the store; or a store that is open already, which is not closed here. */
  readonly dataDir?: string;
  readonly store?: RelayStore;
  /** Anyone may found a scope. Left out: exactly when the relay listens on loopback alone. */
  readonly open?: boolean;
  /** Addresses by which devices reach it through a proxy or a name, beside the one it listens on. */
  readonly publicUrls?: readonly string[];
  readonly policy?: Partial<RelayPolicy>;
  readonly log?: RelayLog;
}

export interface RelayStats extends MailboxStats {
  /** Connections ended by the relay. */
  readonly cut: number;
  readonly storeFailures: number;
}

export interface RunningRelay {
  readonly url: string;
  stats(): RelayStats;
  /** Keeps what arrived, says goodbye, frees port and store. */
  close(): Promise<void>;
}

/** Why a relay did not start; the message is for the operator. */
export interface RelayStartFault {
  readonly kind: 'port_in_use' | 'address' | 'store';
  readonly message: string;
}

const tickIntervalMs = 1000;
const closingGraceMs = 1500;

/** Starts a relay: WebSocket for devices, /healthz and /metrics for its operator. */
export async function startRelay(options: RelayOptions): Promise<Result<RunningRelay, RelayStartFault>> {
  const opened = openStore(options);
  if (!opened.ok) {
    return opened;
  }
  const { store, isOurs } = opened.value;
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000, maxHeaderSize: 8192 });
  const bound = await listen(server, options.listen);
  if (!bound.ok) {
    if (isOurs) {
      store.close();
    }
    return bound;
  }
  return ok(run(server, { host: options.listen.host, port: bound.value }, store, isOurs, options));
}

function run(
  server: Server,
  address: ListenAddress,
  store: RelayStore,
  isOurs: boolean,
  options: RelayOptions,
): RunningRelay {
  const isOpen = options.open ?? isLoopback(address.host);
  const policy = { ...(isOpen ? openPolicy : defaultPolicy), ...options.policy };
  const mailbox = createMailbox({ store, origins: originsOf(address, options.publicUrls ?? []), policy });
  const sockets = createSockets(mailbox, options.log ?? (() => undefined));
  const webSockets = new WebSocketServer({
    server,
    perMessageDeflate: false,
    maxPayload: maximumFrameBytes,
    clientTracking: false,
  });
  webSockets.on('connection', (socket) => sockets.accept(socket));
  const stats = (): RelayStats => ({ ...mailbox.stats, cut: sockets.cut, storeFailures: sockets.storeFailures });
  server.on('request', (request, response) => answerPage(request, response, stats));
  const ticker = setInterval(() => sockets.tick(), tickIntervalMs);

  return {
    url: urlOf(address),
    stats,
    async close() {
      clearInterval(ticker);
      sockets.closeAll();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const impatience = setTimeout(() => server.closeAllConnections(), closingGraceMs);
      await closed;
      clearTimeout(impatience);
      if (isOurs) {
        store.close();
      }
    },
  };
}

function openStore(options: RelayOptions): Result<{ store: RelayStore; isOurs: boolean }, RelayStartFault> {
  if (options.store !== undefined) {
    return ok({ store: options.store, isOurs: false });
  }
  if (options.dataDir === undefined) {
    return err({ kind: 'store', message: 'a relay needs a folder for its data: give it one' });
  }
  try {
    mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return err({ kind: 'store', message: `the relay's folder cannot be made: ${reason}` });
  }
  const opened = createSqliteRelayStore(join(options.dataDir, 'relay.sqlite'));
  return opened.ok ? ok({ store: opened.value, isOurs: true }) : err({ kind: 'store', message: opened.error.message });
}

/** The port that was bound. */
async function listen(server: Server, address: ListenAddress): Promise<Result<number, RelayStartFault>> {
  return new Promise((resolve) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const isTaken = cause.code === 'EADDRINUSE';
      const at = `${address.host}:${address.port}`;
      const message = isTaken
        ? `${at} is in use by another program, perhaps another relay: stop it or choose another port`
        : `the relay cannot listen on ${at}: ${cause.message}`;
      resolve(err({ kind: isTaken ? 'port_in_use' : 'address', message }));
    });
    server.listen(address.port, address.host, () => {
      const bound = server.address();
      resolve(ok(typeof bound === 'object' && bound !== null ? bound.port : address.port));
    });
  });
}
