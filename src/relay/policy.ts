/** What an operator allows at a relay; sizes in bytes. */
export interface RelayPolicy extends ScopeLimits, MailboxLimits, ConnectionLimits, StrangerLimits {
  /** Addresses of proxies before the relay; what they say in X-Forwarded-For is believed. */
  readonly proxies: readonly string[];
}

/** Who founds scopes, and what is kept of them. */
interface ScopeLimits {
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
  /** Chunks of large files of one scope. They are charged to no device's day. */
  readonly chunkBytes: number;
  /** What the disk keeps free of chunks, for everything else. */
  readonly spareDiskBytes: number;
  /** Membership logs kept folded in memory. */
  readonly cachedScopes: number;
  readonly scopesPerConnection: number;
}

export interface MailboxLimits {
  /** Pairing mailboxes at a time, and those that were opened from one address. */
  readonly mailboxes: number;
  readonly mailboxesPerAddress: number;
  /** What lies in all pairing mailboxes, and in those of one address. */
  readonly mailboxBytes: number;
  readonly mailboxBytesPerAddress: number;
  readonly mailboxLifetimeMs: number;
  /** How long a pairing mailbox is kept that nobody is connected to. */
  readonly mailboxVacancyMs: number;
}

export interface ConnectionLimits {
  readonly requestsPerSecond: number;
  /** Requests that may come at once before the rate counts. */
  readonly requestBurst: number;
  /** Deliveries of all scopes of a connection that may be unconfirmed. */
  readonly connectionWindowBytes: number;
  /** Connections of members. */
  readonly connections: number;
  readonly silenceTimeoutMs: number;
}

/** What those have who have not said yet who they are, pair, or are in no scope here. */
export interface StrangerLimits {
  /** Connections beside those of members. */
  readonly strangers: number;
  readonly strangersPerAddress: number;
  /** What of incomplete messages of strangers is kept, of all and of one address. */
  readonly strangerBytes: number;
  readonly strangerBytesPerAddress: number;
  /** How long a stranger may take to ask for a WebSocket, and then to say who it is. */
  readonly strangerTimeoutMs: number;
  /** What a stranger has for itself before it can lose its place to another one. */
  readonly strangerGraceMs: number;
  /** Connections that are accepted and wait, unread, for a place. */
  readonly waiting: number;
  readonly admissionsPerSecond: number;
}

const mebibyte = 1024 * 1024;

/** Source: the trust protocol, sections 4, 7 and 12. */
export const defaultPolicy: RelayPolicy = {
  open: false,
  allowedRoots: [],
  scopeBytes: 1024 * mebibyte,
  scopeLogBytes: 16 * mebibyte,
  deviceBytesPerDay: 64 * mebibyte,
  chunkBytes: 64 * 1024 * mebibyte,
  spareDiskBytes: 256 * mebibyte,
  requestsPerSecond: 20,
  requestBurst: 400,
  connectionWindowBytes: 16 * mebibyte,
  mailboxes: 400,
  mailboxesPerAddress: 16,
  mailboxBytes: 16 * mebibyte,
  mailboxBytesPerAddress: mebibyte,
  mailboxLifetimeMs: 10 * 60 * 1000,
  mailboxVacancyMs: 60 * 1000,
  cachedScopes: 10_000,
  connections: 10_000,
  strangers: 1000,
  strangersPerAddress: 256,
  strangerBytes: 16 * mebibyte,
  strangerBytesPerAddress: mebibyte,
  strangerTimeoutMs: 10_000,
  strangerGraceMs: 2000,
  waiting: 10_000,
  admissionsPerSecond: 2000,
  proxies: [],
  scopesPerConnection: 1024,
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
