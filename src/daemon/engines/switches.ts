import type { EngineId } from '../../base/ids.ts';
import type { Bindings } from '../../replica/names/binding.ts';
import type { Store } from '../../store/ground/port.ts';
import type { Config } from '../ground/config.ts';

/** Which engines are switched on; survives a restart. */
export interface EngineSwitch {
  isEnabled(engineId: EngineId): boolean;
  set(engineId: EngineId, enabled: boolean): void;
}

/** Whether sync as a whole is paused; survives a restart. */
export interface SyncSwitch {
  readonly paused: boolean;
  set(paused: boolean): void;
}

const pausedSetting = 'sync.paused';

/** What a person switched here wins over the configuration, which wins over the manifest. */
export function createEngineSwitch(
  store: Pick<Store, 'settings'>,
  config: () => Config,
  bindings: Bindings,
): EngineSwitch {
  const settingOf = (engineId: EngineId): string => `engine.enabled.${engineId}`;
  const chosen = new Map<EngineId, boolean>();
  const defaults = new Map<EngineId, boolean>();
  for (const { manifest } of bindings.all()) {
    defaults.set(manifest.engineId, manifest.defaultEnabled);
    const saved = store.settings.get(settingOf(manifest.engineId));
    if (typeof saved === 'boolean') {
      chosen.set(manifest.engineId, saved);
    }
  }
  return {
    isEnabled: (engineId) =>
      chosen.get(engineId) ?? config().engines[engineId]?.enabled ?? defaults.get(engineId) ?? false,
    set(engineId, enabled) {
      store.settings.set(settingOf(engineId), enabled);
      chosen.set(engineId, enabled);
    },
  };
}

export function createSyncSwitch(store: Pick<Store, 'settings'>): SyncSwitch {
  let paused = store.settings.get(pausedSetting) === true;
  return {
    get paused(): boolean {
      return paused;
    },
    set(next) {
      store.settings.set(pausedSetting, next);
      paused = next;
    },
  };
}
