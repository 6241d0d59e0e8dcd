import {
  type ChangeId,
  type CollectionName,
  type DeviceId,
  type EngineId,
  type RecordId,
  type ScopeId,
  batchIdFromBytes,
  changeIdFromBytes,
  deviceIdFromBytes,
  scopeIdFromBytes,
} from '../../src/base/ids.ts';
import { u64 } from '../../src/base/bytes.ts';
import type { Stamp } from '../../src/clock/stamp.ts';
import type { AuditEvent } from '../../src/contract/audit.ts';
import type { RecordRow } from '../../src/contract/record.ts';
import type { QuarantineItem, ReviewItem } from '../../src/contract/review.ts';
import type { HistoryRow, LogRow, Transition } from '../../src/store/ground/port.ts';
import type { LinkedFile } from '../../src/store/ground/link-table.ts';

function thirtyTwo(number: number): Uint8Array {
  const bytes = new Uint8Array(32).fill(number & 255);
  bytes.set(u64(number), 3);
  return bytes;
}

export const changeOf = (number: number): ChangeId => changeIdFromBytes(thirtyTwo(number));
export const deviceOf = (number: number): DeviceId => deviceIdFromBytes(thirtyTwo(1000 + number));
export const scopeOf = (number: number): ScopeId => scopeIdFromBytes(thirtyTwo(2000 + number));
export const stampOf = (number: number): Stamp => `${(1e12 + number).toString(16).padStart(12, '0')}-0001` as Stamp;
export const collectionOf = (name: string): CollectionName => name as CollectionName;
export const recordOf = (name: string): RecordId => name as RecordId;

export const notes: CollectionName = collectionOf('notes');
export const shells: CollectionName = collectionOf('shells');

export function recordRow(id: string, change: Partial<RecordRow> = {}): RecordRow {
  const version = change.version ?? changeOf(1);
  return {
    collection: notes,
    id: recordOf(id),
    state: 'live',
    fields: { title: `title of ${id}`, size: 3, tags: ['ä', '🎈'] },
    schemaVersion: '1.0.0',
    version,
    stamp: stampOf(1),
    deviceId: deviceOf(1),
    authorId: 'urn:srcos:user:someone',
    managedBy: 'user',
    heads: [version],
    strategyState: null,
    document: null,
    openReviews: 0,
    openConflicts: 0,
    ...change,
  };
}

export function historyRow(number: number, change: Partial<HistoryRow> = {}): HistoryRow {
  return {
    changeId: changeOf(number),
    collection: notes,
    recordId: recordOf('a'),
    scopeId: scopeOf(1),
    deviceId: deviceOf(1),
    sequence: number,
    index: 1,
    stamp: stampOf(number),
    disposition: 'applied',
    ...change,
  };
}

export function logRow(sequence: number, sizeBytes = 10, change: Partial<LogRow> = {}): LogRow {
  return {
    scopeId: scopeOf(1),
    deviceId: deviceOf(1),
    sequence,
    batchId: batchIdFromBytes(thirtyTwo(sequence)),
    bytes: new Uint8Array(sizeBytes).fill(sequence),
    ...change,
  };
}

export function reviewItem(id: string, change: Partial<ReviewItem> = {}): ReviewItem {
  return {
    id,
    kind: 'proposal',
    engineId: 'sourceos.sync.notes' as EngineId,
    collection: notes,
    recordId: recordOf('a'),
    reasonCode: 'manual_review_required',
    authorId: 'urn:srcos:user:someone',
    deviceId: deviceOf(1),
    stamp: stampOf(1),
    changes: [changeOf(1)],
    summary: 'a changes its title',
    alternatives: [{ change: null, path: '', value: { title: 'a' }, deleted: false }],
    status: 'open',
    ...change,
  };
}

export function quarantineItem(id: string, change: Partial<QuarantineItem> = {}): QuarantineItem {
  return {
    id,
    engineId: 'sourceos.sync.notes' as EngineId,
    collection: notes,
    recordId: recordOf('a'),
    reasonCode: 'agent_untrusted',
    detail: null,
    message: 'Held until somebody looks at it.',
    authorId: null,
    deviceId: deviceOf(1),
    stamp: stampOf(1),
    changeId: changeOf(1),
    bytes: null,
    status: 'held',
    ...change,
  };
}

export function auditEvent(number: number): AuditEvent {
  return {
    id: `urn:srcos:audit:${number}`,
    type: 'AuditEvent',
    specVersion: '0.1.0',
    eventType: 'record.write',
    occurredAt: '2026-01-01T00:00:00.000Z',
    actorId: 'urn:srcos:user:someone',
    subjectId: 'notes/a',
    deviceId: deviceOf(1),
    policyDomain: 'notes',
    outcome: 'allow',
    reasonCode: 'none',
    details: { number },
    eventHash: `sha256:${number}`,
  };
}

export function transition(number: number, engine = 'notes'): Transition {
  return {
    engineId: `sourceos.sync.${engine}` as EngineId,
    from: 'disabled',
    to: 'healthy',
    atMs: number,
    event: 'enabled',
    reasonCodes: ['manual_review_required'],
  };
}

export function linkedFile(path: string, change: Partial<LinkedFile> = {}): LinkedFile {
  const writing = { hash: 'cd'.repeat(32), version: changeOf(2) };
  return { path, hash: 'ab'.repeat(32), modifiedMs: 1234.5, sizeBytes: 99, version: changeOf(1), writing, ...change };
}
