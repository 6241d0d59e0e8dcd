import type { Result } from '../../base/result.ts';
import { isFloorAtLeast } from '../../policy/floor.ts';
import { coalesce } from './coalesce.ts';
import type { Config } from './config.ts';

/** How long after a change of the file it is read: writers take several steps. */
export const reloadDelayMs = 100;
/** How long a file must stand still before it may weaken the floor of this device. */
export const settleMs = 2_000;

/** The configuration in force, beside the file that it was read from. */
export interface ConfigInForce {
  readonly current: () => Config;
  /** Why the file is not in force; null when it is. */
  readonly problem: () => string | null;
  /** Called whenever the file was read again. */
  readonly onReload: (listener: () => void) => void;
}

export interface LiveConfig extends ConfigInForce {
  /** Something happened to the file. */
  readonly changed: () => void;
  readonly stop: () => void;
}

/**
 * A file that became invalid leaves the last good one in force and is told of. One that is being written may be empty or
 * cut off for a moment, which would be a configuration too, one without a floor: what weakens the floor counts only once
 * the file stands still, and everything else at once.
 */
export function createLiveConfig(read: () => Result<Config, string>, first: Config): LiveConfig {
  let config = first;
  let problem: string | null = null;
  const listeners: (() => void)[] = [];
  let settling: NodeJS.Timeout | undefined;

  function take(isSettled: boolean): void {
    const loaded = read();
    problem = loaded.ok ? null : loaded.error;
    if (loaded.ok && !isSettled && !isFloorAtLeast(loaded.value.policyFloor, config.policyFloor)) {
      settling = setTimeout(() => take(true), settleMs);
      return;
    }
    config = loaded.ok ? loaded.value : config;
    for (const listener of listeners) {
      listener();
    }
  }

  const reload = coalesce(reloadDelayMs, () => take(false));
  return {
    current: () => config,
    problem: () => problem,
    onReload: (listener) => listeners.push(listener),
    changed() {
      clearTimeout(settling);
      reload('configuration');
    },
    stop() {
      reload.cancel();
      clearTimeout(settling);
    },
  };
}
