import { type DeviceId, type ScopeId, parseDeviceId, parseScopeId } from '../../base/ids.ts';
import { type JsonValue, isJsonObject } from '../../base/json.ts';
import type { Store } from '../../store/ground/port.ts';
import type { RelayView } from '../../sync/ground/session.ts';

/** What one relay was seen to hold, kept across restarts: it tells a relay that was wiped from one that is new. */
export interface RelayMemory {
  of(scopeId: ScopeId): RelayView | null;
  /** What the relay says that it holds now, be it less than before. */
  replace(scopeId: ScopeId, relayView: RelayView): void;
  /** The relay handed these out, or confirmed them. */
  advance(scopeId: ScopeId, chains: Iterable<readonly [DeviceId, number]>): void;
  logAdvanced(scopeId: ScopeId, logSequence: number): void;
  /** Writes down what changed since; losing it costs a warning, never data. */
  save(): void;
}

export function createRelayMemory(store: Pick<Store, 'settings'>, relayUrl: string): RelayMemory {
  const name = `relay.seen.${relayUrl}`;
  const relayViews = read(store.settings.get(name));
  let isSaved = true;

  function set(scopeId: ScopeId, logSequence: number, chains: ReadonlyMap<DeviceId, number>): void {
    relayViews.set(scopeId, { logSequence, chains });
    isSaved = false;
  }

  return {
    of(scopeId) {
      const relayView = relayViews.get(scopeId);
      return relayView === undefined
        ? null
        : { logSequence: relayView.logSequence, chains: Object.fromEntries(relayView.chains) };
    },
    replace(scopeId, { logSequence, chains }) {
      set(scopeId, logSequence, new Map(Object.entries(chains) as [DeviceId, number][]));
    },
    advance(scopeId, chains) {
      const relayView = relayViews.get(scopeId);
      const held = new Map(relayView?.chains);
      for (const [deviceId, sequence] of chains) {
        held.set(deviceId, Math.max(held.get(deviceId) ?? 0, sequence));
      }
      set(scopeId, relayView?.logSequence ?? -1, held);
    },
    logAdvanced(scopeId, logSequence) {
      const relayView = relayViews.get(scopeId);
      if ((relayView?.logSequence ?? -1) < logSequence) {
        set(scopeId, logSequence, relayView?.chains ?? new Map());
      }
    },
    save() {
      if (!isSaved) {
        store.settings.set(
          name,
          Object.fromEntries(
            [...relayViews].map(([scopeId, relayView]) => [
              scopeId,
              { logSequence: relayView.logSequence, chains: Object.fromEntries(relayView.chains) },
            ]),
          ),
        );
        isSaved = true;
      }
    },
  };
}

type RelayViews = Map<ScopeId, { readonly logSequence: number; readonly chains: ReadonlyMap<DeviceId, number> }>;

function read(saved: JsonValue | undefined): RelayViews {
  const relayViews: RelayViews = new Map();
  for (const [id, value] of saved !== undefined && isJsonObject(saved) ? Object.entries(saved) : []) {
    const scopeId = parseScopeId(id);
    const { logSequence, chains } = isJsonObject(value) ? value : {};
    if (scopeId !== undefined && typeof logSequence === 'number' && chains !== undefined && isJsonObject(chains)) {
      const held = Object.entries(chains).flatMap(([device, sequence]) => {
        const deviceId = parseDeviceId(device);
        return deviceId !== undefined && typeof sequence === 'number' ? [[deviceId, sequence] as const] : [];
      });
      relayViews.set(scopeId, { logSequence, chains: new Map(held) });
    }
  }
  return relayViews;
}
