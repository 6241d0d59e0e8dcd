import { assert } from '../../../base/assert.ts';
import type { CollectionName, DeviceId, RecordId, ScopeId } from '../../../base/ids.ts';
import type { Disposition } from '../../../contract/record.ts';
import type { CollectedChange, CollectedChanges, HistoryTable, RecordTable } from '../../ground/port.ts';
import { createReader, createWriter } from '../base/codec.ts';
import type { Collections } from './collections.ts';
import type { Context } from '../base/context.ts';
import { dispositions } from './history-row.ts';
import type { Names } from '../base/names.ts';
import { collectedState, readId, recordStates } from './record-row.ts';
import type { Slots } from './slots.ts';

/** Deleted records whose changes are found in the log alone: a row of state 4 holds their places. */
export type CollectedTable = Pick<RecordTable, 'collect' | 'collected'>;

interface CollectedDeps {
  readonly context: Context;
  readonly names: Names;
  readonly collections: Collections;
  readonly slots: Slots;
  readonly history: Pick<HistoryTable, 'list'>;
}

interface StoredCollected {
  readonly row: number;
  readonly state: number;
  readonly version: number;
  readonly payload: Uint8Array;
}

export function createCollected({ context, names, collections, slots, history }: CollectedDeps): CollectedTable {
  const { database, transactions, sealer } = context;
  const writer = createWriter();
  const find = database.prepare<[Uint8Array], StoredCollected>(
    `select r.row, r.state, r.version, r.payload from record_index i join record r on r.row = i.row where i.hash = ?`,
  );
  const update = database.prepare(
    `update record set state = ${collectedState}, version = ?, payload = ? where row = ?`,
  );
  const countChanges = database.prepare<[number], number>('select count(*) from history where record = ?').pluck();
  const removeChanges = database.prepare('delete from history where record = ?');

  /** `id, number of changes, (scope, device, sequence, index, disposition)…`. */
  function writeCollected(id: RecordId, changes: CollectedChanges): Uint8Array {
    writer.start();
    writer.text(id);
    writer.number(changes.length);
    for (const { scopeId, deviceId, sequence, index, disposition } of changes) {
      writer.number(names.numberOf('scope', scopeId));
      writer.number(names.numberOf('device', deviceId));
      writer.number(sequence);
      writer.number(index);
      writer.byte(dispositions.indexOf(disposition));
    }
    return writer.finish();
  }

  /** Undefined where a name that it refers to is damaged. */
  function readCollected(payload: Uint8Array): CollectedChanges | undefined {
    const reader = createReader(payload);
    reader.text();
    const changes: CollectedChange[] = [];
    for (let left = reader.number(); left > 0; left--) {
      const scopeId = names.textOf('scope', reader.number()) as ScopeId | undefined;
      const deviceId = names.textOf('device', reader.number()) as DeviceId | undefined;
      const place = { sequence: reader.number(), index: reader.number() };
      const disposition = dispositions[reader.byte()] as Disposition;
      if (scopeId === undefined || deviceId === undefined) {
        return undefined;
      }
      changes.push({ scopeId, deviceId, ...place, disposition });
    }
    return changes;
  }

  return {
    collect: (collection, id) =>
      transactions.run(() => {
        const stored = find.get(slots.hashOf(collection, id));
        assert(stored?.state === recordStates.indexOf('tombstoned'), 'only a deleted record is collected');
        const changes = history.list(collection, id);
        if (changes.length !== countChanges.get(stored.row)) {
          return false;
        }
        assert(
          changes.every(({ disposition }) => disposition !== 'waiting'),
          'nothing waits of a record that is collected',
        );
        const version = sealer.nextVersion();
        const payload = sealer.seal('record', stored.row, version, writeCollected(id, changes));
        update.run(version, payload, stored.row);
        removeChanges.run(stored.row);
        collections.move(collections.numberOf(collection), 'tombstoned', 'collected');
        return true;
      }),
    collected(collection: CollectionName, id) {
      if (!collections.anyCollected(collection)) {
        return undefined;
      }
      const stored = find.get(slots.hashOf(collection, id));
      if (stored?.state !== collectedState) {
        return undefined;
      }
      const payload = sealer.open('record', stored.row, stored.version, stored.payload);
      const collected = payload !== undefined && readId(payload) === id ? readCollected(payload) : undefined;
      return collected ?? 'damaged';
    },
  };
}
