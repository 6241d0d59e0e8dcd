import type Database from 'better-sqlite3';
import { utf8 } from '../../../base/bytes.ts';
import { keyedHash } from '../../../crypto/hash.ts';
import type { FreshCopy } from './fresh-copy.ts';
import type { Sealer } from './sealer.ts';
import type { Transactions } from './transactions.ts';

/** What every table is made from. */
export interface Context {
  readonly database: Database.Database;
  readonly transactions: Transactions;
  readonly sealer: Sealer;
  readonly freshCopy: FreshCopy;
  /** What a row is looked up by: 16 bytes that tell nothing of the parts to who lacks the index key. */
  lookup(kind: string, ...parts: readonly string[]): Uint8Array;
}

/**
 * The end of a query that is read in pages. For a bare parameter SQLite plans by its value, and so plans anew at every
 * reading, which takes longer than reading a row; an expression spares it that.
 */
export const limited = 'limit +?';

const lookupSizeBytes = 16;

export function createLookup(indexKey: Uint8Array): Context['lookup'] {
  let last: { readonly kind: string; readonly parts: readonly string[]; readonly found: Uint8Array } | undefined;
  // One write of a record asks for its place several times in a row.
  return (kind, ...parts) => {
    if (
      last?.kind !== kind ||
      last.parts.length !== parts.length ||
      !parts.every((part, index) => part === last?.parts[index])
    ) {
      const found = keyedHash(indexKey, 'index', utf8(kind), ...parts.map(utf8)).slice(0, lookupSizeBytes);
      last = { kind, parts, found };
    }
    return last.found;
  };
}
