import type { ScopeId } from '../../base/ids.ts';
import type { ChainHead } from '../../contract/chain.ts';
import { decodeBatch } from '../../log/header.ts';
import { openBatch } from '../../log/sealing.ts';
import { verifyBatch } from '../../log/verify.ts';
import type { LogRow, Store } from '../../store/ground/port.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { Core } from '../kernel/core.ts';
import type { Logs } from '../kernel/logs.ts';

/** What a walk over the sealed log of one scope has found so far. */
export interface HeldReport {
  readonly batches: number;
  /** Changes in the batches that open. */
  readonly changes: number;
  /** Batches that do not verify, or do not open although their key is held: they were refused when they came. */
  readonly unreadable: number;
  /** Epochs that sealed something here and whose key is not held. */
  readonly missingEpochs: readonly number[];
}

const pageBytes = 512 * 1024;

/** Opens everything that is held of a scope, a page at each step, so that the caller may let others in between. */
export function* verifyHeld(core: Pick<Core, 'store' | 'logs'>, scope: ScopeState): Generator<HeldReport, HeldReport> {
  const missing = new Set<number>();
  let [batches, changes, unreadable] = [0, 0, 0];
  const report = (): HeldReport => ({
    ...{ batches, changes, unreadable },
    missingEpochs: [...missing].sort((left, right) => left - right),
  });
  for (const { page, previous } of pagesOf(core.store, scope.scopeId)) {
    let head = previous;
    for (const row of page) {
      const found = readOne(core.logs, scope, row, head);
      head = { sequence: row.sequence, batchId: row.batchId };
      batches += 1;
      changes += found.changes ?? 0;
      unreadable += found.changes === undefined && found.missingEpoch === undefined ? 1 : 0;
      if (found.missingEpoch !== undefined) {
        missing.add(found.missingEpoch);
      }
    }
    yield report();
  }
  return report();
}

function* pagesOf(
  store: Pick<Store, 'log'>,
  scopeId: ScopeId,
): Generator<{ readonly page: readonly LogRow[]; readonly previous: ChainHead | null }> {
  for (const deviceId of store.log.heads(scopeId).keys()) {
    let previous: ChainHead | null = null;
    for (;;) {
      const page = store.log.after(scopeId, deviceId, previous?.sequence ?? 0, pageBytes);
      const last = page.at(-1);
      if (last === undefined) {
        break;
      }
      yield { page, previous };
      previous = { sequence: last.sequence, batchId: last.batchId };
    }
  }
}

function readOne(
  logs: Logs,
  scope: ScopeState,
  row: LogRow,
  head: ChainHead | null,
): { readonly changes?: number; readonly missingEpoch?: number } {
  const decoded = decodeBatch(row.bytes);
  if (!decoded.ok || verifyBatch(decoded.value, scope, { head, idAt: () => undefined }).verdict !== 'accept') {
    return {};
  }
  const { epoch } = decoded.value.header;
  const key = logs.scopes.epochKey(scope.scopeId, epoch);
  if (key === undefined) {
    return { missingEpoch: epoch };
  }
  const opened = openBatch(decoded.value, key);
  return opened.ok ? { changes: opened.value.length - 1 } : {};
}
