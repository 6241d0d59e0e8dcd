/** What an operator allows at a relay; sizes in bytes. */
export interface RelayPolicy {
  /** Anybody who reaches the relay may found scopes: for one's own machine or a trusted network. */
  readonly open: boolean;
  /** Root keys (Ed25519, base64url) that may found scopes where the relay is not open. */
  readonly allowedRoots: readonly string[];
  /** Batches and entries of one scope together. */
  readonly scopeBytes: number;
  /** Membership entries of one scope. */
  readonly scopeLogBytes: number;
  /** What one device may push in a day. */
  readonly deviceBytesPerDay: number;
  readonly requestsPerSecond: number;
  /** Requests that may come at once before the rate counts. */
  readonly requestBurst: number;
  /** Deliveries of all scopes of a connection that may be unconfirmed. */
  readonly connectionWindowBytes: number;
  /** Pairing mailboxes at a time. */
  readonly mailboxes: number;
  readonly mailboxLifetimeMs: number;
  /** Membership logs kept folded in memory. */
  readonly cachedScopes: number;
  readonly connections: number;
  /** Connections that have not said yet who they are. */
  readonly strangers: number;
  readonly scopesPerConnection: number;
  /** How long a stranger may take to say who it is. */
  readonly strangerTimeoutMs: number;
  readonly silenceTimeoutMs: number;
}

const mebibyte = 1024 * 1024;

/** Source: the trust protocol, sections 4 and 7. */
export const defaultPolicy: RelayPolicy = {
  open: false,
  allowedRoots: [],
  scopeBytes: 1024 * mebibyte,
  scopeLogBytes: 16 * mebibyte,
  deviceBytesPerDay: 64 * mebibyte,
  requestsPerSecond: 20,
  requestBurst: 400,
  connectionWindowBytes: 16 * mebibyte,
  mailboxes: 400,
  mailboxLifetimeMs: 10 * 60 * 1000,
  cachedScopes: 10_000,
  connections: 10_000,
  strangers: 1000,
  scopesPerConnection: 1024,
  strangerTimeoutMs: 10_000,
  silenceTimeoutMs: 60_000,
};

/** One's own machine: nobody else pays for the disk, and bulk work comes in bursts. */
export const openPolicy: RelayPolicy = {
  ...defaultPolicy,
  open: true,
  scopeBytes: 64 * 1024 * mebibyte,
  deviceBytesPerDay: 64 * 1024 * mebibyte,
  requestsPerSecond: 5000,
  requestBurst: 20_000,
};
