import { wallMs } from '../../clock/stamp.ts';
import type { Stamp } from '../../clock/stamp.ts';
import type { ChangeId } from '../../base/ids.ts';
import type { Engine } from '../../contract/engine.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { QuarantineItem, ReviewItem } from '../../contract/review.ts';
import type { AuditCheckpoint } from '../../log/audit-checkpoint.ts';
import type { HistoryEntry } from '../../replica/names/reports.ts';
import { versionOf } from '../../replica/names/version.ts';
import { changeSummary } from './change-words.ts';
import type { HistoryBody, QuarantineBody, RecordBody } from '../types/bodies.ts';
import type { AuditCheckpointBody } from '../types/audit.ts';
import type { ReviewBody } from '../types/reviews.ts';

export function timeText(stamp: Stamp): string {
  return new Date(wallMs(stamp)).toISOString();
}

export function recordBody(row: RecordRow): RecordBody {
  return {
    collection: row.collection,
    id: row.id,
    fields: row.fields,
    version: versionOf(row),
    state: row.state,
    managedBy: row.managedBy,
    updatedAt: timeText(row.stamp),
    author: row.authorId,
    deviceId: row.deviceId,
    pending: { reviews: row.openReviews, conflicts: row.openConflicts },
  };
}

export function absentRecordBody(collection: string, id: string): RecordBody {
  return {
    collection,
    id,
    fields: null,
    version: '',
    state: 'absent',
    managedBy: 'user',
    updatedAt: null,
    author: null,
    deviceId: null,
    pending: { reviews: 0, conflicts: 0 },
  };
}

export function reviewBody(item: ReviewItem): ReviewBody {
  return {
    id: item.id,
    engineId: item.engineId,
    collection: item.collection,
    recordId: item.recordId,
    kind: item.kind,
    reasonCode: item.reasonCode,
    author: item.authorId,
    deviceId: item.deviceId,
    createdAt: timeText(item.stamp),
    summary: item.summary,
  };
}

export function quarantineBody(item: QuarantineItem): QuarantineBody {
  return {
    id: item.id,
    engineId: item.engineId,
    collection: item.collection,
    recordId: item.recordId,
    kind: item.changeId === null ? 'batch' : 'change',
    reasonCode: item.reasonCode,
    detail: item.detail,
    author: item.authorId,
    deviceId: item.deviceId,
    createdAt: timeText(item.stamp),
    summary: item.message,
  };
}

export interface HistoryAbout {
  readonly engine: Pick<Engine, 'summarize'>;
  /** The record as it is now. */
  readonly row: RecordRow | undefined;
  readonly labelOf: (deviceId: string) => string;
  /** Of an agent's record: what each change widened. */
  readonly widened: ReadonlyMap<ChangeId, readonly string[]>;
}

export function historyBody({ change, disposition, wasLive }: HistoryEntry, about: HistoryAbout): HistoryBody {
  const { engine, row, labelOf } = about;
  const widened = about.widened.get(change.changeId);
  return {
    changeId: change.changeId,
    operation: change.operation,
    disposition,
    at: timeText(change.stamp),
    author: change.authorId,
    deviceId: change.deviceId,
    device: labelOf(change.deviceId),
    summary: changeSummary(engine, change),
    current: row?.state === 'live' && row.version === change.changeId,
    rollback: wasLive,
    parents: change.parents,
    value: change.value,
    ...(widened === undefined ? {} : { widened }),
  };
}

export function checkpointBody({ n, root, head, at }: AuditCheckpoint): AuditCheckpointBody {
  return { n, root, head, at: new Date(at).toISOString() };
}
