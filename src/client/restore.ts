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

export function restoreCalls({ ask }: Calls): RestoreCalls {
  return {
    restorePoints: () => ask('GET /v1/restore'),
    createRestorePoint: (name) => ask('POST /v1/restore', { body: { name } }),
    restore: (point, options) => ask('POST /v1/restore/:id', { path: { id: point }, body: options }),
  };
}
