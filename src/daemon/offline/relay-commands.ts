import { randomBytes as nodeRandomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { bytesFromBase64url } from '../../base/bytes.ts';
import { parseRelayAddress } from '../../base/relay-address.ts';
import type { Result } from '../../base/result.ts';
import type { HomePaths } from '../../cli/ground/context.ts';
import { exitCodes } from '../../cli/ground/exit-codes.ts';
import type { CommandFault } from '../../cli/ground/fault.ts';
import type { RelayCommands, ServeRelayOptions, TokenBody } from '../../cli/ground/relay-options.ts';
import type { RelayOptions } from '../../relay/serve.ts';
import type { IssuedToken } from '../../relay/registration/token-files.ts';
import type { TokenFolder } from '../../relay/registration/token-folder.ts';
import { parseListen } from '../ground/listen-address.ts';
import { howToWriteIt } from '../ground/relay-config.ts';
import { createManagerTold } from '../service/manager-told.ts';

/** A relay in this process, and the tokens of one that runs in another. */
export function createRelayCommands(paths: HomePaths, environment: NodeJS.ProcessEnv): RelayCommands {
  const folderOf = (dataDir: string | undefined): string => dataDir ?? join(paths.state, 'relay');
  const tokensOf = async (dataDir: string | undefined): Promise<TokenFolder> => {
    const { createTokenFolder } = await import('../../relay/registration/token-folder.ts');
    return createTokenFolder(folderOf(dataDir), (size) => new Uint8Array(nodeRandomBytes(size)));
  };

  return {
    async serve(options) {
      const checked = relayOptions(options, folderOf(options.dataDir));
      if ('exitCode' in checked) {
        return checked;
      }
      const { startRelay } = await import('../../relay/serve.ts');
      const started = await startRelay(checked);
      if (!started.ok) {
        return { exitCode: exitCodes.relay, message: started.error.message };
      }
      const { url, pin, metricsUrl } = started.value;
      const manager = createManagerTold(environment, (message) => logLine('warn', message));
      manager.ready(() => `Serving ${url}`);
      options.onReady({ url, pin, metrics: metricsUrl });
      await new Promise<void>((resolve) => {
        process.once('SIGINT', () => {
          resolve();
        });
        process.once('SIGTERM', () => {
          resolve();
        });
      });
      void manager.stopping();
      await started.value.close();
      return undefined;
    },
    async createToken({ dataDir, scopes, days }) {
      const created = (await tokensOf(dataDir)).create({ scopes, days, nowMs: Date.now() });
      return settled(created, ({ text, issued }) => ({ ...tokenBody(issued), token: text }));
    },
    async tokens(dataDir) {
      return settled((await tokensOf(dataDir)).list(), (issued) => ({ items: issued.map(tokenBody) }));
    },
    async revokeToken(dataDir, tokenId) {
      return settled((await tokensOf(dataDir)).revoke(tokenId, Date.now()), tokenBody);
    },
  };
}

/** What the relay is started with, or which flag says what it cannot mean. */
function relayOptions(options: ServeRelayOptions, dataDir: string): RelayOptions | CommandFault {
  const usage = (message: string): CommandFault => ({ exitCode: exitCodes.usage, message });
  const { listen, metrics, open, publicUrls, allowRoots, tls } = options;
  const address = parseListen(listen);
  const metricsAddress = metrics === undefined ? undefined : parseListen(metrics);
  if (address === undefined) {
    return usage(`${listen} is no address. Write HOST:PORT.`);
  }
  if (metrics !== undefined && metricsAddress === undefined) {
    return usage(`--metrics ${metrics} is no address. Write HOST:PORT.`);
  }
  const badUrl = publicUrls.find((url) => parseRelayAddress(url) === undefined);
  if (badUrl !== undefined) {
    return usage(`--public-url ${badUrl} is no address of a relay. ${howToWriteIt}`);
  }
  const badRoot = allowRoots.find((key) => bytesFromBase64url(key)?.length !== 32);
  if (badRoot !== undefined) {
    return usage(
      `--allow-root ${badRoot} is no root key. A device shows it with: sourcesync scopes ls --json (rootKey)`,
    );
  }
  const badProxy = options.proxies.find((proxy) => isIP(proxy) === 0);
  if (badProxy !== undefined) {
    return usage(`--proxy ${badProxy} is no IP address. Write the one from which the proxy connects.`);
  }
  const { scopeBytes, deviceBytesPerDay, requestsPerSecond, proxies, perAddress } = options;
  return {
    ...{ listen: address, dataDir, publicUrls, log: logLine },
    ...(open === undefined ? {} : { open }),
    ...(tls === undefined ? {} : { tls }),
    ...(metricsAddress === undefined ? {} : { metrics: metricsAddress }),
    policy: {
      ...{ allowedRoots: allowRoots, proxies },
      ...(perAddress === undefined
        ? {}
        : { strangersPerAddress: perAddress, mailboxesPerAddress: pairingShare(perAddress) }),
      ...(scopeBytes === undefined ? {} : { scopeBytes }),
      ...(deviceBytesPerDay === undefined ? {} : { deviceBytesPerDay }),
      ...(requestsPerSecond === undefined ? {} : { requestsPerSecond, requestBurst: requestsPerSecond * burstSeconds }),
    },
  };
}

/** How many seconds' worth of requests may come at once. */
const burstSeconds = 20;

/** Pairing mailboxes of one address: as in the limits that are there without a flag. */
function pairingShare(perAddress: number): number {
  return Math.max(1, Math.floor(perAddress / 16));
}

function logLine(level: string, message: string): void {
  process.stderr.write(`relay ${level}: ${message}\n`);
}

function settled<T, U>(result: Result<T, string>, body: (value: T) => U): U | CommandFault {
  return result.ok ? body(result.value) : { exitCode: exitCodes.failed, message: result.error };
}

function tokenBody({ tokenId, scopes, createdAtMs, expiresAtSeconds, revokedAtMs }: IssuedToken): TokenBody {
  return {
    id: tokenId,
    scopes,
    createdAt: new Date(createdAtMs).toISOString(),
    expiresAt: new Date(expiresAtSeconds * 1000).toISOString(),
    revokedAt: revokedAtMs === null ? null : new Date(revokedAtMs).toISOString(),
  };
}
