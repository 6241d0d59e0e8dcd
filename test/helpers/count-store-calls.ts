import type { Store } from '../../src/store/ground/port.ts';

/** A store that counts what it is asked, by table and operation: `records.get`. */
export function countStoreCalls(disk: Store, calls: Map<string, number>): Store {
  const tables = Object.entries(disk).map(([table, operations]: [string, unknown]): [string, unknown] => [
    table,
    typeof operations === 'object' && operations !== null ? counted(table, operations, calls) : operations,
  ]);
  return Object.fromEntries(tables) as unknown as Store;
}

function counted(table: string, operations: object, calls: Map<string, number>): unknown {
  const members = Object.entries(operations).map(([name, operation]: [string, (...values: unknown[]) => unknown]) => {
    const key = `${table}.${name}`;
    const count = (...values: unknown[]): unknown => {
      calls.set(key, (calls.get(key) ?? 0) + 1);
      return operation(...values);
    };
    return [name, count] as const;
  });
  return Object.fromEntries(members);
}
