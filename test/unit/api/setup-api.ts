import fastify, { type FastifyInstance, type InjectOptions, type LightMyRequestResponse } from 'fastify';
import { createApi, registerRoutes } from '../../../src/api/create-api.ts';
import type { ChannelPort } from '../../../src/api/ports/channel.ts';
import type { ClientRegistry } from '../../../src/api/ports/clients.ts';
import type { Control } from '../../../src/api/ports/control.ts';
import type { ApiDeps } from '../../../src/api/ports/port.ts';
import { routeKey } from '../../../src/api/gate/route-access.ts';
import { commandOfCall } from '../../../src/api/types/privileged.ts';
import { utf8 } from '../../../src/base/bytes.ts';
import type { ScopeId } from '../../../src/base/ids.ts';
import { type Err, err } from '../../../src/base/result.ts';
import { channelPlace, createChannelHost } from '../../../src/daemon/members/channel-host.ts';
import { createClientsHost } from '../../../src/daemon/members/clients-host.ts';
import type { AuditFacts } from '../../../src/contract/audit.ts';
import { type KeyPair, signPairFromSeed } from '../../../src/crypto/keys.ts';
import { createControl } from '../../../src/daemon/wire/control.ts';
import { createEditGate } from '../../../src/api/gate/edit-gate.ts';
import { engineFacts } from '../../../src/daemon/relays/engine-facts.ts';
import { createEngineStates } from '../../../src/daemon/engines/engine-states.ts';
import { type EventRing, createEventRing } from '../../../src/daemon/ground/event-ring.ts';
import { createHomeKeys } from '../../../src/daemon/keys/key-file.ts';
import { createLeasesHost } from '../../../src/daemon/members/leases-host.ts';
import type { ControlFault } from '../../../src/api/ports/fault.ts';
import type { PlacesHost } from '../../../src/daemon/links/places-host.ts';
import type { LinksHost } from '../../../src/daemon/links/links-host.ts';
import { createOutbox } from '../../../src/daemon/relays/outbox.ts';
import { type PresenceHost, createPresenceHost } from '../../../src/daemon/relays/presence-host.ts';
import { createPeopleHost } from '../../../src/daemon/members/people-host.ts';
import { createMembershipHost } from '../../../src/daemon/members/membership-host.ts';
import type { PairingHost } from '../../../src/daemon/members/pairing-host.ts';
import { labelOf } from '../../../src/daemon/keys/scope-names.ts';
import { createStoreHost } from '../../../src/daemon/disk/store-host.ts';
import { createEngineSwitch, createSyncSwitch } from '../../../src/daemon/engines/switches.ts';
import { bodyHashOf, createEnvelope, localOrigin } from '../../../src/membership/envelope/envelope.ts';
import { createVault } from '../../../src/vault/vault.ts';
import { calm } from '../../helpers/calm-surroundings.ts';
import { undocumented } from '../../helpers/documented.ts';
import { type Pair, type SetupOptions, setupPair } from '../../helpers/setup-pair.ts';
import { createRandom } from '../../simulation/random.ts';
import { wellStanding } from '../../../src/daemon/disk/store-standing.ts';
import { unguarded } from '../../helpers/well-store.ts';
import { createChoosingHost } from '../../../src/daemon/members/choosing-host.ts';
import { inTurn } from '../../../src/daemon/ground/planned-step.ts';

export const token = 'the-token-of-this-home';
export const keptEvents = 8;
/** Signs the envelopes of the person's own command line. */
export const ownerPair: KeyPair = signPairFromSeed(new Uint8Array(32).fill(7));

/** The API of device a, with everything behind it real but relay, pairing and folders. */
export interface ApiSetup extends Pair {
  readonly api: FastifyInstance;
  readonly clients: ClientRegistry;
  readonly channel: ChannelPort;
  /** `METHOD /path` of every route, as it was registered. */
  readonly routes: readonly string[];
  readonly events: EventRing;
  readonly presence: PresenceHost;
  /** What a relay was handed for other devices. */
  readonly whispers: readonly { readonly scopeId: ScopeId; readonly body: Uint8Array }[];
  /** What went wrong inside. */
  readonly faults: readonly unknown[];
  readonly stopped: { times: number };
  /** By the owner of the home, unless the headers say otherwise; privileged calls are signed. */
  call(
    method: Method,
    url: string,
    payload?: unknown,
    headers?: Record<string, string>,
  ): Promise<LightMyRequestResponse>;
}

export type Method = NonNullable<InjectOptions['method']>;

export const permitted: Readonly<Record<string, string>> = { host: 'localhost', authorization: `Bearer ${token}` };

