import type { CommandFault } from './fault.ts';

/** What `sourcesync relay` needs of the process it runs in. */
export interface RelayCommands {
  /** Runs until it is told to stop. */
  serve(options: ServeRelayOptions): Promise<CommandFault | undefined>;
  createToken(options: {
    readonly dataDir: string | undefined;
    readonly scopes: number;
    readonly days: number;
  }): Promise<CreatedTokenBody | CommandFault>;
  tokens(dataDir: string | undefined): Promise<{ readonly items: readonly TokenBody[] } | CommandFault>;
  revokeToken(dataDir: string | undefined, tokenId: string): Promise<TokenBody | CommandFault>;
}

export interface ServeRelayOptions {
  readonly listen: string;
  readonly dataDir: string | undefined;
  /** Anybody who reaches it may found scopes; left out, exactly when it can be reached from this machine alone. */
  readonly open: boolean | undefined;
  /** Root keys that may found scopes, base64url. */
  readonly allowRoots: readonly string[];
  /** Addresses by which devices reach it through a proxy or a name. */
  readonly publicUrls: readonly string[];
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  readonly metrics: string | undefined;
  readonly scopeBytes: number | undefined;
  readonly deviceBytesPerDay: number | undefined;
  readonly requestsPerSecond: number | undefined;
  /** Addresses of proxies before it, which say whence a device comes. */
  readonly proxies: readonly string[];
  /** Connections from one address that are no member's. */
  readonly perAddress: number | undefined;
  readonly onReady: (ready: RelayReadyBody) => void;
}

export interface RelayReadyBody {
  readonly url: string;
  /** Of its certificate's key; null without TLS. */
  readonly pin: string | null;
  /** Where /metrics is served; null when it is not. */
  readonly metrics: string | null;
}

export interface TokenBody {
  readonly id: string;
  readonly scopes: number;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly revokedAt: string | null;
}

export interface CreatedTokenBody extends TokenBody {
  /** Shown this once. */
  readonly token: string;
}
