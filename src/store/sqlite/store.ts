import type Database from 'better-sqlite3';
import type { Store } from '../ground/port.ts';
import { createAudit } from './tables/audit.ts';
import { createCollections } from './tables/collections.ts';
import { type Context, createLookup } from './base/context.ts';
import { copyDatabase } from './base/copy-database.ts';
import { createFreshCopy } from './base/fresh-copy.ts';
import { createCollected } from './tables/collected.ts';
import { historyTagKey } from './tables/history-row.ts';
import { createHistory } from './tables/history.ts';
import type { StoreKeys } from './base/key-check.ts';
import { createLinks } from './tables/links.ts';
import { createLog } from './tables/log.ts';
import { createNames } from './base/names.ts';
import type { Place } from './base/place.ts';
import { createQuarantine, createReviews } from './tables/queues.ts';
import { createRecords } from './tables/records.ts';
import { remakeLookups } from './tables/lookups.ts';
import { createScopes } from './tables/scopes.ts';
import type { Sealer } from './base/sealer.ts';
import { createSettings } from './tables/settings.ts';
import { createSlots } from './tables/slots.ts';
import { createTransactions } from './base/transactions.ts';
import { createTransitions } from './tables/transitions.ts';
import { createUpkeep } from './tables/upkeep.ts';
import { createVault } from './tables/vault.ts';

export interface StoreFile {
  /** Runs while the process still owns it. */
  readonly beforeClose: () => void;
  /** Copies beside it what everything rests on. */
  readonly keepCopy: () => void;
  readonly place: Place;
  /** It was made anew from what could be read: the ways to its records are made again. */
  readonly isSalvaged: boolean;
}

/** The tables of an opened database. */
export function createStore(
  database: Database.Database,
  sealer: Sealer,
  { dataKey, indexKey }: StoreKeys,
  { beforeClose, keepCopy, place, isSalvaged }: StoreFile,
): Store {
  const transactions = createTransactions(database, place.hold);
  const freshCopy = createFreshCopy(transactions, keepCopy);
  const context: Context = { database, transactions, sealer, freshCopy, lookup: createLookup(indexKey) };
  // Writers at commit, in order: slots may seal rows, collections count them; neither names anything new.
  const names = createNames(context);
  const collections = createCollections(context);
  const slots = createSlots(context, collections);
  const settings = createSettings(context);
  const parts = { context, names, collections, slots };
  if (isSalvaged) {
    remakeLookups(context, slots);
  }
  const history = createHistory({ ...parts, tagKey: historyTagKey(dataKey) });
  return {
    transaction: transactions.run,
    settings,
    records: createRecords({ ...parts, collected: createCollected({ ...parts, history }) }),
    history,
    log: createLog(context, names),
    scopes: createScopes(context, names),
    reviews: createReviews(context, collections),
    quarantine: createQuarantine(context, collections),
    audit: createAudit(context, settings),
    transitions: createTransitions(context, names),
    links: createLinks(context),
    vault: createVault(context),
    upkeep: {
      ...createUpkeep({ ...parts, tagKey: historyTagKey(dataKey) }),
      keepCopy,
      copyTo: async (path) => copyDatabase(database, path),
      isInPlace: () => !place.isLost(),
    },
    close() {
      if (database.open) {
        beforeClose();
        place.whileClosing(() => void database.close());
      }
    },
  };
}
