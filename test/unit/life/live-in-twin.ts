import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLedger } from '../../life/ledger.ts';
import type { Life } from '../../life/life.ts';
import { createLossBook } from '../../life/loss-book.ts';
import { play } from '../../life/play.ts';
import { type FaultKind, type Tally, createTally } from '../../life/tally.ts';
import type { Entry } from '../../life/timetable.ts';
import { createTreeReader } from '../../life/tree.ts';
import { type TwinFaults, createTwin } from './twin.ts';

const patienceMs = 1_500;
const archiveFiles = 60;

/** Lives through a timetable with the twin; answers what was found and counted. */
export async function liveInTwin(seed: number, timetable: readonly Entry[], faults: TwinFaults = {}): Promise<Tally> {
  const root = mkdtempSync(join(tmpdir(), 'sourcesync-twin-'));
  const pair = createTwin(root, faults);
  const tally = createTally(() => undefined);
  const life: Omit<Life, 'random'> = {
    ...{ pair, tally, ledger: createLedger(), losses: createLossBook(), trees: createTreeReader() },
    ...{ signal: new AbortController().signal, patienceMs, archiveFiles, spoilt: new Set(), deleted: new Map() },
    ...{ remember: () => undefined, keep: () => undefined, note: () => undefined },
  };
  try {
    await play(life, { seed, scenes: timetable.length, timetable: () => timetable, isTimeOver: () => false });
    return tally;
  } finally {
    await pair.close();
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The counters that are not nought. */
export function faultsIn(tally: Tally): readonly FaultKind[] {
  return (Object.entries(tally.faults) as [FaultKind, number][]).filter(([, count]) => count > 0).map(([kind]) => kind);
}
