import { type Result, ok } from '../../base/result.ts';
import type { RelayStore } from '../port.ts';
import { createBatches } from './batches.ts';
import { createLogs } from './logs.ts';
import { type StoreFault, openRelayDatabase } from './open-database.ts';
import { createScopeKeys } from './scope-keys.ts';
import { transactionsOf } from './transaction.ts';
import { createUsage } from './usage.ts';

/** A relay's store in one SQLite file; every transaction is synced before it returns. */
export function createSqliteRelayStore(path: string): Result<RelayStore, StoreFault> {
  const opened = openRelayDatabase(path);
  if (!opened.ok) {
    return opened;
  }
  const database = opened.value;
  const inTransaction = transactionsOf(database);
  const keys = createScopeKeys(database);
  return ok({
    transaction: inTransaction as RelayStore['transaction'],
    ...createLogs(database, keys, inTransaction),
    ...createBatches(database, keys, inTransaction),
    ...createUsage(database),
    close: () => void database.close(),
  });
}
