import { type PresenceState, readPresence } from '../../api/ports/messages.ts';
import type { PresenceListener, PresencePort } from '../../api/ports/presence-port.ts';
import type { DeviceId, ScopeId } from '../../base/ids.ts';
import { type Presence, openPresence } from '../../membership/presence/presence-seal.ts';
import { createHeardPresence } from './heard-presence.ts';
import { presenceScope } from './presence-scope.ts';
import { type PresenceHostDeps, createPresenceSender } from './presence-sender.ts';
import { type Told, keyOf } from './presence-told.ts';

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

export function createPresenceHost(deps: PresenceHostDeps): PresenceHost {
  const present = new Map<string, Told>();
  const heard = createHeardPresence(deps.nowMs);
  const sender = createPresenceSender(deps);
  const listeners = new Set<PresenceListener>();

  return {
    tell(collection, id, states) {
      const told = { collection, id, states };
      if (states.length === 0) {
        present.delete(keyOf(told));
      } else {
        present.set(keyOf(told), told);
      }
      sender.put(told);
    },
    listen(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    whispered(scopeId, body) {
      const opened = open(deps, scopeId, body);
      if (opened === undefined || !heard.isFresh(opened.said)) {
        return;
      }
      const { said, states } = opened;
      const { collection, id, deviceId } = said;
      const hasCome = heard.hasCome(deviceId, keyOf(said), states.length > 0);
      for (const listener of listeners) {
        listener.told({ collection, id, deviceId, states });
      }
      // Whoever has just come does not know yet who is here.
      const own = present.get(keyOf(said));
      if (hasCome && own !== undefined) {
        sender.put(own);
      }
    },
    left(deviceId) {
      heard.left(deviceId);
      for (const listener of listeners) {
        listener.left(deviceId);
      }
    },
    connected() {
      for (const told of present.values()) {
        sender.put(told);
      }
    },
    stop: sender.stop,
  };
}

/** What another device says in a scope, of a record of that scope; undefined for anything else. */
function open(
  { replica, bindings }: PresenceHostDeps,
  scopeId: ScopeId,
  body: Uint8Array,
): { readonly said: Presence; readonly states: readonly PresenceState[] } | undefined {
  const scope = presenceScope(replica, scopeId);
  const opened = scope && openPresence(scope, body);
  if (opened?.ok !== true || opened.value.deviceId === replica.self) {
    return undefined;
  }
  const said = opened.value;
  const binding = bindings.ofCollection(said.collection);
  const states = readPresence(said.update);
  return binding === undefined || replica.scopeOf(binding)?.scopeId !== scopeId || states === undefined
    ? undefined
    : { said, states };
}
