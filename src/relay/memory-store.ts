import { createBatches } from './memory/batches.ts';
import { createLogs } from './memory/logs.ts';
import { createScopes } from './memory/scopes.ts';
import { createUndo } from './memory/undo.ts';
import { createUsage } from './memory/usage.ts';
import type { RelayStore } from './port.ts';

/** Keeps everything in memory; "durable" lasts as long as the object. */
export function createMemoryRelayStore(): RelayStore {
  const undo = createUndo();
  const scopes = createScopes(undo);
  return {
    transaction: undo.transaction,
    ...createLogs(scopes, undo),
    ...createBatches(scopes, undo),
    ...createUsage(undo),
    close: () => undefined,
  };
}
