import type { StoreRebuildBody, StoreVerifyBody } from '../api/types/store.ts';
import type { Answer, Calls } from './call.ts';

export interface StoreClient {
  verifyStore(): Answer<StoreVerifyBody>;
  /** Without `execute` it answers the plan and changes nothing. */
  rebuildStore(execute: boolean): Answer<StoreRebuildBody>;
}

export function storeClient({ post }: Calls): StoreClient {
  return {
    verifyStore: () => post('/v1/store/verify'),
    rebuildStore: (execute) => post('/v1/store/rebuild', { execute }),
  };
}
