import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { type Result, err, ok } from '../base/result.ts';
import { type ListenAddress, isLoopback, originsOf, urlOf } from './addresses.ts';
import { type Certificate, type CertificateFiles, type CertificateKeeper, openCertificate } from './certificate.ts';
import { asksForChunks, createChunkChannel } from './chunks/channel.ts';
import { createFileChunks } from './chunks/file-chunks.ts';
import type { ChunkStore } from './chunks/port.ts';
import { diskWords } from './disk-words.ts';
import { type FrontDoor, createFrontDoor } from './door/front-door.ts';
import { RelaySocket, firstFrameLimit } from './door/relay-socket.ts';
import { answerHealth, answerMetrics } from './http-pages.ts';
import { type HttpServer, type ListenFault, type Listening, createHttpServer, listen } from './listen.ts';
import { createMailbox } from './mailbox.ts';
import { type RelayPolicy, type StrangerLimits, openPolicy, defaultPolicy } from './policy.ts';
import type { RelayStore } from './port.ts';
import { type RegistrationTokens, createTokenFolder } from './registration/token-folder.ts';
import { createSockets } from './sockets.ts';
import type { RelayLog } from './sockets/perform.ts';
import { createSqliteRelayStore } from './sqlite/create-sqlite-relay-store.ts';
import type { RelayStats } from './stats.ts';

export interface RelayOptions {
  /** Port 0 takes a free one. */
  readonly listen: ListenAddress;
  /** Folder of the store; or a store that is open already, which is not closed here. */
  readonly dataDir?: string;
  readonly store?: RelayStore;
  /** Where chunks of large files lie; left out, in the same folder. Without both the relay keeps none, and knows no channel for them. */
  readonly chunks?: ChunkStore;
  /** Anyone may found a scope. Left out: exactly when the relay listens on loopback alone and has no other address. */
  readonly open?: boolean;
  /** Serve TLS with this certificate. */
  readonly tls?: CertificateFiles;
  /** Serve /metrics there. */
  readonly metrics?: ListenAddress;
  /** Addresses by which devices reach it through a proxy or a name, beside the one it listens on. */
  readonly publicUrls?: readonly string[];
  readonly policy?: Partial<RelayPolicy>;
  readonly log?: RelayLog;
}

export interface RunningRelay {
  readonly url: string;
  /** Of the certificate that was loaded first; null without TLS. */
  readonly pin: string | null;
  readonly metricsUrl: string | null;
  stats(): RelayStats;
  /** Looks at the certificate's files now instead of within a second. */
  renewCertificate(): void;
  /** Keeps what arrived, says goodbye, frees port and store. */
  close(): Promise<void>;
}

/** Why a relay did not start; the message is for the operator. */
export interface RelayStartFault {
  readonly kind: ListenFault['kind'] | 'store' | 'certificate';
  readonly message: string;
}

/** What a relay runs on, opened and bound. */
interface Ground {
  readonly store: RelayStore;
  readonly tokens: RegistrationTokens | undefined;
  readonly certificate: CertificateKeeper | undefined;
  readonly policy: RelayPolicy;
  readonly main: Main;
  readonly metrics: (Listening & HttpServer) | undefined;
}

/** Where devices come in. */
interface Main extends Listening, HttpServer {
  readonly door: FrontDoor;
  /** Connections that the door ended. */
  readonly dismissed: number;
}

const tickIntervalMs = 1000;
const silent: RelayLog = () => undefined;

/** Starts a relay: WebSocket and /healthz for devices, /metrics on a listener of its own for its operator. */
export async function startRelay(options: RelayOptions): Promise<Result<RunningRelay, RelayStartFault>> {
  const log = options.log ?? silent;
  const certificate = options.tls && openCertificate(options.tls, (message) => log('warn', message));
  if (certificate?.ok === false) {
    return err({ kind: 'certificate', message: certificate.error });
  }
  const opened = openStore(options);
  if (!opened.ok) {
    return opened;
  }
  const { store, isOurs, tokens } = opened.value;
  const giveUp = (fault: ListenFault): Result<never, RelayStartFault> => {
    if (isOurs) {
      store.close();
    }
    return err(fault);
  };
  const policy = policyOf(options);
  const main = await listenForDevices(
    { ...options.listen, proxies: policy.proxies },
    policy,
    certificate?.value.current,
  );
  if (!main.ok) {
    return giveUp(main.error);
  }
  const metrics = options.metrics && (await listenForOperator(options.metrics));
  if (metrics?.ok === false) {
    await main.value.close();
    return giveUp(metrics.error);
  }
  const ground: Ground = {
    ...{ store, tokens, policy, certificate: certificate?.value },
    ...{ main: main.value, metrics: metrics?.value },
  };
  return ok(run(ground, isOurs, options));
}

function policyOf({
  open,
  listen: { host },
  publicUrls = [],
  policy,
}: Pick<RelayOptions, 'listen' | 'open' | 'publicUrls' | 'policy'>): RelayPolicy {
  const isOpen = open ?? (isLoopback(host) && publicUrls.length === 0);
  return { ...(isOpen ? openPolicy : defaultPolicy), ...policy };
}

