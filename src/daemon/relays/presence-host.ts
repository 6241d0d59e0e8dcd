import { type PresenceState, presenceBytes, readPresence } from '../../api/ports/messages.ts';
import type { PresenceListener, PresencePort } from '../../api/ports/presence-port.ts';
import type { CollectionName, DeviceId, RecordId, ScopeId } from '../../base/ids.ts';
import type { DeviceKeys, RandomBytes } from '../../crypto/keys.ts';
import { nonceSizeBytes } from '../../crypto/seal.ts';
import {
  type Presence,
  type PresenceScope,
  maximumPresenceBytes,
  openPresence,
  sealPresence,
} from '../../membership/presence/presence-seal.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { Replica } from '../../replica/port.ts';
import type { Bindings } from '../../replica/names/binding.ts';

/** What changes within this is told once. */
const gatheringMs = 100;
/** Records told of at a time; the others follow. */
const maximumTold = 4;
/** As far as clocks may lie apart. What is older was kept by somebody who should not have. */
const oldestMs = 10 * 60 * 1000;
/** Records of one device whose latest number is remembered. */
const maximumRecords = 1024;

/** Seals and opens presence. It holds what editors of this device said last, and numbers of what others said. */
export interface PresenceHost extends PresencePort {
  /** A sealed message came from a relay. What does not hold is dropped. */
  whispered(scopeId: ScopeId, body: Uint8Array): void;
  /** A relay says that a device disconnected. */
  left(deviceId: DeviceId): void;
  /** A relay is there (again): others may have taken the silence for leaving. */
  connected(): void;
  /** Tells at once what waits to be told. */
  stop(): void;
}

export interface PresenceHostDeps {
  readonly replica: Pick<Replica, 'self' | 'scopes' | 'scopeOf' | 'epochKey'>;
  readonly bindings: Bindings;
  readonly keys: DeviceKeys;
  readonly nowMs: () => number;
  readonly randomBytes: RandomBytes;
  /** Hands a message to every relay that is connected; nobody answers, and nothing is kept. */
  readonly whisper: (scopeId: ScopeId, body: Uint8Array) => void;
}

interface Told {
  readonly collection: CollectionName;
  readonly id: RecordId;
  readonly states: readonly PresenceState[];
}

export function createPresenceHost(deps: PresenceHostDeps): PresenceHost {
  const { replica, bindings, keys, nowMs, randomBytes } = deps;
  const session = nowMs();
  const present = new Map<string, Told>();
  const waiting = new Map<string, Told>();
  const heard = new Map<DeviceId, { session: number; readonly numbers: Map<string, number> }>();
  /** Devices and the records they are at, as far as they said. */
  const here = new Map<DeviceId, Set<string>>();
  const listeners = new Set<PresenceListener>();
  let number = 0;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  function put(told: Told): void {
    if (isStopped) {
      return;
    }
    waiting.set(keyOf(told), told);
    timer ??= setTimeout(sendSome, gatheringMs);
  }

  function sendSome(): void {
    timer = undefined;
    for (const [key, told] of [...waiting].slice(0, maximumTold)) {
      waiting.delete(key);
      send(told);
    }
    if (waiting.size > 0) {
      timer = setTimeout(sendSome, gatheringMs);
    }
  }

  function send({ collection, id, states }: Told): void {
    const binding = bindings.ofCollection(collection);
    const scope = binding && scopeNow(replica.scopeOf(binding));
    if (scope === undefined) {
      return;
    }
    const update = presenceBytes(fitting(states));
    const said = { session, collection, id, update, number: ++number, atMs: nowMs() };
    deps.whisper(scope.scopeId, sealPresence(scope, keys, said, randomBytes(nonceSizeBytes)));
  }

  /** undefined for a scope that stays here, that this device has left, or whose key it lacks. */
  function scopeNow(state: ScopeState | undefined): PresenceScope | undefined {
    const summary = replica.scopes().find((one) => one.state.scopeId === state?.scopeId);
    const epoch = summary?.state.epochs.at(-1)?.epoch;
    if (summary === undefined || summary.local || epoch === undefined) {
      return undefined;
    }
    const epochKey = replica.epochKey(summary.state.scopeId, epoch);
    const { scopeId, members } = summary.state;
    return epochKey && { scopeId, epoch, epochKey, members };
  }

  /** True for what was not said before, and not before something later. */
  function isFresh({ deviceId, session: saidIn, number: said, atMs, collection, id }: Presence): boolean {
    let known = heard.get(deviceId);
    if (Math.abs(nowMs() - atMs) > oldestMs || (known !== undefined && saidIn < known.session)) {
      return false;
    }
    if (known === undefined || saidIn > known.session) {
      known = { session: saidIn, numbers: new Map() };
      heard.set(deviceId, known);
    }
    const key = keyOf({ collection, id });
    if (said <= (known.numbers.get(key) ?? 0)) {
      return false;
    }
    known.numbers.delete(key);
    known.numbers.set(key, said);
    for (const oldest of known.numbers.keys()) {
      if (known.numbers.size <= maximumRecords) {
        break;
      }
      known.numbers.delete(oldest);
    }
    return true;
  }

  return {
    tell(collection, id, states) {
      const told = { collection, id, states };
      if (states.length === 0) {
        present.delete(keyOf(told));
      } else {
        present.set(keyOf(told), told);
      }
      put(told);
    },
    listen(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    whispered(scopeId, body) {
      const scope = scopeNow(replica.scopes().find(({ state }) => state.scopeId === scopeId)?.state);
      const opened = scope && openPresence(scope, body);
      if (opened?.ok !== true || opened.value.deviceId === replica.self) {
        return;
      }
      const { collection, id, deviceId, update } = opened.value;
      const binding = bindings.ofCollection(collection);
      const states = readPresence(update);
      if (binding === undefined || replica.scopeOf(binding)?.scopeId !== scopeId || states === undefined) {
        return;
      }
      if (!isFresh(opened.value)) {
        return;
      }
      const key = keyOf({ collection, id });
      const places = here.get(deviceId) ?? new Set();
      const hasCome = states.length > 0 && !places.has(key);
      here.set(deviceId, places);
      if (states.length === 0) {
        places.delete(key);
      } else if (places.size < maximumRecords) {
        places.add(key);
      }
      for (const listener of listeners) {
        listener.told({ collection, id, deviceId, states });
      }
      // Whoever has just come does not know yet who is here.
      const own = present.get(key);
      if (hasCome && own !== undefined) {
        put(own);
      }
    },
    left(deviceId) {
      here.delete(deviceId);
      for (const listener of listeners) {
        listener.left(deviceId);
      }
    },
    connected() {
      for (const told of present.values()) {
        put(told);
      }
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
      for (const told of waiting.values()) {
        send(told);
      }
      waiting.clear();
    },
  };
}

/** As many as have room, the first ones. */
function fitting(states: readonly PresenceState[]): readonly PresenceState[] {
  let count = states.length;
  while (presenceBytes(states.slice(0, count)).length > maximumPresenceBytes) {
    count--;
  }
  return states.slice(0, count);
}

function keyOf({ collection, id }: Pick<Told, 'collection' | 'id'>): string {
  return `${collection}/${id}`;
}
