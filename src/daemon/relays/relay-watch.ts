import type { Logger } from 'pino';
import type { DeviceId, ScopeId } from '../../base/ids.ts';
import type { RelayShown } from '../../net/relay-link.ts';
import type { Replica } from '../../replica/port.ts';
import { createRelayMemory } from '../../replica/names/relay-memory.ts';
import type { Store } from '../../store/ground/port.ts';
import type { RelayView } from '../../sync/ground/session.ts';

/** What one relay was seen to hold and to do, remembered across restarts. */
export interface RelayWatch {
  relayViewOf(scopeId: ScopeId): RelayView | null;
  shown(shown: RelayShown): void;
  /** The relay confirmed own batches up to this one. */
  acknowledged(scopeId: ScopeId, sequence: number): void;
  /** The relay handed out batches up to these. */
  chainsAdvanced(scopeId: ScopeId, chains: Iterable<readonly [DeviceId, number]>): void;
  logAdvanced(scopeId: ScopeId, logSequence: number): void;
  /** Writes down what was not written yet. */
  save(): void;
}

const saveIntervalMs = 60_000;

export function createRelayWatch({
  url,
  replica,
  store,
  log,
}: {
  readonly url: string;
  readonly replica: Pick<Replica, 'self' | 'confirmed' | 'raiseAlarm' | 'clearAlarms'>;
  readonly store: Store;
  readonly log: Logger;
}): RelayWatch {
  const memory = createRelayMemory(store, url);
  let savedMs = performance.now();

  function save(): void {
    savedMs = performance.now();
    memory.save();
  }

  function saveSometimes(): void {
    if (performance.now() - savedMs >= saveIntervalMs) {
      save();
    }
  }

  return {
    relayViewOf: memory.of,
    save,
    shown(shown) {
      switch (shown.type) {
        case 'own_chain_behind':
          log.warn(shown, 'the relay holds more of the own chain than this disk: it comes back');
          return;
        case 'relay_behind':
          log.warn(shown, 'the relay lost what it held: it is given back');
          replica.raiseAlarm({ kind: 'relay_rewound', scopeId: shown.scopeId, relayUrl: url });
          if (shown.log !== null) {
            replica.raiseAlarm({ kind: 'log_rollback', scopeId: shown.scopeId, relayUrl: url });
          }
          return;
        case 'not_forwarded':
          log.warn(shown, 'the relay does not confirm what this device sends, and hands out what others send');
          replica.raiseAlarm({ kind: 'not_forwarded', scopeId: shown.scopeId, relayUrl: url });
          return;
        case 'relay_seen':
          memory.replace(shown.scopeId, shown.relayView);
          save();
          return;
        case 'seeded':
          memory.advance(shown.scopeId, [[shown.deviceId, shown.sequence]]);
          return;
        case 'relay_whole':
          replica.clearAlarms({ kind: 'relay_rewound', scopeId: shown.scopeId, relayUrl: url });
          replica.clearAlarms({ kind: 'log_rollback', scopeId: shown.scopeId, relayUrl: url });
          save();
          return;
      }
    },
    acknowledged(scopeId, sequence) {
      memory.advance(scopeId, [[replica.self, sequence]]);
      replica.confirmed(scopeId, sequence);
      replica.clearAlarms({ kind: 'not_forwarded', scopeId, relayUrl: url });
      saveSometimes();
    },
    chainsAdvanced(scopeId, chains) {
      memory.advance(scopeId, chains);
      saveSometimes();
    },
    logAdvanced(scopeId, logSequence) {
      memory.logAdvanced(scopeId, logSequence);
      saveSometimes();
    },
  };
}