async function listenForDevices(
  { proxies, ...address }: ListenAddress & Pick<RelayPolicy, 'proxies'>,
  limits: StrangerLimits,
  certificate: Certificate | undefined,
): Promise<Result<Main, ListenFault>> {
  const http = createHttpServer(certificate);
  let dismissed = 0;
  const door = createFrontDoor(http.server, limits, {
    proxies,
    isSecure: certificate !== undefined,
    dismissed() {
      dismissed++;
    },
  });
  const listening = await listen(door.listener, address, door.closeAll);
  return listening.ok
    ? ok({
        ...http,
        ...listening.value,
        door,
        get dismissed() {
          return dismissed;
        },
      })
    : listening;
}

async function listenForOperator(address: ListenAddress): Promise<Result<Listening & HttpServer, ListenFault>> {
  const http = createHttpServer();
  const listening = await listen(http.server, address, () => http.server.closeAllConnections());
  return listening.ok ? ok({ ...http, ...listening.value }) : listening;
}

function run(
  ground: Ground,
  isOurs: boolean,
  options: Pick<RelayOptions, 'dataDir' | 'chunks' | 'publicUrls' | 'log'>,
): RunningRelay {
  const { store, tokens, certificate, policy, main, metrics } = ground;
  const { door } = main;
  const scheme = certificate === undefined ? 'ws' : 'wss';
  const publicUrls = options.publicUrls ?? [];
  const named = certificate?.current.names.map((host) => urlOf(scheme, { ...main.address, host })) ?? [];
  const origins = originsOf(scheme, main.address, [...publicUrls, ...named]);
  const mailbox = createMailbox({ store, origins, policy, ...(tokens === undefined ? {} : { tokens }) });
  const log = options.log ?? silent;
  if (isLoopback(main.address.host) && publicUrls.length > 0 && policy.proxies.length === 0) {
    log('warn', 'everybody behind the proxy counts as one address: name the proxy (relay serve --proxy ADDRESS)');
  }
  const sockets = createSockets(mailbox, log, options.dataDir === undefined ? 'the store' : storePath(options.dataDir));
  const chunks =
    options.chunks ?? (options.dataDir === undefined ? undefined : createFileChunks(chunkPath(options.dataDir)));
  const channel = chunks && createChunkChannel({ chunks, ...{ store, policy, origins, log } });
  const webSockets = new WebSocketServer({
    server: main.server,
    WebSocket: RelaySocket,
    perMessageDeflate: false,
    ...firstFrameLimit,
    clientTracking: false,
    // What comes back is not to gather for somebody who does not read.
    autoPong: false,
    // Browsers always name the page that dials, devices never do: no web page gets to a relay on the visitor's machine.
    verifyClient: ({ req }: { readonly req: IncomingMessage }) => req.headers.origin === undefined,
  });
  webSockets.on('connection', (socket, request) => {
    const taking = channel !== undefined && asksForChunks(request) ? channel : sockets;
    taking.accept(socket, door.guestOf(request));
  });
  const stats = (): RelayStats => ({
    ...{ ...mailbox.stats, waiting: door.waiting, strangerBytes: door.heldBytes },
    ...{ cut: sockets.cut + main.dismissed, storeFailures: sockets.storeFailures },
    chunks: channel?.counts,
  });
  main.server.on('request', answerHealth);
  metrics?.server.on('request', (request, response) => answerMetrics(request, response, stats));
  const renewCertificate = (): void => {
    const renewed = certificate?.look();
    if (renewed !== undefined) {
      main.renew(renewed);
    }
  };
  let tickedMs = performance.now();
  const ticker = setInterval(() => {
    const nowMs = performance.now();
    // A tick that comes late says that nothing was read meanwhile: the process was busy, or was stopped.
    const blindMs = Math.max(0, nowMs - tickedMs - tickIntervalMs);
    tickedMs = nowMs;
    door.tick(blindMs);
    sockets.tick(blindMs);
    channel?.tick(blindMs);
    renewCertificate();
  }, tickIntervalMs);

  return {
    url: urlOf(scheme, main.address),
    pin: certificate?.current.pin ?? null,
    metricsUrl: metrics === undefined ? null : `${urlOf('http', metrics.address)}/metrics`,
    stats,
    renewCertificate,
    async close() {
      clearInterval(ticker);
      sockets.closeAll();
      channel?.closeAll();
      door.closeIdle();
      metrics?.server.closeIdleConnections();
      await Promise.all([main.close(), metrics?.close()]);
      if (isOurs) {
        store.close();
      }
    },
  };
}

function storePath(dataDir: string): string {
  return join(dataDir, 'relay.sqlite');
}

function chunkPath(dataDir: string): string {
  return join(dataDir, 'chunks');
}

function openStore(
  options: Pick<RelayOptions, 'dataDir' | 'store'>,
): Result<Pick<Ground, 'store' | 'tokens'> & { readonly isOurs: boolean }, RelayStartFault> {
  if (options.store !== undefined) {
    return ok({ store: options.store, tokens: undefined, isOurs: false });
  }
  if (options.dataDir === undefined) {
    return err({ kind: 'store', message: 'a relay needs a folder for its data: give it one' });
  }
  try {
    mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    return err({ kind: 'store', message: `The relay's folder cannot be made. ${diskWords(options.dataDir, cause)}` });
  }
  const opened = createSqliteRelayStore(storePath(options.dataDir));
  const tokens = createTokenFolder(options.dataDir, (size) => new Uint8Array(randomBytes(size)));
  return opened.ok
    ? ok({ store: opened.value, tokens, isOurs: true })
    : err({ kind: 'store', message: opened.error.message });
}
