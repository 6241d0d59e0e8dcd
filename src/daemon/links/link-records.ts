import type { ChangeId, CollectionName, RecordId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { MergeStrategyName } from '../../contract/manifest.ts';
import type { RecordRow } from '../../contract/record.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { mergesApart } from '../../replica/past/made-from.ts';
import type { MoveResult } from '../../replica/decide/move.ts';
import type { Replica } from '../../replica/port.ts';
import type { Write, WriteRefusal, WriteResult } from '../../replica/names/write.ts';
import type { Bindings } from '../../replica/names/binding.ts';
import type { EditAnswer, EditedRecord, MoveAnswer, RecordEdit, RecordPort } from '../../sources/ground/port.ts';
import type { Store } from '../../store/ground/port.ts';

export interface LinkRecordsDeps {
  readonly store: Store;
  readonly replica: Replica;
  readonly bindings: Bindings;
}

/** The records of this home as linked folders see them. */
export function createLinkRecords({ store, replica, bindings }: LinkRecordsDeps): RecordPort {
  function get(collection: CollectionName, id: RecordId): RecordRow | 'damaged' | undefined {
    const row = store.records.get(collection, id);
    return row === undefined || row === 'damaged' ? row : seenByFolder(bindings, row);
  }

  function seenVersion(collection: CollectionName, id: RecordId): ChangeId | null {
    const row = get(collection, id);
    return row === undefined || row === 'damaged' ? null : row.version;
  }

  return {
    get,
    isCollected: (collection, id) => store.records.collected(collection, id) !== undefined,
    wasWrittenHere: (collection, id) =>
      replica
        .history(collection, id)
        .some(({ change }) => change.deviceId === replica.self && change.operation !== 'command'),
    list(collection, page) {
      const { items, nextCursor } = store.records.list(collection, page);
      return { items: items.map((row) => seenByFolder(bindings, row)), nextCursor };
    },
    mergesAtBase: (collection, id) =>
      mergesApart(strategyOf(bindings, collection)) && replica.mayWriteBeside(collection, id),
    fieldsAt: (collection, id, version) => replica.fieldsAt(collection, id, ...headsOf(version)),
    knownVersion(collection, id, isSame) {
      const known = replica.knownVersion(collection, id, isSame);
      return known && (isStaged(bindings, collection) ? known.version : versionOfHeads(known.heads));
    },
    async edit(collection, writes, note) {
      // Not through the gate: between the look at the row and the write nothing else may happen.
      const fresh = writes.filter(({ id, seen }) => seenVersion(collection, id) === seen);
      // The folder asked about its losses as a whole.
      const answersFrom = (results: readonly WriteResult[]): readonly EditAnswer[] => {
        const written = new Map(fresh.map((write, index) => [write, results[index] as WriteResult]));
        return writes.map((write) => {
          const result = written.get(write);
          return result === undefined ? err('stale') : answerOf(bindings, write, result);
        });
      };
      return answersFrom(
        replica.edit(collection, fresh.map(writeOf), 'looked_at', (results) => note(answersFrom(results))),
      );
    },
    async move(collection, moves, note) {
      const answersFrom = (results: readonly MoveResult[]): readonly MoveAnswer[] =>
        results.map((result) => {
          if (!result.ok) {
            return err(refusalOf(result.error));
          }
          const { from, row } = result.value;
          return ok({ row: seenByFolder(bindings, row), left: seenVersion(collection, from) });
        });
      return answersFrom(replica.move(collection, moves, (results) => note(answersFrom(results))));
    },
    async keepVersions(collection, versions) {
      const writes = versions.flatMap(({ id, fields }): readonly Write[] => {
        const row = store.records.get(collection, id);
        return row === undefined || row === 'damaged' || row.fields === null
          ? []
          : [fields, row.fields].map((said) => ({ id, intent: { kind: 'put', fields: said }, secrets: 'refuse' }));
      });
      if (writes.length > 0) {
        replica.edit(collection, writes, 'looked_at');
      }
    },
  };
}

function writeOf({ id, intent, base }: RecordEdit): Write {
  return {
    ...{ id, intent },
    // A file is its owner's: what it holds is never replaced behind their back.
    secrets: 'refuse',
    ...(base === undefined ? {} : { madeFrom: base === null ? [] : headsOf(base) }),
  };
}

function answerOf(bindings: Bindings, { seen }: RecordEdit, result: WriteResult): Result<EditedRecord, Refusal> {
  if (!result.ok) {
    return err(refusalOf(result.error));
  }
  const row = seenByFolder(bindings, result.value);
  if (isStaged(bindings, row.collection)) {
    return ok({ row, made: null });
  }
  const before = new Set(seen === null ? [] : headsOf(seen));
  const written = row.heads.filter((head) => !before.has(head));
  return ok({ row, made: written.length === 0 ? null : versionOfHeads(written) });
}

function refusalOf(error: WriteRefusal): Refusal {
  return error.kind === 'refused' ? error.refusal : refuse('reject', 'policy_denied', undefined, error.message);
}

/**
 * A file must be written again when a concurrent change alters fields below a version that stays the latest, so here
 * the heads are the version. Not so where heads may be proposals that change nothing yet.
 */
function seenByFolder(bindings: Bindings, row: RecordRow): RecordRow {
  return isStaged(bindings, row.collection) ? row : { ...row, version: versionOfHeads(row.heads) };
}

function isStaged(bindings: Bindings, collection: CollectionName): boolean {
  return strategyOf(bindings, collection) === 'manual_review';
}

function strategyOf(bindings: Bindings, collection: CollectionName): MergeStrategyName {
  return bindings.ofCollection(collection)?.manifest.mergeStrategy ?? 'manual_review';
}

function versionOfHeads(heads: readonly ChangeId[]): ChangeId {
  return heads.join('.') as ChangeId;
}

function headsOf(version: ChangeId): readonly ChangeId[] {
  return version.split('.') as ChangeId[];
}
