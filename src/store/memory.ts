import { createCounters } from './memory/counters.ts';
import { createLog, createScopes } from './memory/log.ts';
import { createQuarantine, createReviews } from './memory/queues.ts';
import { createHistory } from './memory/history.ts';
import { createRecords } from './memory/records.ts';
import { createAudit, createLinks, createSettings, createTransitions, createVault } from './memory/side-tables.ts';
import { createSlots } from './memory/slots.ts';
import { createUndoLog } from './memory/undo.ts';
import { assert } from '../base/assert.ts';
import type { Store, Upkeep } from './ground/port.ts';

/**
 * The store's twin without a disk: the same promises but durability. What it holds outlives `close`, so that a
 * simulator can open it again as a device's disk after a crash.
 */
export function createMemoryStore(): Store {
  const undo = createUndoLog();
  const counters = createCounters(undo);
  const settings = createSettings(undo);
  // Records and history share the order of first arrival.
  const slots = createSlots(undo);
  const { history, forget } = createHistory(slots, undo);
  const { records, unlearn, unlearnAll } = createRecords(slots, forget, undo, counters);
  return {
    transaction: undo.transaction,
    settings,
    ...{ records, history },
    log: createLog(undo),
    scopes: createScopes(undo),
    reviews: createReviews(undo, counters),
    quarantine: createQuarantine(undo, counters),
    audit: createAudit(undo, settings),
    transitions: createTransitions(undo),
    links: createLinks(undo),
    vault: createVault(undo),
    upkeep: { ...noDamage, unlearn, unlearnAll },
    close() {},
  };
}

/** Nothing here can be damaged, and the store that could be is looked through row by row. */
const noDamage: Omit<Upkeep, 'unlearn' | 'unlearnAll'> = {
  verifyRecords: () => ({ checked: 0, damaged: [], nextCursor: null }),
  damagedRowOf: () => undefined,
  reclaim: () => assert(false, 'only a row that was named as damaged is reclaimed'),
  keepCopy: () => undefined,
  copyTo: async () => Promise.reject(new Error('A store in memory has no file to copy.')),
  isInPlace: () => true,
  forgetPages: () => undefined,
};
