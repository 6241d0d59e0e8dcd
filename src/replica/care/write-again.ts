import type { RecordRow } from '../../contract/record.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { HistoryRow, Store } from '../../store/ground/port.ts';
import { authored } from '../edit/authored.ts';
import type { Core } from '../kernel/core.ts';
import { editOne } from '../edit/edit.ts';
import { settleChange } from '../apply/judge.ts';
import type { Write } from '../names/write.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { forgetRecord, countQuestions } from './forget-record.ts';
import { recordPages } from './record-pages.ts';

const recordsAtOnce = 100;

/**
 * After damage: what an own change did that the log has lost before anybody else had it is written once more, so that it
 * does not stay here alone, and later changes do not rest on what nobody has. Yields where others may have their turn;
 * answers how many records those were.
 */
export function* writeAgain(core: Core): Generator<undefined, number> {
  let records = 0;
  for (const { binding, rows } of recordPages(core, recordsAtOnce)) {
    const lost = rows.filter(
      (row) => isWithoutHistory(core, row) || historyOf(core.store, row).some((change) => isLost(core, change)),
    );
    records += rewrite(core, binding, lost);
    yield undefined;
  }
  return records;
}

/** What others made is handed out again by them. */
function isLost(core: Pick<Core, 'device' | 'logs'>, change: HistoryRow): boolean {
  return change.deviceId === core.device.id && core.logs.reader.change(change)?.changeId !== change.changeId;
}

/** Of the own change that made it what it is nothing is left but the record itself. */
function isWithoutHistory(core: Pick<Core, 'store' | 'device'>, { deviceId, heads }: RecordRow): boolean {
  return deviceId === core.device.id && heads.some((head) => core.store.history.get(head) === undefined);
}

function historyOf(store: Pick<Store, 'history'>, { collection, id }: RecordRow): readonly HistoryRow[] {
  return store.history.list(collection, id);
}

/** In one transaction: the records as the log has them, and on top of that what they were here. */
function rewrite(core: Core, binding: CollectionBinding, rows: readonly RecordRow[]): number {
  const scope = core.logs.scopes.serving(binding);
  if (scope === undefined || rows.length === 0) {
    return 0;
  }
  authored(core, scope, (author) => {
    for (const row of rows) {
      judgeAgain(core, scope, row);
      const now = core.store.records.get(row.collection, row.id);
      const write = writeOf(row, now === 'damaged' ? undefined : now);
      if (write !== undefined) {
        editOne(core, binding, scope, author, write);
      }
    }
  });
  return rows.length;
}

function judgeAgain(core: Core, scope: ScopeState, row: RecordRow): void {
  const places = historyOf(core.store, row).filter((change) => !isLost(core, change));
  forgetRecord(core, row);
  for (const place of places) {
    const record = core.logs.reader.record(place);
    if (record !== undefined) {
      settleChange(core, scope, record.header, place.index, record.bytes);
    }
  }
  countQuestions(core, row);
}

function writeOf(row: RecordRow, now: RecordRow | undefined): Write | undefined {
  if (row.state === 'live' && row.fields !== null) {
    return { id: row.id, intent: { kind: 'put', fields: row.fields } };
  }
  return now?.state === 'live' ? { id: row.id, intent: { kind: 'remove' } } : undefined;
}
