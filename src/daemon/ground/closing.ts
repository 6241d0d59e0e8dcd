import type { Store } from '../../store/ground/port.ts';

/** Whatever fails on the way: a store that stays open is nobody's any more. */
export async function closing(store: Pick<Store, 'close'>, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } finally {
    store.close();
  }
}
