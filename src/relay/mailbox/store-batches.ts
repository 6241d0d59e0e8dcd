import type { DeviceId } from '../../base/ids.ts';
import type { ChainHead } from '../../contract/chain.ts';
import { type BatchHeader, decodeBatch } from '../../log/header.ts';
import { type ChainView, verifyBatch } from '../../log/verify.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { RelayErrorCode } from '../../sync/wire/messages.ts';
import type { RelayPolicy } from '../policy.ts';
import type { RelayStore } from '../port.ts';
import type { FreshBatch } from './connection.ts';

/** Batches of one chain, and who brings them and pays for the room: the device itself, or one that heals the relay. */
export interface Brought {
  readonly author: DeviceId;
  readonly sender: DeviceId;
  readonly batches: readonly Uint8Array[];
}

export interface BroughtOutcome {
  readonly fresh: readonly FreshBatch[];
  /** Held up to and with this sequence; 0 for nothing. */
  readonly acknowledged: number;
  /** Why the rest was not taken. */
  readonly refusal: { readonly code: RelayErrorCode; readonly message: string } | undefined;
}

const dayMs = 86_400_000;

/** Verifies and stores the batches of a message one after the other; stops at the first that is refused. */
export function storeBatches(
  { store, policy, nowMs }: { store: RelayStore; policy: RelayPolicy; nowMs: number },
  scope: ScopeState,
  { author, sender, batches }: Brought,
): BroughtOutcome {
  const { scopeId } = scope;
  const day = Math.floor(nowMs / dayMs);
  const room = Math.min(
    policy.scopeBytes - store.sizeBytes(scopeId),
    policy.deviceBytesPerDay - store.usedOn(sender, day),
  );
  const fresh: FreshBatch[] = [];
  let head = store.head(scopeId, author);
  let acknowledged = 0;
  let usedBytes = 0;
  let refusal: BroughtOutcome['refusal'];

  for (const bytes of batches) {
    const judged = judge(bytes, scope, author, chainView(store, scope, author, head));
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
      const cursor = store.appendBatch({ scopeId, deviceId: author, sequence, batchId, bytes });
      if (cursor === undefined) {
        refusal = { code: 'E_CONFLICT', message: `batch ${sequence} is not the next of its chain` };
        break;
      }
      usedBytes += bytes.length;
      head = { sequence, batchId };
      fresh.push({ cursor, deviceId: author, sequence, batchId, bytes });
    }
    acknowledged = Math.max(acknowledged, sequence);
  }
  if (usedBytes > 0) {
    store.charge(sender, day, usedBytes);
  }
  return { fresh, acknowledged, refusal };
}

/** The last batch is read for its membership position only where the next could go back behind it. */
function chainView(
  store: Pick<RelayStore, 'batchIdAt' | 'bytesAt'>,
  { scopeId, sequence }: ScopeState,
  author: DeviceId,
  head: ChainHead | null,
) {
  return (header: BatchHeader): ChainView => {
    const mayGoBack = head !== null && header.logSequence < sequence;
    const last = mayGoBack ? store.bytesAt(scopeId, author, head.sequence) : undefined;
    const decoded = last && decodeBatch(last);
    return {
      head,
      idAt: (at) => store.batchIdAt(scopeId, author, at),
      ...(decoded?.ok ? { headLogSequence: decoded.value.header.logSequence } : {}),
    };
  };
}

type Judged = Pick<FreshBatch, 'sequence' | 'batchId'> & { readonly isNew: boolean };

function judge(
  bytes: Uint8Array,
  scope: ScopeState,
  author: DeviceId,
  chainFor: (header: BatchHeader) => ChainView,
): Judged | { readonly code: RelayErrorCode; readonly message: string } {
  const decoded = decodeBatch(bytes);
  if (!decoded.ok) {
    return { code: 'E_BAD_BATCH', message: decoded.error.message };
  }
  const { header, batchId } = decoded.value;
  if (header.deviceId !== author) {
    return { code: 'E_BAD_BATCH', message: 'the batches of one message belong to the chain that it names' };
  }
  const verdict = verifyBatch(decoded.value, scope, chainFor(header));
  switch (verdict.verdict) {
    case 'accept':
      return { sequence: header.sequence, batchId, isNew: true };
    case 'duplicate':
      return { sequence: header.sequence, batchId, isNew: false };
    case 'hold':
      return { code: 'E_CONFLICT', message: verdict.message };
    case 'review':
    case 'quarantine':
    case 'reject':
      return { code: 'E_BAD_BATCH', message: verdict.message };
  }
}
