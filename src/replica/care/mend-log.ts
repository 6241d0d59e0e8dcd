import type { DeviceId } from '../../base/ids.ts';
import type { ChainHead } from '../../contract/chain.ts';
import { decodeBatch } from '../../log/header.ts';
import { verifyBatch } from '../../log/verify.ts';
import type { DeviceLabels } from '../../log/meta.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import { type Core, commit } from '../kernel/core.ts';
import { chainFrom, openOwn, sealAgain } from '../receive/restore-own.ts';
import type { Store } from '../../store/ground/port.ts';

/**
 * Cuts each chain back to its last batch before the first that is gone or not as it was signed: relays and other devices
 * hand out again what follows. Own batches that no relay has confirmed are sealed again behind the gap. Answers how many
 * chains those are.
 */
export function mendLog(core: Core): number {
  let chains = 0;
  for (const scope of core.logs.scopes.all()) {
    const { scopeId } = scope;
    for (const [deviceId] of core.store.log.heads(scopeId)) {
      const end = firstGap(core.store, scope, deviceId);
      if (end === undefined) {
        continue;
      }
      chains++;
      if (deviceId === core.device.id) {
        cutOwn(core, scope, end);
      } else {
        commit(core, () => {
          core.store.log.cut(scopeId, deviceId, end);
        });
      }
      core.logs.reader.forget();
    }
    commit(core, () => {
      core.store.log.unacknowledge(scopeId, (core.store.log.heads(scopeId).get(core.device.id)?.sequence ?? 0) + 1);
    });
  }
  return chains;
}

/** The sequence from which on a chain cannot be shown whole; undefined where all of it can. */
function firstGap(store: Pick<Store, 'log'>, scope: ScopeState, deviceId: DeviceId): number | undefined {
  let head = null as ChainHead | null;
  for (const row of chainFrom(store, scope.scopeId, deviceId, 1)) {
    const batch = decodeBatch(row.bytes);
    const isNext = row.sequence === (head?.sequence ?? 0) + 1;
    if (!isNext || !batch.ok || verifyBatch(batch.value, scope, { head, idAt: () => undefined }).verdict !== 'accept') {
      return (head?.sequence ?? 0) + 1;
    }
    head = { sequence: row.sequence, batchId: row.batchId };
  }
  return undefined;
}

function cutOwn(core: Core, scope: ScopeState, from: number): void {
  const { scopeId } = scope;
  const sent = core.store.log.acknowledgedAnywhere(scopeId);
  const unsent = [...chainFrom(core.store, scopeId, core.device.id, Math.max(from, sent + 1))];
  const readable = unsent.flatMap((row) => openOwn(core, row) ?? []);
  commit(core, () => {
    core.store.log.cut(scopeId, core.device.id, from);
    core.store.log.unacknowledge(scopeId, from);
    core.logs.reader.forget();
    if (readable.length > 0) {
      sealAgain(core, scope, new Map(), {
        records: readable.flatMap(({ records }) => records),
        scopes: readable.flatMap(({ scopes }) => scopes),
        revocations: readable.flatMap(({ revocations }) => revocations),
        labels: Object.assign({}, ...readable.map(({ labels }) => labels)) as DeviceLabels,
      });
    }
  });
}