export interface ApiOptions {
  /** Holds the envelopes of the owner; the pair above unless told. */
  readonly ownerKey?: Uint8Array;
  /** The device that signs leases; b may not. */
  readonly grantor?: 'a' | 'b';
  readonly devices?: SetupOptions;
}

export function setupApi(
  change: (control: Control) => Control = (control) => control,
  { ownerKey = ownerPair.publicKey, grantor = 'a', devices = {} }: ApiOptions = {},
): ApiSetup {
  const pair = setupPair(devices);
  const { replica, disk: store } = pair.a;
  const bindings = pair.a.bindings;
  const events = createEventRing(keptEvents, () => pair.clock.nowMs);
  const faults: unknown[] = [];
  const whispers: { readonly scopeId: ScopeId; readonly body: Uint8Array }[] = [];
  const stopped = { times: 0 };
  const control = change(controlOf(pair, events, stopped));
  const envelopeBytes = createRandom(3, 'envelopes').bytes;
  const audited = {
    ...{ store, ownerId: pair.household.userId, nowMs: () => pair.clock.nowMs },
    audit: (facts: AuditFacts): void => {
      replica.audit(facts);
    },
  };
  const clients = createClientsHost({ ...audited, homeToken: token, randomBytes: createRandom(2, 'clients').bytes });
  const channel = createChannelHost({
    ...{ ...audited, ...channelPlace({ replica, bindings }) },
    ownerKey: () => ownerKey,
  });
  const leases = createLeasesHost({
    ...{ ...audited, ...channelPlace({ replica, bindings }), bindings, store: pair[grantor].disk },
    ...{ replica: pair[grantor].replica, keys: pair[grantor].keys },
    randomBytes: createRandom(4, 'leases').bytes,
  });
  const presence = createPresenceHost({
    ...{ replica, bindings, keys: pair.a.keys, nowMs: () => pair.clock.nowMs },
    randomBytes: createRandom(5, 'presence').bytes,
    whisper: (scopeId, body) => whispers.push({ scopeId, body }),
  });
  const deps: ApiDeps = {
    ...{ replica, store, bindings, events, clients, channel, leases, control },
    vault: createVault(store.vault),
    membership: createMembershipHost({
      ...{ replica, store, relay: () => undefined, labelOf: (deviceId: string) => labelOf(replica, deviceId) },
      warn: (message) => faults.push(message),
    }),
    people: createPeopleHost({
      ...{ replica, store, keys: pair.a.keys, label: () => 'desk', relay: () => undefined, pairing: noPairing },
      scopes: () => control.scopes(),
      joined() {},
    }),
    presence,
    page: { open: async () => err({ kind: 'failed', message: 'no page here' }) },
    notices: {
      showTest: async () => ({ shown: false, reason: 'no desktop here', enabled: true }),
      hooks: () => ({ items: [], problem: null }),
      testHook: (name) => err({ kind: 'not_found', message: `There is no hook ${name}.` }),
    },
    storeCare: {
      ...createStoreHost({ store, replica, nowMs: () => pair.clock.nowMs, changed() {}, guard: unguarded }),
      copy: async () => err('There is no room for a copy of it.'),
    },
    nowMs: () => pair.clock.nowMs,
    labelOf: (deviceId) => labelOf(replica, deviceId),
    onInternalError: (cause) => faults.push(cause),
  };
  const api = createApi(deps);
  const others: string[] = [];
  // Each test of the API holds each of its answers against the published document.
  api.addHook('onSend', async ({ method, routeOptions }, reply, payload) => {
    const other =
      routeOptions.url === undefined || method === 'HEAD' || method === 'OPTIONS'
        ? undefined
        : undocumented({
            ...{ method, path: routeOptions.url, status: reply.statusCode },
            contentType: String(reply.getHeader('content-type')),
            body: typeof payload === 'string' ? payload : '',
          });
    if (other !== undefined) {
      others.push(other);
    }
    return payload;
  });
  return {
    ...{ ...pair, api, presence, whispers, clients, channel, events, faults, stopped, routes: routesOf(deps) },
    call: async (method, url, payload, headers = {}) => {
      const signed = headers['authorization'] === undefined ? ownerEnvelope(channel, method, url, payload) : {};
      const answer = await api.inject({
        ...{ method, url, headers: { ...permitted, ...signed, ...headers } },
        ...(payload === undefined ? {} : { payload: payload as string | object }),
      });
      if (others.length > 0) {
        throw new Error(others.join('\n'));
      }
      return answer;
    },
  };

  function ownerEnvelope(port: ChannelPort, method: string, path: string, payload: unknown): Record<string, string> {
    const command = commandOfCall(method, path);
    const body = payload === undefined ? '' : typeof payload === 'string' ? payload : JSON.stringify(payload);
    if (command === undefined) {
      return {};
    }
    const envelope = createEnvelope({
      facts: port.facts({ kind: 'owner' }),
      call: { command, method, path, origin: localOrigin, bodyHash: bodyHashOf(utf8(body)) },
      ...{ surface: 'other', reason: 'a test', secretKey: ownerPair.secretKey, nowMs: pair.clock.nowMs },
      randomBytes: envelopeBytes,
    });
    return { 'sourcesync-envelope': envelope };
  }
}

