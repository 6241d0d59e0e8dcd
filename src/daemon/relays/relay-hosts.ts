import { setTimeout as pause } from 'node:timers/promises';
import type { ScopeId } from '../../base/ids.ts';
import type { RelayState } from '../../sync/ground/session.ts';
import type { RelayHost } from './relay-host.ts';

/**
 * Every relay of this device as one. Own batches go to all of them, and count as delivered once one has them durably;
 * membership is ordered by the first alone, and the others are given what came of it.
 */
export interface RelayHosts {
  readonly all: readonly RelayHost[];
  /** Orders membership, and is where devices meet for pairing. */
  readonly first: RelayHost;
  /** The one that serves best now: what engines are told of. */
  readonly best: RelayHost;
  /** Every relay that answers has said all it had of a scope: what is still missing then, is kept from us. */
  haveSaidAll(scopeId: ScopeId): boolean;
  appended: RelayHost['appended'];
  scopeAdded: RelayHost['scopeAdded'];
  appendEntry: RelayHost['appendEntry'];
  /** Entries up to here are held now, wherever they came from. */
  entriesHeld: RelayHost['entriesHeld'];
  whisper: RelayHost['whisper'];
  pause(): void;
  resume(): void;
  connectNow(): void;
  /** Resolves once a relay is online or none is being connected to any more, at the latest after this long. */
  settled(patienceMs: number): Promise<void>;
  stop(): Promise<void>;
}

const lookEveryMs = 20;

/** Best first. */
const ranking: readonly RelayState['state'][] = [
  'online',
  'authenticating',
  'connecting',
  'offline',
  'refused',
  'untrusted',
  'paused',
];

const underWay: ReadonlySet<RelayState['state']> = new Set(['connecting', 'authenticating']);

export function createRelayHosts(first: RelayHost, others: readonly RelayHost[]): RelayHosts {
  const all = [first, ...others];
  return {
    all,
    first,
    get best(): RelayHost {
      return all.reduce((best, host) => (rankOf(host) < rankOf(best) ? host : best));
    },
    haveSaidAll: (scopeId) =>
      all.every(({ state }) => {
        const scope = state.state === 'online' ? state.scopes[scopeId] : undefined;
        return scope === undefined || scope.caughtUp || scope.refused !== undefined;
      }),
    appended: (scopeId, batch) => all.forEach((host) => host.appended(scopeId, batch)),
    scopeAdded: (scopeId) => all.forEach((host) => host.scopeAdded(scopeId)),
    appendEntry: async (scopeId, sequence, entry) => first.appendEntry(scopeId, sequence, entry),
    entriesHeld: (scopeId, logSequence) => all.forEach((host) => host.entriesHeld(scopeId, logSequence)),
    whisper: (scopeId, body) => all.forEach((host) => host.whisper(scopeId, body)),
    pause: () => all.forEach((host) => host.pause()),
    resume: () => all.forEach((host) => host.resume()),
    connectNow: () => all.forEach((host) => host.connectNow()),
    async settled(patienceMs) {
      const untilMs = performance.now() + patienceMs;
      const isOpen = (): boolean => {
        const states = all.map(({ state }) => state.state);
        return !states.includes('online') && states.some((state) => underWay.has(state));
      };
      while (isOpen() && performance.now() < untilMs) {
        await pause(lookEveryMs);
      }
    },
    async stop() {
      await Promise.all(all.map(async (host) => host.stop()));
    },
  };
}

/** Among relays that are online, one that has said all it had comes before one that still delivers, or refuses a scope. */
function rankOf({ state }: Pick<RelayHost, 'state'>): number {
  if (state.state !== 'online') {
    return ranking.indexOf(state.state);
  }
  const scopes = Object.values(state.scopes);
  return scopes.filter(({ caughtUp, refused }) => !caughtUp || refused !== undefined).length / (scopes.length + 1);
}
