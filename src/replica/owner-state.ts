import type { CollectionName } from '../base/ids.ts';
import { type JsonObject, isJsonObject } from '../base/json.ts';
import type { OwnerName, OwnerStatus } from '../contract/owner.ts';
import type { Store } from '../store/port.ts';

/** What this device remembers of an owner's set in a collection. */
export interface OwnerState {
  readonly status: OwnerStatus;
  /** Of the active set; null before there is one. */
  readonly syncToken: number | null;
  readonly contentHash: string | null;
  readonly version: string | null;
  /** Records of the active set. */
  readonly ids: readonly string[];
  /** Why the last push did not come to `synced`, in words. */
  readonly message: string | null;
  /** Milliseconds since 1970 of the last push; null before there was one. */
  readonly atMs: number | null;
}

const nothingYet: OwnerState = {
  status: 'not_synced',
  syncToken: null,
  contentHash: null,
  version: null,
  ids: [],
  message: null,
  atMs: null,
};

export function readOwnerState(store: Store, collection: CollectionName, owner: OwnerName): OwnerState {
  const kept = store.settings.get(settingOf(collection, owner));
  // Only writeOwnerState writes it.
  return kept !== undefined && isJsonObject(kept) ? (kept as unknown as OwnerState) : nothingYet;
}

export function writeOwnerState(store: Store, collection: CollectionName, owner: OwnerName, state: OwnerState): void {
  store.settings.set(settingOf(collection, owner), state as unknown as JsonObject);
}

function settingOf(collection: CollectionName, { type, id }: OwnerName): string {
  return `owner-set/${collection}/${type}/${id}`;
}
