import type { Result } from '../../base/result.ts';
import type { ControlFault } from './fault.ts';

/** What a client may do, beside the collections it may do it to. `admin` holds all others. Closed. */
export const apiCapabilities = [
  'records.read',
  'records.write',
  'records.propose',
  'reviews.read',
  'reviews.decide',
  'engines.read',
  'engines.switch',
  'events.read',
  'audit.read',
  'devices.read',
  'sync.control',
  'leases.read',
  'admin',
] as const;
export type ApiCapability = (typeof apiCapabilities)[number];

/** A program that was given a token of its own. */
export interface ApiClient {
  readonly id: string;
  readonly name: string;
  readonly capabilities: readonly ApiCapability[];
  readonly collections: readonly string[] | 'all';
  /** Set for a web page: the token counts only in requests that come from there. */
  readonly origin: string | null;
  /** Ed25519, base64url; null for a client that makes no privileged calls. */
  readonly publicKey: string | null;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  readonly revokedAtMs: number | null;
}

export type NewClient = Pick<ApiClient, 'name' | 'capabilities' | 'collections' | 'origin' | 'publicKey'> & {
  readonly lifetimeMs: number | null;
};

/** Who makes a request: the person, with the token of the home, or a client. */
export type Caller = { readonly kind: 'owner' } | { readonly kind: 'client'; readonly client: ApiClient };

/** True for a client that may write under a lease alone, and of whose writes none counts before a person decides. */
export function proposesOnly(caller: Caller | undefined): boolean {
  const held = caller?.kind === 'client' ? caller.client.capabilities : [];
  return held.includes('records.propose') && !held.includes('records.write') && !held.includes('admin');
}

/** A token that was good once: whose, and why it is no longer. */
export interface Ended {
  readonly kind: 'ended';
  readonly client: ApiClient;
  readonly message: string;
}

export type ClientState = 'active' | 'expired' | 'revoked';

/** The clients of this home. What changes is durable and audited when the call returns. */
export interface ClientRegistry {
  /** Whose token this is, found by its hash, so that the time it takes tells nothing of it. */
  identify(token: string): Caller | Ended | undefined;
  /** True where an active client is bound to this origin. */
  servesOrigin(origin: string): boolean;
  list(): readonly ApiClient[];
  stateOf(client: ApiClient): ClientState;
  add(client: NewClient): Result<{ readonly client: ApiClient; readonly token: string }, ControlFault>;
  /** By id, by an id's first six characters or more, or by the name of an active client. */
  revoke(idOrName: string): Result<ApiClient, ControlFault>;
}

/** The name of a caller in the SourceChannel contract. */
export function channelIdOf(caller: Caller): string {
  return `urn:srcos:channel:${caller.kind === 'owner' ? 'owner' : caller.client.id}`;
}
