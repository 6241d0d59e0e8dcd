import { isJsonObject } from '../../base/json.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { Store } from '../../store/ground/port.ts';
import type { Scopes } from './scopes.ts';

/** Settings that keep where every chain stood when this device began to judge by a law. */
export const laws = {
  /** Of two words, and of the last word. */
  decisions: 'reviews.laws_since',
  /** Files that run by themselves wait for a person. */
  selfRunningFiles: 'files.gated_since',
} as const;

/**
 * Tells the changes that were here when this device was upgraded to a law: what was approved under the rules before stays
 * approved. A home that begins with the law has none.
 */
export function oldChanges(
  store: Pick<Store, 'settings' | 'log' | 'transaction'>,
  scopes: Pick<Scopes, 'all'>,
  setting: (typeof laws)[keyof typeof laws],
): (change: Pick<LoggedChange, 'scopeId' | 'deviceId' | 'sequence'>) => boolean {
  const { settings, log } = store;
  if (settings.get(setting) === undefined) {
    const since = scopes.all().map(({ scopeId }) => {
      const heads = [...log.heads(scopeId)].map(([deviceId, { sequence }]) => [deviceId, sequence] as const);
      return [scopeId, Object.fromEntries(heads)] as const;
    });
    store.transaction(() => {
      settings.set(setting, Object.fromEntries(since));
    });
  }
  const since = settings.get(setting) ?? null;
  return ({ scopeId, deviceId, sequence }) => {
    const chains = isJsonObject(since) ? (since[scopeId] ?? null) : null;
    const last = isJsonObject(chains) ? chains[deviceId] : undefined;
    return typeof last === 'number' && sequence <= last;
  };
}
