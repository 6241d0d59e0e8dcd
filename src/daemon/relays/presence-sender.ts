import { type PresenceState, presenceBytes } from '../../api/ports/messages.ts';
import type { ScopeId } from '../../base/ids.ts';
import type { DeviceKeys, RandomBytes } from '../../crypto/keys.ts';
import { nonceSizeBytes } from '../../crypto/seal.ts';
import { maximumPresenceBytes, sealPresence } from '../../membership/presence/presence-seal.ts';
import type { Bindings } from '../../replica/names/binding.ts';
import type { Replica } from '../../replica/port.ts';
import { presenceScope } from './presence-scope.ts';
import { type Told, keyOf } from './presence-told.ts';

export interface PresenceHostDeps {
  readonly replica: Pick<Replica, 'self' | 'scopes' | 'scopeOf' | 'epochKey'>;
  readonly bindings: Bindings;
  readonly keys: DeviceKeys;
  readonly nowMs: () => number;
  readonly randomBytes: RandomBytes;
  /** Hands a message to every relay that is connected; nobody answers, and nothing is kept. */
  readonly whisper: (scopeId: ScopeId, body: Uint8Array) => void;
}

/** Tells other devices what was said last at each record, a few records at a time. */
export interface PresenceSender {
  put(told: Told): void;
  /** Tells at once what waits, and nothing from then on. */
  stop(): void;
}

/** What changes within this is told once. */
const gatheringMs = 100;
/** Records told of at a time; the others follow. */
const maximumTold = 4;

export function createPresenceSender(deps: PresenceHostDeps): PresenceSender {
  const { replica, bindings, keys, nowMs, randomBytes } = deps;
  const session = nowMs();
  const waiting = new Map<string, Told>();
  let number = 0;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

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
    const scope = binding && presenceScope(replica, replica.scopeOf(binding)?.scopeId);
    if (scope === undefined) {
      return;
    }
    const update = presenceBytes(fitting(states));
    const said = { session, collection, id, update, number: ++number, atMs: nowMs() };
    deps.whisper(scope.scopeId, sealPresence(scope, keys, said, randomBytes(nonceSizeBytes)));
  }

  return {
    put(told) {
      if (isStopped) {
        return;
      }
      waiting.set(keyOf(told), told);
      timer ??= setTimeout(sendSome, gatheringMs);
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
