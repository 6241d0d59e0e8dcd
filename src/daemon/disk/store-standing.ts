import type { StoreStandingBody } from '../../api/types/bodies.ts';
import type { StoreFailure } from '../../store/ground/failure.ts';
import { type DiskRoom, bytesInWords } from './disk-room.ts';

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
  { failure, sinceMs }: { readonly failure: StoreFailure; readonly sinceMs: number },
): StoreStanding {
  const freeBytes = room?.freeBytes ?? null;
  if (failure === 'disk_low') {
    const left = freeBytes === null ? '' : ` (${bytesInWords(freeBytes)} left)`;
    const message =
      `The disk that holds ${folder} is full${left}: nothing new is stored, neither what is written here nor what ` +
      `arrives. Make room on it. ${goesOn}`;
    return { state: 'full', cause: failure, message, sinceMs, freeBytes };
  }
  const message =
    `The disk that holds ${folder} does not take what is written to it: nothing new is stored, neither what is written ` +
    `here nor what arrives. See whether it is read-only, unplugged or broken (dmesg, smartctl), and mend it. ${goesOn}`;
  return { state: 'failing', cause: failure, message, sinceMs, freeBytes };
}
