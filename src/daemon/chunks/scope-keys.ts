import type { ScopeId } from '../../base/ids.ts';
import { blobKeyOf } from '../../blobs/chunk.ts';
import { currentEpoch } from '../../membership/parse/standing.ts';
import type { CollectionBinding } from '../../replica/names/binding.ts';
import type { Replica } from '../../replica/port.ts';

/** With what chunks of a collection are named, sealed and opened. */
export interface ScopeKeys {
  readonly scopeId: ScopeId;
  /** In force now, and its key: what is new is sealed with it. */
  readonly epoch: number;
  readonly key: Uint8Array;
  epochKey(epoch: number): Uint8Array | undefined;
  /** The key of files of an epoch; undefined where that of the epoch is not held. */
  blobKey(epoch: number): Uint8Array | undefined;
}

/** Undefined for a collection that stays here, or whose key this device lacks. */
export function scopeKeysOf(
  replica: Pick<Replica, 'scopes' | 'scopeOf' | 'epochKey'>,
  binding: CollectionBinding,
): ScopeKeys | undefined {
  const state = replica.scopeOf(binding);
  if (state === undefined || replica.scopes().some((one) => one.local && one.state.scopeId === state.scopeId)) {
    return undefined;
  }
  const { scopeId } = state;
  const { epoch } = currentEpoch(state);
  const key = replica.epochKey(scopeId, epoch);
  return (
    key && {
      ...{ scopeId, epoch, key },
      epochKey: (wanted) => replica.epochKey(scopeId, wanted),
      blobKey(wanted) {
        const held = replica.epochKey(scopeId, wanted);
        return held && blobKeyOf(held, scopeId);
      },
    }
  );
}
