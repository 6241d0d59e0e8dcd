import type { CollectionName, ScopeId } from '../../base/ids.ts';
import type { OwnBatch } from '../../replica/names/own-batch.ts';

/** How many own changes of each collection the relay has not confirmed; kept beside the log, rebuilt from it. */
export interface Outbox {
  appended(scopeId: ScopeId, batch: Pick<OwnBatch, 'sequence' | 'changes'>): void;
  acknowledged(scopeId: ScopeId, sequence: number): void;
  /** The own chain of a scope was put together anew: what counted before is forgotten. */
  forget(scopeId: ScopeId): void;
  /** Unconfirmed changes of a collection. */
  changes(collection: CollectionName): number;
  /** Of these, the changes in batches up to a sequence: those that are on their way. */
  sent(collection: CollectionName, scopeId: ScopeId, upTo: number): number;
  /** Unconfirmed batches of a scope. */
  batches(scopeId: ScopeId): number;
  /** The changes in them, of each collection. */
  changesIn(scopeId: ScopeId): ReadonlyMap<CollectionName, number>;
}

export function createOutbox(): Outbox {
  const waiting = new Map<ScopeId, Pick<OwnBatch, 'sequence' | 'changes'>[]>();
  const counts = new Map<CollectionName, number>();

  function count(changes: OwnBatch['changes'], direction: 1 | -1): void {
    for (const [collection, number] of changes) {
      counts.set(collection, (counts.get(collection) ?? 0) + direction * number);
    }
  }

  return {
    appended(scopeId, batch) {
      const batches = waiting.get(scopeId) ?? [];
      batches.push({ sequence: batch.sequence, changes: batch.changes });
      waiting.set(scopeId, batches);
      count(batch.changes, 1);
    },
    acknowledged(scopeId, sequence) {
      const batches = waiting.get(scopeId) ?? [];
      const confirmed = batches.filter((batch) => batch.sequence <= sequence);
      if (confirmed.length > 0) {
        waiting.set(scopeId, batches.slice(confirmed.length));
        for (const { changes } of confirmed) {
          count(changes, -1);
        }
      }
    },
    forget(scopeId) {
      for (const { changes } of waiting.get(scopeId) ?? []) {
        count(changes, -1);
      }
      waiting.delete(scopeId);
    },
    changes: (collection) => counts.get(collection) ?? 0,
    sent(collection, scopeId, upTo) {
      let sum = 0;
      for (const { sequence, changes } of (counts.get(collection) ?? 0) === 0 ? [] : (waiting.get(scopeId) ?? [])) {
        if (sequence > upTo) {
          break;
        }
        sum += changes.get(collection) ?? 0;
      }
      return sum;
    },
    batches: (scopeId) => waiting.get(scopeId)?.length ?? 0,
    changesIn(scopeId) {
      const sums = new Map<CollectionName, number>();
      for (const { changes } of waiting.get(scopeId) ?? []) {
        changes.forEach((number, collection) => sums.set(collection, (sums.get(collection) ?? 0) + number));
      }
      return sums;
    },
  };
}
