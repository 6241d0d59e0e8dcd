import type { Context } from './context.ts';
import { type StoredRow, createKeyedTable, jsonPayload, valueOfPayload } from './keyed-table.ts';

export type NameKind = 'device' | 'engine' | 'scope' | 'text';

/** Small numbers for texts that many rows name. */
export interface Names {
  /** Gives the text a number if it has none; to be called inside a transaction. */
  numberOf(kind: NameKind, text: string): number;
  /** Its number, or undefined when no row names it. */
  find(kind: NameKind, text: string): number | undefined;
  /** Undefined when the name's own row is damaged. */
  textOf(kind: NameKind, number: number): string | undefined;
}

interface Name {
  readonly kind: NameKind;
  readonly text: string;
}

// Texts come from outside too (authors, schema versions): what is kept of them in memory is bounded.
const cacheLimit = 10_000;

export function createNames(context: Context): Names {
  const { database, transactions, lookup } = context;
  const table = createKeyedTable(context, 'name');
  const byRow = database.prepare<[number], StoredRow>('select row, version, payload from name where row = ?');
  // By kind and then by text: joining the two for each question would cost more than the answer.
  const numbers = new Map<NameKind, Map<string, number>>();
  const texts = new Map<number, Name>();

  function clear(): void {
    numbers.clear();
    texts.clear();
  }
  transactions.join({ afterRollback: clear });

  function remember(number: number, name: Name): number {
    if (texts.size >= cacheLimit) {
      clear();
    }
    const ofKind = numbers.get(name.kind) ?? new Map<string, number>();
    numbers.set(name.kind, ofKind);
    ofKind.set(name.text, number);
    texts.set(number, name);
    return number;
  }

  function find(kind: NameKind, text: string): number | undefined {
    const known = numbers.get(kind)?.get(text);
    if (known !== undefined) {
      return known;
    }
    const stored = table.find(lookup('name', kind, text));
    const name = stored && open(stored);
    return stored !== undefined && name?.kind === kind && name.text === text ? remember(stored.row, name) : undefined;
  }

  function open(stored: StoredRow): Name | undefined {
    const payload = table.open(stored);
    const [kind, text] = payload === undefined ? [] : valueOfPayload<[NameKind, string]>(payload);
    return kind === undefined || text === undefined ? undefined : { kind, text };
  }

  return {
    find,
    // Writing it anew also repairs a damaged row: its text is known here.
    numberOf: (kind, text) =>
      find(kind, text) ?? remember(table.put(lookup('name', kind, text), jsonPayload([kind, text])), { kind, text }),
    textOf(kind, number) {
      const known = texts.get(number);
      const stored = known === undefined ? byRow.get(number) : undefined;
      const name = known ?? (stored && open(stored));
      if (known === undefined && name !== undefined) {
        remember(number, name);
      }
      return name?.kind === kind ? name.text : undefined;
    },
  };
}