function routesOf(deps: ApiDeps): readonly string[] {
  const keys = new Set<string>();
  const api = fastify();
  api.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) {
      keys.add(routeKey(one, url));
    }
  });
  registerRoutes(api, deps);
  return [...keys];
}

function controlOf({ a, clock }: Pair, events: EventRing, stopped: { times: number }): Control {
  const { replica, disk: store, bindings } = a;
  const outbox = createOutbox();
  const config = {
    label: 'desk',
    relayUrl: null,
    relays: [],
    localOnly: false,
    policyFloor: {},
    tombstonesExpireDays: 180,
    largestFileBytes: 1024 ** 3,
    logLevel: 'info',
    engines: {},
    notifications: true,
    hooks: {},
    origins: [],
  };
  const engineSwitch = createEngineSwitch(store, () => config, bindings);
  const syncSwitch = createSyncSwitch(store);
  const around = { ...calm, relay: { ...calm.relay, configured: false } };
  const states = createEngineStates({
    ...{ bindings, store, nowMs: () => clock.nowMs, outboxOf: (name) => outbox.changes(name) },
    guard: unguarded,
    audit() {},
    tell: (event) => {
      events.add(event);
    },
    factsOf: (binding) =>
      engineFacts({
        ...{ binding, replica, store, outbox, around },
        enabled: engineSwitch.isEnabled(binding.manifest.engineId),
      }),
  });
  const keys = createHomeKeys(createRandom(1, 'home').bytes);
  const userId = replica.scopes()[0]?.state.userId;
  if (userId === undefined) {
    throw new Error('believed: the device is in a scope');
  }
  return createControl({
    ...{ replica, home: { keys, store, userId, label: 'desk' }, pairing: noPairing, places: noPlaces },
    engines: {
      ...{ bindings, states, engineSwitch, gate: createEditGate(replica), links: noFolders },
      choosing: createChoosingHost({
        ...{ store, replica, links: noFolders, guard: unguarded, warn() {} },
        later: inTurn(),
        changed: (reason) => states.refresh(reason),
      }),
    },
    sync: { relay: () => undefined, lostRelay: () => undefined, syncSwitch, outbox: createOutbox() },
    process: {
      health: { standing: wellStanding(undefined) },
      doctor: async () => ({ ok: true, checks: [] }),
      failingHooks: () => [],
      keys: () => ({ protection: 'bare', locked: false, message: null }),
      metrics: async () => 'sourcesync_records 0\n',
      stop: () => {
        stopped.times += 1;
      },
    },
    labelOf: (deviceId) => labelOf(replica, deviceId),
  });
}

const noPairing: PairingHost = {
  invite: async () => err({ kind: 'not_ready', message: 'No relay is connected.' }),
  invitePerson: async () => err({ kind: 'not_ready', message: 'No relay is connected.' }),
  approve: async () => err({ kind: 'invalid', message: 'Those are not the digits.', reasonCode: 'signature_invalid' }),
  body: () => ({ state: 'none', expiresAt: null, candidate: null, message: null }),
  stop() {},
};

function notLinked(root: string): ReturnType<LinksHost['show']> & { readonly ok: false } {
  return err({ kind: 'not_found', message: `${root} is not linked.` });
}

function noPlace(name: string): Err<ControlFault> {
  return err({ kind: 'not_found', message: `No place is called ${name}.` });
}

const noPlaces: PlacesHost = {
  list: async () => [],
  scripted: async () => [],
  show: async (name) => noPlace(name),
  follow: async (name) => noPlace(name),
  leave: async (name) => noPlace(name),
};

const noFolders: LinksHost = {
  startAll: async () => {},
  endFollowing: async () => {},
  link: async () => err({ kind: 'invalid', message: 'The root folder is never linked.' }),
  linkPlace: async (_engine, root) => notLinked(root),
  leavePlace: async (place) => notLinked(place),
  unlink: async (root) => notLinked(root),
  list: () => [],
  show: notLinked,
  resume: async (root) => notLinked(root),
  adopt: async (root) => notLinked(root),
  fetchFirst: async (path) => notLinked(path),
  clean: async (root) => notLinked(root),
  ignoredBecause: () => undefined,
  recordChanged() {},
  lookForExchange() {},
  doubt() {},
  switchedOn() {},
  lossesDecided() {},
  rescan: async () => {},
  stop: async () => {},
};
