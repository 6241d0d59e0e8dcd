import type { HistoryTable } from '../../ground/port.ts';
import { createHistoryChanges } from './history-changes.ts';
import { createHistoryLists } from './history-lists.ts';
import type { HistoryDeps } from './history-reading.ts';

export function createHistory(deps: HistoryDeps): HistoryTable {
  return { ...createHistoryChanges(deps), ...createHistoryLists(deps) };
}
