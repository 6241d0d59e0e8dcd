import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { type Result, err, ok } from '../base/result.ts';
import { maximumFrameBytes } from '../sync/limits.ts';
import { type ListenAddress, isLoopback, originsOf, urlOf } from './addresses.ts';
import { type CertificateFiles, type CertificateKeeper, openCertificate } from './certificate.ts';
import { answerHealth, answerMetrics } from './http-pages.ts';
import { type ListenFault, type Listening, listen } from './listen.ts';
import { type MailboxStats, createMailbox } from './mailbox.ts';
import { type RelayPolicy, openPolicy, defaultPolicy } from './policy.ts';
import type { RelayStore } from './port.ts';
import { type RegistrationTokens, createTokenFolder } from './registration/token-folder.ts';
import { type RelayLog, createSockets } from './sockets.ts';
import { createSqliteRelayStore } from './sqlite/create-sqlite-relay-store.ts';

export interface RelayOptions {
  /** Port 0 takes a free one. */
  readonly listen: ListenAddress;
  /** Folder of the store; or a store that is open already, which is not closed here. */
  readonly dataDir?: string;
  readonly store?: RelayStore;
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

export interface RelayStats extends MailboxStats {
  /** Connections ended by the relay. */
  readonly cut: number;
  readonly storeFailures: number;
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
  readonly main: Listening;
  readonly metrics: Listening | undefined;
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
  const main = await listen(options.listen, certificate?.value.current);
  if (!main.ok) {
    return giveUp(main.error);
  }
  const metrics = options.metrics && (await listen(options.metrics));
  if (metrics?.ok === false) {
    await main.value.close();
    return giveUp(metrics.error);
  }
  const ground: Ground = {
    ...{ store, tokens, certificate: certificate?.value },
    ...{ main: main.value, metrics: metrics?.value },
  };
  return ok(run(ground, isOurs, options));
}

function run(ground: Ground, isOurs: boolean, options: RelayOptions): RunningRelay {
  const { store, tokens, certificate, main, metrics } = ground;
  const scheme = certificate === undefined ? 'ws' : 'wss';
  const publicUrls = options.publicUrls ?? [];
  const isOpen = options.open ?? (isLoopback(main.address.host) && publicUrls.length === 0);
  const policy = { ...(isOpen ? openPolicy : defaultPolicy), ...options.policy };
  const named = certificate?.current.names.map((host) => urlOf(scheme, { ...main.address, host })) ?? [];
  const origins = originsOf(scheme, main.address, [...publicUrls, ...named]);
  const mailbox = createMailbox({ store, origins, policy, ...(tokens === undefined ? {} : { tokens }) });
  const sockets = createSockets(mailbox, options.log ?? silent);
  const webSockets = new WebSocketServer({
    server: main.server,
    perMessageDeflate: false,
    maxPayload: maximumFrameBytes,
    clientTracking: false,
    // Browsers always name the page that dials, devices never do: no web page gets to a relay on the visitor's machine.
    verifyClient: ({ req }: { readonly req: IncomingMessage }) => req.headers.origin === undefined,
  });
  webSockets.on('connection', (socket) => sockets.accept(socket));
  const stats = (): RelayStats => ({ ...mailbox.stats, cut: sockets.cut, storeFailures: sockets.storeFailures });
  main.server.on('request', answerHealth);
  metrics?.server.on('request', (request, response) => answerMetrics(request, response, stats));
  const renewCertificate = (): void => {
    const renewed = certificate?.look();
    if (renewed !== undefined) {
      main.renew(renewed);
    }
  };
  const ticker = setInterval(() => {
    sockets.tick();
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
      await Promise.all([main.close(), metrics?.close()]);
      if (isOurs) {
        store.close();
      }
    },
  };
}

function openStore(
  options: RelayOptions,
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
    const reason = cause instanceof Error ? cause.message : String(cause);
    return err({ kind: 'store', message: `the relay's folder cannot be made: ${reason}` });
  }
  const opened = createSqliteRelayStore(join(options.dataDir, 'relay.sqlite'));
  const tokens = createTokenFolder(options.dataDir, (size) => new Uint8Array(randomBytes(size)));
  return opened.ok
    ? ok({ store: opened.value, tokens, isOurs: true })
    : err({ kind: 'store', message: opened.error.message });
}
