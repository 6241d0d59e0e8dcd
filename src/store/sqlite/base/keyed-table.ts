import { textFromUtf8, utf8 } from '../../../base/bytes.ts';
import type { JsonValue } from '../../../base/json.ts';
import type { Context } from './context.ts';
import type { SealedTable } from './sealer.ts';

type Column = number | Uint8Array;

export interface StoredRow {
  readonly row: number;
  readonly version: number;
  readonly payload: Uint8Array;
}

/** Rows that are looked up by a keyed hash; their `row` is their order of arrival. */
export interface KeyedTable {
  find(hash: Uint8Array): StoredRow | undefined;
  /** Undefined when the row is damaged. */
  open(stored: StoredRow): Uint8Array | undefined;
  /** Adds the row or replaces its payload and further columns, and answers its number. */
  put(hash: Uint8Array, plaintext: Uint8Array, ...columns: readonly Column[]): number;
  /** The same for a caller that knows the row's number, or that there is none. */
  putAt(row: number | undefined, hash: Uint8Array, plaintext: Uint8Array, ...columns: readonly Column[]): number;
  remove(hash: Uint8Array): boolean;
  /** In order of arrival; damaged rows are left out. */
  all(): readonly Uint8Array[];
}

/** `columns` are those that the table has beside row, hash, version and payload. */
export function createKeyedTable(
  { database, sealer, transactions, freshCopy }: Context,
  table: SealedTable,
  columns: readonly string[] = [],
): KeyedTable {
  const find = database.prepare<[Uint8Array], StoredRow>(`select row, version, payload from ${table} where hash = ?`);
  const lastRow = database.prepare<[], number>(`select coalesce(max(row), 0) from ${table}`).pluck();
  const all = database.prepare<[], StoredRow>(`select row, version, payload from ${table} order by row`);
  const remove = database.prepare(`delete from ${table} where hash = ?`);
  const names = ['row', 'hash', 'version', 'payload', ...columns];
  const updates = ['version', 'payload', ...columns].map((name) => `${name} = excluded.${name}`);
  const put = database.prepare(
    `insert into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})
     on conflict (hash) do update set ${updates.join(', ')}`,
  );

  const open = (stored: StoredRow): Uint8Array | undefined =>
    sealer.open(table, stored.row, stored.version, stored.payload);

  const putAt: KeyedTable['putAt'] = (known, hash, plaintext, ...values) =>
    transactions.run(() => {
      const row = known ?? (lastRow.get() as number) + 1;
      const version = sealer.nextVersion();
      put.run(row, hash, version, sealer.seal(table, row, version, plaintext), ...values);
      freshCopy.changed(table, row);
      return row;
    });

  return {
    find: (hash) => find.get(hash),
    open,
    put: (hash, plaintext, ...values) => putAt(find.get(hash)?.row, hash, plaintext, ...values),
    putAt,
    remove: (hash) =>
      transactions.run(() => {
        freshCopy.changed(table);
        return remove.run(hash).changes > 0;
      }),
    all: () => all.all().flatMap((stored) => open(stored) ?? []),
  };
}

export function jsonPayload(value: unknown): Uint8Array {
  return utf8(JSON.stringify(value));
}

/** What {@link jsonPayload} made; the seal has proven that it is that. */
export function valueOfPayload<T = JsonValue>(payload: Uint8Array): T {
  return JSON.parse(textFromUtf8(payload) as string) as T;
}
