import type { Store } from '../../../src/store/ground/port.ts';

declare const store: Store;

// refused: TS2322
export const late: unknown = store.transaction(async () => 1);
// refused: TS2322
export const promised: unknown = store.transaction(() => Promise.resolve());
