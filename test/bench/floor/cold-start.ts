import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleRecords } from '../records.ts';
import { startProcess } from '../stage/processes.ts';
import { usageOf } from '../stage/usage.ts';
import { median } from '../statistics.ts';
import { program } from './run-floor.ts';
import { floorKeys, openFloorStore, recordsPerBatch, sealRecords } from './store.ts';

/** A bare program that opens an SQLite database with so many records and rests. */
export async function floorOfStarting(
  count: number,
  starts: number,
): Promise<{ readonly startMs: number; readonly residentMiB: number }> {
  const root = await mkdtemp(join(tmpdir(), 'sourcesync-floor-'));
  try {
    fill(join(root, 'floor.db'), count);
    const startsMs: number[] = [];
    let residentMiB = Number.NaN;
    for (let start = 0; start < starts; start++) {
      const opener = await startProcess([program('open-store.js'), join(root, 'floor.db')], join(root, 'floor.log'));
      startsMs.push(opener.startMs);
      ({ residentMiB } = usageOf(opener.pid));
      await opener.stop();
    }
    return { startMs: median(startsMs), residentMiB };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

function fill(path: string, count: number): void {
  const keys = floorKeys();
  const store = openFloorStore(path);
  for (let first = 0; first < count; first += recordsPerBatch) {
    const records = sampleRecords(Math.min(recordsPerBatch, count - first), first);
    const { batch, bodies } = sealRecords(keys, records);
    store.insert(
      first + 1,
      batch,
      records.map(({ id }, index) => ({ id, body: bodies[index] as Uint8Array })),
    );
  }
  store.close();
}
