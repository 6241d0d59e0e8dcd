import type { StoreStandingBody } from '../../api/types/bodies.ts';
import type { StoreFailure, Trouble } from '../../store/ground/failure.ts';
import type { DiskRoom } from '../../store/sqlite/base/disk-room.ts';
import { bytesInWords } from './disk-room.ts';

/** What is said of the disk that holds a home. */
export interface StoreStanding {
  /** low: it takes what is written, and not for long. full, failing: nothing can be written. */
  readonly state: 'well' | 'low' | 'full' | 'failing';
  /** Why engines are degraded; null when all is well. */
  readonly cause: StoreFailure | null;
  /** What happened and what to do next. */
  readonly message: string | null;
  readonly sinceMs: number | null;
  /** Null where the disk does not say it. */
  readonly freeBytes: number | null;
}

export function standingBody({ sinceMs, ...standing }: StoreStanding): StoreStandingBody {
  return { ...standing, since: sinceMs === null ? null : new Date(sinceMs).toISOString() };
}

const goesOn = 'Work goes on by itself when that is done, and nothing that was stored is lost.';

export function wellStanding(room: DiskRoom | undefined): StoreStanding {
  return { state: 'well', cause: null, message: null, sinceMs: null, freeBytes: room?.freeBytes ?? null };
}

export function lowStanding(folder: string, { freeBytes }: DiskRoom, sinceMs: number): StoreStanding {
  const message =
    `The disk that holds ${folder} has ${bytesInWords(freeBytes)} left. Make room on it soon: ` +
    'remove files that are not needed, or move the home to a larger disk. Until it is full, everything works.';
  return { state: 'low', cause: 'disk_low', message, sinceMs, freeBytes };
}

export function stoppedStanding(
  folder: string,
  room: DiskRoom | undefined,
  {
    failure,
    trouble,
    sinceMs,
  }: { readonly failure: StoreFailure; readonly trouble: Trouble; readonly sinceMs: number },
): StoreStanding {
  const freeBytes = room?.freeBytes ?? null;
  if (failure === 'disk_low') {
    const left = freeBytes === null ? '' : ` (${bytesInWords(freeBytes)} left)`;
    const message =
      `The disk that holds ${folder} is full${left}: nothing new is stored, neither what is written here nor what ` +
      `arrives. Make room on it. ${goesOn}`;
    return { state: 'full', cause: failure, message, sinceMs, freeBytes };
  }
  const failing = { state: 'failing', cause: failure, sinceMs, freeBytes } as const;
  if (trouble === 'moved') {
    const message =
      `The database in ${folder} was removed or replaced while it was in use: nothing new is stored, neither what is written ` +
      'here nor what arrives. Put it back as it was and work goes on by itself; where what is there now is meant to be ' +
      'used, let the daemon take it up: sourcesync daemon stop, then sourcesync daemon start.';
    return { ...failing, message };
  }
  if (trouble === 'damage') {
    const message =
      `A page of the database in ${folder} is not as it was written: nothing new is stored, neither what is written here nor ` +
      'what arrives, until it is made anew of what can be read. That is done by itself within moments; what became of it ' +
      'says: sourcesync doctor. Where this is said for longer, its disk fails (dmesg, smartctl): mend it.';
    return { ...failing, message };
  }
  const message =
    `The disk that holds ${folder} does not take what is written to it: nothing new is stored, neither what is written ` +
    `here nor what arrives. See whether it is read-only, unplugged or broken (dmesg, smartctl), and mend it. ${goesOn}`;
  return { ...failing, message };
}
