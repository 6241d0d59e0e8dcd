import type { JsonValue } from '../../base/json.ts';
import type { SettingTable } from '../../store/ground/port.ts';

/** A short list that stands in one setting, and is remembered. */
export interface KeptList<T> {
  list(): readonly T[];
  /** Inside a transaction. */
  save(next: readonly T[]): void;
  /** A transaction failed: what it wrote never was. */
  forget(): void;
}

/** The device wrote it itself, sealed. */
export function createKeptList<T>(settings: SettingTable, setting: string): KeptList<T> {
  let known: readonly T[] | undefined;
  return {
    list: () => (known ??= (settings.get(setting) ?? []) as unknown as readonly T[]),
    save(next) {
      known = next;
      if (next.length === 0) {
        settings.remove(setting);
      } else {
        settings.set(setting, next as unknown as JsonValue);
      }
    },
    forget() {
      known = undefined;
    },
  };
}
