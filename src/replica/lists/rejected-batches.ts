import type { JsonValue } from '../../base/json.ts';
import type { Store } from '../../store/ground/port.ts';

/** Batches that were rejected and told of: a relay hands them out again at each hello, and saying it once is enough. */
export interface RejectedBatches {
  /** True the first time; inside a transaction. */
  isNew(digest: string): boolean;
  /** A transaction failed: what it told never was told. */
  forget(): void;
}

const setting = 'batches.rejected';
const kept = 512;

export function createRejectedBatches({ settings }: Pick<Store, 'settings'>): RejectedBatches {
  let known: Set<string> | undefined;
  return {
    isNew(digest) {
      known ??= new Set((settings.get(setting) ?? []) as readonly string[]);
      if (known.has(digest)) {
        return false;
      }
      known.add(digest);
      for (const oldest of known) {
        if (known.size <= kept) {
          break;
        }
        known.delete(oldest);
      }
      settings.set(setting, [...known] as JsonValue);
      return true;
    },
    forget() {
      known = undefined;
    },
  };
}
