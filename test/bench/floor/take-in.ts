import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleRecords } from '../records.ts';
import { floorKeys, openFloorStore, openRecords, sealRecords } from './store.ts';

/** What taking records in costs without the product, in this process: microseconds for each record. */
export interface TakeInFloor {
  /** Verifying and opening. */
  readonly opened: number;
  /** The same, and inserted into an SQLite database, a transaction for each batch. */
  readonly taken: number;
}

export function floorOfTakingIn(count: number, perBatch: number): TakeInFloor {
  const folder = mkdtempSync(join(tmpdir(), 'sourcesync-floor-'));
  const keys = floorKeys();
  const store = openFloorStore(join(folder, 'floor.db'));
  try {
    const records = sampleRecords(count);
    const batches = Array.from(
      { length: Math.ceil(count / perBatch) },
      (_, index) => sealRecords(keys, records.slice(index * perBatch, (index + 1) * perBatch)).batch,
    );
    const startedMs = performance.now();
    const opened = batches.map((batch) => openRecords(keys, batch));
    const openedMs = performance.now();
    for (const [index, batch] of batches.entries()) {
      store.insert(index + 1, batch, opened[index] ?? []);
    }
    const each = (untilMs: number): number => ((untilMs - startedMs) * 1000) / count;
    return { opened: each(openedMs), taken: each(performance.now()) };
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
