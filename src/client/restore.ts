import type { PageBody } from '../api/types/bodies.ts';
import type { RestoreBody, RestorePointBody } from '../api/types/restore.ts';
import type { Answer, Calls } from './call.ts';

export interface RestoreCalls {
  /** Newest first. */
  restorePoints(): Answer<PageBody<RestorePointBody>>;
  createRestorePoint(name: string): Answer<RestorePointBody>;
  /** By id, name, or the beginning of an id; without `execute` it only plans. */
  restore(point: string, options: { readonly collection?: string; readonly execute: boolean }): Answer<RestoreBody>;
}

export function restoreCalls({ get, post }: Calls): RestoreCalls {
  return {
    restorePoints: () => get('/v1/restore'),
    createRestorePoint: (name) => post('/v1/restore', { name }),
    restore: (point, options) => post(`/v1/restore/${encodeURIComponent(point)}`, options),
  };
}
