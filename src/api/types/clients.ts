/** JSON bodies of /v1/clients. Times are RFC 3339 in UTC. */

export interface ClientBody {
  readonly id: string;
  readonly name: string;
  readonly state: 'active' | 'expired' | 'revoked';
  readonly capabilities: readonly string[];
  readonly collections: readonly string[] | 'all';
  /** The origin of the web page that the token is bound to. */
  readonly origin: string | null;
  /** Ed25519, base64url: it verifies the client's envelopes. */
  readonly publicKey: string | null;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}

/** Whose token a request carries; `client` is null for the owner of the home. */
export interface SelfBody {
  readonly kind: 'owner' | 'client';
  readonly client: ClientBody | null;
}

export interface AddClientBody {
  readonly name: string;
  readonly capabilities: readonly string[];
  /** Every collection unless told. */
  readonly collections?: readonly string[] | 'all';
  readonly origin?: string;
  /** Seconds until it expires; never unless told. */
  readonly ttlSeconds?: number;
  readonly publicKey?: string;
}

export interface AddedClientBody extends ClientBody {
  /** Shown this once; the daemon keeps its hash. */
  readonly token: string;
}
