import type { StoreCopyBody, StoreRebuildBody, StoreVerifyBody } from '../api/types/store.ts';
import type { Answer, Calls } from './call.ts';

export interface StoreClient {
  verifyStore(): Answer<StoreVerifyBody>;
  copyStore(): Answer<StoreCopyBody>;
  /** Without `execute` it answers the plan and changes nothing. */
  rebuildStore(execute: boolean): Answer<StoreRebuildBody>;
}

export function storeClient({ ask }: Calls): StoreClient {
  return {
    verifyStore: () => ask('POST /v1/store/verify'),
    copyStore: () => ask('POST /v1/store/copy'),
    rebuildStore: (execute) => ask('POST /v1/store/rebuild', { body: { execute } }),
  };
}
