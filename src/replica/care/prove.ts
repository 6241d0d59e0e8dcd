import type { ChangeId } from '../../base/ids.ts';
import { type Result, err } from '../../base/result.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { decodeBatch } from '../../log/header.ts';
import { type RecordProof, proveRecord } from '../../log/proof.ts';
import type { Core } from '../kernel/core.ts';

/** A proof of one logged change with the whole membership log held here, so that what came later counts too. */
export function proveChange(core: Pick<Core, 'store' | 'logs'>, changeId: ChangeId): Result<RecordProof, Refusal> {
  const row = core.store.history.get(changeId);
  const batch = row && core.store.log.get(row.scopeId, row.deviceId, row.sequence);
  const decoded = batch && decodeBatch(batch.bytes);
  const key = decoded?.ok
    ? core.logs.scopes.epochKey(decoded.value.header.scopeId, decoded.value.header.epoch)
    : undefined;
  if (row === undefined || !decoded?.ok || key === undefined) {
    return err(notHere);
  }
  const entries = core.store.scopes.entries(row.scopeId).map(({ bytes }) => bytes);
  return proveRecord(decoded.value, key, row.index, entries);
}

const notHere = refuse(
  'reject',
  'schema_unknown',
  'proof_mismatch',
  'The batch of this change is not in the log of this device, or its key is not held here. Prove it on another device.',
);
