import { assert } from '../../src/base/assert.ts';
import { type ScopeId, bytesFromHashId } from '../../src/base/ids.ts';
import type { Stamp } from '../../src/clock/stamp.ts';
import type { Change } from '../../src/contract/change.ts';
import { encodeChange } from '../../src/log/change.ts';
import type { BatchKind } from '../../src/log/header.ts';
import { type AnnouncedScope, encodeMeta } from '../../src/log/meta.ts';
import { type SealedBatch, sealBatch } from '../../src/log/sealing.ts';
import type { ScopeState } from '../../src/membership/parse/state.ts';
import type { TestDevice } from './test-device.ts';

export interface Crafted {
  readonly by: Pick<TestDevice, 'keys' | 'replica' | 'disk'>;
  readonly scopeId: ScopeId;
  readonly records?: readonly Uint8Array[];
  readonly kind?: BatchKind;
  readonly scopes?: readonly AnnouncedScope[];
  readonly meta?: Uint8Array;
  /** Left out: the latest that the author knows. */
  readonly logSequence?: number;
  readonly epochKey?: Uint8Array;
  /** Left out: the batch that follows the author's own head. */
  readonly after?: { readonly sequence: number; readonly batchId: SealedBatch['batchId'] } | null;
}

/** A batch with the right signature and any content, such as only a broken or hostile device would make. */
export function craftBatch(options: Crafted): SealedBatch {
  const { by, scopeId, records = [], kind = 'changes', scopes = [] } = options;
  const state = stateOf(by, scopeId);
  const after =
    options.after === undefined ? (by.disk.log.heads(scopeId).get(by.keys.deviceId) ?? null) : options.after;
  const logSequence = options.logSequence ?? state.sequence;
  const epoch = state.epochs.findLast(({ since }) => since <= logSequence)?.epoch ?? 1;
  const epochKey = options.epochKey ?? by.replica.epochKey(scopeId, epoch);
  assert(epochKey !== undefined, 'the author holds the key');
  const meta = options.meta ?? encodeMeta({ stamp: '019b76daa800-0000' as Stamp, frontier: {}, audit: null, scopes });
  return sealBatch(
    {
      scopeId,
      kind,
      epoch,
      logSequence,
      sequence: (after?.sequence ?? 0) + 1,
      previous: after === null ? new Uint8Array(32) : bytesFromHashId(after.batchId),
      logHead: state.heads[logSequence] as Uint8Array,
    },
    {
      epochKey,
      deviceKeys: by.keys,
      records: [meta, ...records],
      random: new Uint8Array(32),
    },
  );
}

/** A change as it stands in a batch; what is left out is that of a first write to a workspace node. */
export function craftChange(change: Partial<Record<keyof Change, unknown>>): Uint8Array {
  return encodeChange({
    collection: 'workspace',
    objectId: 'w',
    schemaVersion: '0.1.0',
    operation: 'put',
    parents: [],
    authorId: 'urn:srcos:app:sample',
    managedBy: 'user',
    stamp: '019b76daa800-0001',
    value: { kind: 'task', title: 't' },
    ...change,
  } as Change);
}

export function stateOf(device: Pick<TestDevice, 'replica'>, scopeId: ScopeId): ScopeState {
  const scope = device.replica.scopes().find(({ state }) => state.scopeId === scopeId);
  assert(scope !== undefined, 'the device has joined the scope');
  return scope.state;
}
