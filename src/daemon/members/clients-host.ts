import {
  type ApiClient,
  type Caller,
  type ClientRegistry,
  type ClientState,
  type Ended,
  type NewClient,
  channelIdOf,
} from '../../api/ports/clients.ts';
import type { ControlFault } from '../../api/ports/fault.ts';
import { base64urlFromBytes, hexFromBytes, utf8 } from '../../base/bytes.ts';
import type { JsonValue } from '../../base/json.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { AuditFacts } from '../../contract/audit.ts';
import { hash } from '../../crypto/hash.ts';
import type { RandomBytes } from '../../crypto/keys.ts';
import { clockFloorMs } from '../../replica/names/clock-floor.ts';
import type { Store } from '../../store/ground/port.ts';

export interface ClientsHostDeps {
  readonly store: Store;
  /** The token of the home, which is the person's. */
  readonly homeToken: string;
  readonly ownerId: string;
  readonly randomBytes: RandomBytes;
  readonly nowMs: () => number;
  readonly audit: (facts: AuditFacts) => void;
}

interface StoredClient extends ApiClient {
  readonly tokenHash: string;
}

const clientsSetting = 'api.clients';
const tokenSizeBytes = 32;
const idSizeBytes = 16;
const shortestPrefix = 6;
const maximumActive = 256;
const keptEnded = 256;

/** The clients of a home, kept in its store. Of a token only the hash is kept: 32 random bytes need no slow one. */
export function createClientsHost(deps: ClientsHostDeps): ClientRegistry {
  const { store } = deps;
  // A clock that was set back brings no client to life again.
  const nowMs = (): number => Math.max(deps.nowMs(), clockFloorMs(store));
  const homeTokenHash = hashOf(deps.homeToken);
  let clients = (store.settings.get(clientsSetting) ?? []) as unknown as readonly StoredClient[];
  let byTokenHash = indexOf(clients);

  function save(next: readonly StoredClient[], facts: AuditFacts): void {
    store.transaction(() => {
      store.settings.set(clientsSetting, next as unknown as JsonValue);
      deps.audit(facts);
    });
    clients = next;
    byTokenHash = indexOf(next);
  }

  function stateOf({ revokedAtMs, expiresAtMs }: ApiClient): ClientState {
    if (revokedAtMs !== null) {
      return 'revoked';
    }
    return expiresAtMs !== null && expiresAtMs <= nowMs() ? 'expired' : 'active';
  }

  const isActive = (client: ApiClient): boolean => stateOf(client) === 'active';

  return {
    identify(token): Caller | Ended | undefined {
      const tokenHash = hashOf(token);
      if (tokenHash === homeTokenHash) {
        return { kind: 'owner' };
      }
      const found = byTokenHash.get(tokenHash);
      if (found === undefined) {
        return undefined;
      }
      const client = withoutHash(found);
      return isActive(client) ? { kind: 'client', client } : { kind: 'ended', client, message: endedText(client) };
    },
    servesOrigin: (origin) => clients.some((client) => client.origin === origin && isActive(client)),
    list: () => clients.map(withoutHash),
    stateOf,
    add(wanted) {
      const refusal = refuseNew(clients.filter(isActive), wanted);
      if (refusal !== undefined) {
        return err(refusal);
      }
      const token = base64urlFromBytes(deps.randomBytes(tokenSizeBytes));
      const client = clientOf(wanted, hexFromBytes(deps.randomBytes(idSizeBytes)), nowMs());
      const kept = withoutOldEnded(clients, isActive);
      save([...kept, { ...client, tokenHash: hashOf(token) }], factsOf(deps, client, 'sourcechannel.client.added'));
      return ok({ client, token });
    },
    revoke(idOrName) {
      const found = find(clients, idOrName, isActive);
      if (!found.ok) {
        return found;
      }
      const revoked = { ...found.value, revokedAtMs: nowMs() };
      save(
        clients.map((client) => (client.id === revoked.id ? revoked : client)),
        factsOf(deps, revoked, 'sourcechannel.client.revoked'),
      );
      return ok(withoutHash(revoked));
    },
  };
}

/** Who is known while the store is closed: the person alone. */
export function createOwnerRegistry(homeToken: string): Pick<ClientRegistry, 'identify' | 'servesOrigin'> {
  const homeTokenHash = hashOf(homeToken);
  return {
    identify: (token) => (hashOf(token) === homeTokenHash ? { kind: 'owner' } : undefined),
    servesOrigin: () => false,
  };
}

function clientOf({ lifetimeMs, ...wanted }: NewClient, id: string, createdAtMs: number): ApiClient {
  const expiresAtMs = lifetimeMs === null ? null : createdAtMs + lifetimeMs;
  return { ...wanted, id, createdAtMs, expiresAtMs, revokedAtMs: null };
}

function refuseNew(active: readonly ApiClient[], { name }: NewClient): ControlFault | undefined {
  if (active.some((client) => client.name === name)) {
    return {
      kind: 'conflict',
      message: `A client is called ${name} already. Choose another name, or revoke it first.`,
    };
  }
  return active.length < maximumActive
    ? undefined
    : { kind: 'conflict', message: `There are ${maximumActive} clients already. Revoke one first.` };
}

function find(
  clients: readonly StoredClient[],
  idOrName: string,
  isActive: (client: ApiClient) => boolean,
): Result<StoredClient, ControlFault> {
  const matches = clients.filter(
    (client) =>
      client.id === idOrName ||
      (idOrName.length >= shortestPrefix && client.id.startsWith(idOrName)) ||
      (client.name === idOrName && isActive(client)),
  );
  const [found] = matches;
  if (found === undefined || matches.length > 1) {
    const message = `No client is called ${idOrName}, or more than one begins so. See: sourcesync clients ls`;
    return err({ kind: 'not_found', message });
  }
  return found.revokedAtMs === null
    ? ok(found)
    : err({ kind: 'conflict', message: `The client ${found.name} was revoked already.` });
}

/** Ended clients are kept so that a late caller is told why; the oldest give way. */
function withoutOldEnded(
  clients: readonly StoredClient[],
  isActive: (client: ApiClient) => boolean,
): readonly StoredClient[] {
  const ended = clients.filter((client) => !isActive(client));
  const dropped = new Set(ended.slice(0, Math.max(0, ended.length - keptEnded)));
  return clients.filter((client) => !dropped.has(client));
}

function endedText({ name, revokedAtMs, expiresAtMs }: ApiClient): string {
  const what = revokedAtMs === null ? `expired at ${timeText(expiresAtMs)}` : `was revoked at ${timeText(revokedAtMs)}`;
  return `The client ${name} ${what}. The owner of this home makes another with: sourcesync clients add NAME`;
}

function timeText(atMs: number | null): string {
  return new Date(atMs ?? 0).toISOString();
}

function factsOf({ ownerId }: ClientsHostDeps, client: ApiClient, eventType: string): AuditFacts {
  const { capabilities, collections, origin } = client;
  return {
    ...{ eventType, actorId: ownerId, subjectId: channelIdOf({ kind: 'client', client }), policyDomain: 'clients' },
    ...{ outcome: 'allow', reasonCode: 'none', details: { capabilities, collections, origin } },
  };
}

function indexOf(clients: readonly StoredClient[]): ReadonlyMap<string, StoredClient> {
  return new Map(clients.map((client) => [client.tokenHash, client]));
}

function withoutHash({ tokenHash: _hash, ...client }: StoredClient): ApiClient {
  return client;
}

function hashOf(token: string): string {
  return base64urlFromBytes(hash('client-token', utf8(token)));
}
