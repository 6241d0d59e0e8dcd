import type { DeviceId } from '../../base/ids.ts';
import { reasonText } from '../../contract/verdict.ts';
import { decodeBatch } from '../../log/header.ts';
import { type ChainView, verifyBatch } from '../../log/verify.ts';
import type { ScopeState } from '../../membership/state.ts';
import type { DeviceMessage, RelayErrorCode } from '../../sync/messages.ts';
import type { RelayPolicy } from '../policy.ts';
import type { RelayStore } from '../port.ts';
import type { FreshBatch } from './connection.ts';

type Push = Extract<DeviceMessage, { type: 'push' }>;

export interface PushOutcome {
  readonly fresh: readonly FreshBatch[];
  /** Held up to and with this sequence; 0 for nothing. */
  readonly acknowledged: number;
  /** Why the rest of the push was not taken. */
  readonly refusal: { readonly code: RelayErrorCode; readonly message: string } | undefined;
}

const dayMs = 86_400_000;

/** Verifies and stores the batches of a push one after the other; stops at the first that is refused. */
export function storePush(
  { store, policy, nowMs }: { store: RelayStore; policy: RelayPolicy; nowMs: number },
  scope: ScopeState,
  deviceId: DeviceId,
  { batches }: Push,
): PushOutcome {
  const { scopeId } = scope;
  const day = Math.floor(nowMs / dayMs);
  const room = Math.min(
    policy.scopeBytes - store.sizeBytes(scopeId),
    policy.deviceBytesPerDay - store.usedOn(deviceId, day),
  );
  const fresh: FreshBatch[] = [];
  let head = store.head(scopeId, deviceId);
  let acknowledged = 0;
  let usedBytes = 0;
  let refusal: PushOutcome['refusal'];

  for (const bytes of batches) {
    const chain: ChainView = { head, idAt: (sequence) => store.batchIdAt(scopeId, deviceId, sequence) };
    const judged = judge(bytes, scope, deviceId, chain);
    if ('code' in judged) {
      refusal = judged;
      break;
    }
    const { sequence, batchId } = judged;
    if (judged.isNew) {
      if (usedBytes + bytes.length > room) {
        refusal = { code: 'E_QUOTA', message: 'the room of this scope or the daily room of this device is used up' };
        break;
      }
      const cursor = store.appendBatch({ scopeId, deviceId, sequence, batchId, bytes });
      if (cursor === undefined) {
        refusal = { code: 'E_CONFLICT', message: `batch ${sequence} is not the next of its chain` };
        break;
      }
      usedBytes += bytes.length;
      head = { sequence, batchId };
      fresh.push({ cursor, deviceId, sequence, batchId, bytes });
    }
    acknowledged = Math.max(acknowledged, sequence);
  }
  if (usedBytes > 0) {
    store.charge(deviceId, day, usedBytes);
  }
  return { fresh, acknowledged, refusal };
}

type Judged = Pick<FreshBatch, 'sequence' | 'batchId'> & { readonly isNew: boolean };

function judge(
  bytes: Uint8Array,
  scope: ScopeState,
  deviceId: DeviceId,
  chain: ChainView,
): Judged | { readonly code: RelayErrorCode; readonly message: string } {
  const decoded = decodeBatch(bytes);
  if (!decoded.ok) {
    return { code: 'E_BAD_BATCH', message: reasonText(decoded.error) };
  }
  const { header, batchId } = decoded.value;
  if (header.deviceId !== deviceId) {
    return { code: 'E_BAD_BATCH', message: 'a device pushes batches of its own chain alone' };
  }
  const verdict = verifyBatch(decoded.value, scope, chain);
  switch (verdict.verdict) {
    case 'accept':
      return { sequence: header.sequence, batchId, isNew: true };
    case 'duplicate':
      return { sequence: header.sequence, batchId, isNew: false };
    case 'hold':
      return { code: 'E_CONFLICT', message: reasonText(verdict) };
    case 'review':
    case 'quarantine':
    case 'reject':
      return { code: 'E_BAD_BATCH', message: reasonText(verdict) };
  }
}
