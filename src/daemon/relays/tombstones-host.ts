import type { Logger } from 'pino';
import type { TombstonesBody } from '../../api/types/tombstones.ts';
import type { ScopeId } from '../../base/ids.ts';
import type { Replica } from '../../replica/port.ts';
import type { Store } from '../../store/ground/port.ts';
import { scopeNameOf } from '../keys/scope-names.ts';

/** Records that one slice looks at, in one transaction, and slices of one run: the rest is for the next. */
const sliceSize = 25;
const mostSlices = 40;

/** Collects in the background, a slice at a time, with everything else between. */
export interface TombstonesHost {
  /** Goes through the scopes of which everything is here; one run at a time. */
  run(isCaughtUp: (scopeId: ScopeId) => boolean): Promise<void>;
  stop(): void;
}

export function createTombstonesHost(
  replica: Pick<Replica, 'scopes' | 'collect'>,
  log: Pick<Logger, 'warn'>,
): TombstonesHost {
  let isRunning = false;
  let stopped = false;

  async function collect(scopeId: ScopeId): Promise<void> {
    for (let slice = 0; slice < mostSlices && !stopped; slice++) {
      if (replica.collect(scopeId, sliceSize).isDone) {
        return;
      }
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
  }

  return {
    async run(isCaughtUp) {
      if (isRunning) {
        return;
      }
      isRunning = true;
      try {
        for (const { state, local } of replica.scopes()) {
          if (local || isCaughtUp(state.scopeId)) {
            await collect(state.scopeId);
          }
        }
      } catch (cause) {
        log.warn({ err: cause }, 'deleted records could not be collected; it is tried again');
      } finally {
        isRunning = false;
      }
    },
    stop() {
      stopped = true;
    },
  };
}

/** For a person: scopes in which something was deleted. */
export function tombstoneBodies(
  replica: Pick<Replica, 'self' | 'scopes' | 'tombstones'>,
  store: Pick<Store, 'settings'>,
  labelOf: (deviceId: string) => string,
): readonly TombstonesBody[] {
  return replica.scopes().flatMap(({ state: { scopeId, kind } }) => {
    const { kept, collected, horizonMs, heldBy, expired } = replica.tombstones(scopeId);
    const body: TombstonesBody = {
      scope: { scopeId, kind, name: scopeNameOf(store, scopeId) },
      ...{ kept, collected, horizonAt: timeOf(horizonMs) },
      heldBy: heldBy.map(({ deviceId, lastSeenMs, expiresMs }) => ({
        ...{ deviceId, label: labelOf(deviceId), self: deviceId === replica.self },
        ...{ lastSeenAt: timeOf(lastSeenMs), expiresAt: timeOf(expiresMs) },
      })),
      expired: expired.map((deviceId) => ({ deviceId, label: labelOf(deviceId) })),
    };
    return kept + collected === 0 ? [] : [body];
  });
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
