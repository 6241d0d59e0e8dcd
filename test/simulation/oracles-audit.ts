import type { CollectionName } from '../../src/base/ids.ts';
import type { JsonObject, JsonValue } from '../../src/base/json.ts';
import { isJsonObject } from '../../src/base/json.ts';
import type { RecordRow } from '../../src/contract/record.ts';
import { auditHash } from '../../src/log/audit.ts';
import { decodeChange } from '../../src/log/change.ts';
import { decodeBatch } from '../../src/log/header.ts';
import { openBatch } from '../../src/log/sealing.ts';
import type { Device } from './device.ts';
import { everyItem } from './state-hash.ts';
import type { World } from './world.ts';

const audit = 'audit' as CollectionName;

/** Every entry of the audit is what its device noted, whole, and behind the event that its log has before it. */
export function checkAudit({ household, report, counters }: World, { disk, index }: Device): void {
  for (const row of disk.records.list(audit, everyItem).items) {
    counters.hit('audit entry looked at');
    const fault = faultOf(row, household.userId) ?? linkFault(disk, row);
    if (fault !== undefined) {
      report('audit', `device ${index}: an entry of ${row.deviceId} in the audit ${fault}`);
    }
  }
}

function faultOf({ id, fields, managedBy, deviceId, authorId, state }: RecordRow, userId: string): string | undefined {
  if (state !== 'live' || fields === null) {
    return 'was taken out';
  }
  if (managedBy !== 'system' || authorId !== deviceId) {
    return `was written by ${authorId}`;
  }
  if (fields['deviceId'] !== deviceId || ![deviceId, userId].includes(String(fields['actorId']))) {
    return `says that ${String(fields['actorId'])} acted on ${String(fields['deviceId'])}`;
  }
  const hash = auditHash(fields as unknown as Parameters<typeof auditHash>[0]);
  return fields['eventHash'] === hash && hash === `sha256:${id}` ? undefined : 'has not the hash of what it says';
}

/** Looked up in the log without anything that the product remembers. */
function linkFault(disk: Device['disk'], { id, fields }: RecordRow): string | undefined {
  const [place] = disk.history.list(audit, id).filter(({ disposition }) => disposition === 'applied');
  if (place === undefined) {
    return 'stands without its place in history';
  }
  let before: JsonValue | undefined;
  for (const { bytes, sequence } of disk.log.after(place.scopeId, place.deviceId, 0, Number.MAX_SAFE_INTEGER)) {
    const batch = decodeBatch(bytes);
    const key = batch.ok ? disk.scopes.epochKey(place.scopeId, batch.value.header.epoch) : undefined;
    const opened = batch.ok && key !== undefined ? openBatch(batch.value, key) : undefined;
    for (const [index, record] of (opened?.ok === true ? opened.value : []).entries()) {
      if (sequence === place.sequence && index === place.index) {
        return before === undefined || before === fields?.['previousEventHash'] ? undefined : 'follows another event';
      }
      before = index === 0 ? before : (hashIn(record) ?? before);
    }
  }
  return 'is not in the log';
}

function hashIn(record: Uint8Array): JsonValue | undefined {
  const change = decodeChange(record);
  const value: JsonObject | undefined =
    change.ok &&
    change.value.collection === 'audit' &&
    change.value.operation === 'put' &&
    isJsonObject(change.value.value)
      ? change.value.value
      : undefined;
  return value?.['eventHash'];
}
