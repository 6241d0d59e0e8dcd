import type { BatchId, ChangeId } from '../../src/base/ids.ts';
import type { RecordRow } from '../../src/contract/record.ts';
import type {
  HistoryRow,
  HistoryTable,
  LogRow,
  LogTable,
  RecordTable,
  ScopeEntryRow,
} from '../../src/store/ground/port.ts';

/** What a damaged page took with it, as a store knows its rows. */
export interface LostRows {
  readonly batches: ReadonlySet<BatchId>;
  readonly changes: ReadonlySet<ChangeId>;
  /** Records as `collection/id`. */
  readonly records: ReadonlySet<string>;
  /** Settings, and membership with its keys, are as they stood after so many writes: a copy beside the store has them. */
  readonly settingsFrom: number;
  readonly scopesFrom: number;
}

/** One committed write of a disk. */
export interface Write {
  readonly table: string;
  readonly method: string;
  readonly values: readonly unknown[];
}

/** The writes of which something is left. */
export function withoutLost(writes: readonly Write[], lost: LostRows): readonly Write[] {
  return writes.filter((write, index) => !isLost(write, index, lost));
}

/** Names of the store's own methods: one that is renamed there takes no row with it unnoticed. */
const appends: keyof LogTable = 'append';
const adds: keyof HistoryTable = 'addIfAbsent';
const puts: keyof RecordTable = 'put';

function isLost({ table, method, values }: Write, index: number, lost: LostRows): boolean {
  const [first] = values;
  switch (table) {
    case 'log':
      return method === appends && lost.batches.has((first as LogRow).batchId);
    case 'history':
      return lost.changes.has(method === adds ? (first as HistoryRow).changeId : (first as ChangeId));
    case 'records':
      return lost.records.has(
        method === puts ? recordName(first as RecordRow) : `${String(first)}/${String(values[1])}`,
      );
    case 'settings':
      return index >= lost.settingsFrom;
    case 'scopes':
      return index >= lost.scopesFrom && isOfMembership(first as ScopeEntryRow | string);
    default:
      return false;
  }
}

function isOfMembership(first: ScopeEntryRow | string): boolean {
  return typeof first === 'string' || first.sequence > 0;
}

export function recordName({ collection, id }: Pick<RecordRow, 'collection' | 'id'>): string {
  return `${collection}/${id}`;
}
