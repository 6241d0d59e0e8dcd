import { hexFromBytes } from '../../base/bytes.ts';
import type { BatchId, CollectionName, DeviceId, ScopeId } from '../../base/ids.ts';
import { type Stamp, observe, parseStamp, tick, zeroStamp } from '../../clock/stamp.ts';
import type { AuditFacts } from '../../contract/audit.ts';
import type { RandomBytes } from '../../crypto/keys.ts';
import { nextAuditEvent } from '../../log/audit.ts';
import { isAuditItself } from '../../log/audit-entry.ts';
import type { Store } from '../../store/ground/port.ts';
import type { Checkpoints } from './checkpoints.ts';
import { clockSetting } from '../names/clock-floor.ts';

/** The device's clock and audit chain, both kept in the store so that they commit with what they tell of. */
export interface Journal {
  /** A stamp greater than every one before it. */
  nextStamp(): Stamp;
  observe(remote: Stamp): void;
  audit(facts: AuditFacts): void;
  /** Changes of one batch that count from now on, one event for each collection but that of the audit itself. */
  auditAccepted(batch: AcceptedBatch): void;
  /** Time for audit rows and displays: the wall, but never before what was seen. */
  nowMs(): number;
}

export interface AcceptedBatch {
  readonly scopeId: ScopeId;
  readonly deviceId: DeviceId;
  readonly batchId: BatchId;
  readonly changes: ReadonlyMap<CollectionName, number>;
}

export interface JournalDeps {
  readonly store: Store;
  readonly self: DeviceId;
  readonly nowMs: () => number;
  readonly randomBytes: RandomBytes;
  readonly checkpoints: Checkpoints;
}

export function createJournal({ store, self, nowMs, randomBytes, checkpoints }: JournalDeps): Journal {
  function last(): Stamp {
    const saved = store.settings.get(clockSetting);
    return (typeof saved === 'string' && parseStamp(saved)) || zeroStamp;
  }

  function audit(facts: AuditFacts): void {
    const previous = store.audit.head();
    store.audit.append(
      nextAuditEvent({ facts, previous, deviceId: self, nowMs: nowMs(), id: hexFromBytes(randomBytes(16)) }),
    );
    checkpoints.follow(previous.count + 1);
  }

  return {
    nowMs,
    nextStamp() {
      const next = tick(last(), nowMs());
      store.settings.set(clockSetting, next);
      return next;
    },
    observe(remote) {
      const before = last();
      const after = observe(before, remote, nowMs());
      if (after !== before) {
        store.settings.set(clockSetting, after);
      }
    },
    audit,
    auditAccepted({ scopeId, deviceId, batchId, changes }) {
      for (const [collection, count] of changes) {
        if (isAuditItself({ collection })) {
          // Noting that something was noted would never come to an end.
          continue;
        }
        audit({
          eventType: 'graph.write.accepted',
          actorId: deviceId,
          subjectId: scopeId,
          policyDomain: collection,
          outcome: 'allow',
          reasonCode: 'none',
          details: { batchId, changes: count },
        });
      }
    },
  };
}
