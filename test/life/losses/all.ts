import { emptied } from './emptied.ts';
import type { Loss } from './loss.ts';
import { removed, removedOffline } from './removed.ts';
import { overwritten, truncated } from './truncated.ts';
import { gone, unmounted, unmountedAtStart } from './unmounted.ts';

export const losses: readonly Loss[] = [
  removed,
  removedOffline,
  emptied,
  truncated,
  overwritten,
  unmounted,
  unmountedAtStart,
  gone,
];
