import type { CollectionName } from '../../base/ids.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import { type Core, commit } from '../kernel/core.ts';
import { type PlacedBatch, everyRecord, judgeLogged } from './judge-logged.ts';

/** Records that are judged in one transaction. */
const recordsAtOnce = 128;

/**
 * Judges the logs of scopes that were chosen, as if they came now, and past the brake: a person chose what stands there.
 * Yields where others may have their turn, and answers for how many collections. What a process that ended in the middle
 * has judged is passed over quickly.
 */
export function* learnScopes(core: Core): Generator<undefined, number> {
  let read = 0;
  for (const collection of core.logs.chosen.learning()) {
    const binding = core.rules.bindings.ofCollection(collection);
    const scope = binding && core.logs.scopes.serving(binding);
    for (const [batch, from] of scope === undefined ? [] : slices(core, scope)) {
      if (!isWanted(core, collection, batch.scope)) {
        break;
      }
      commit(core, () => {
        core.guards.turn.judging = 'decided';
        judgeLogged(core, batch, { from, to: from + recordsAtOnce }, (change) => change.collection === collection);
      });
      yield undefined;
    }
    if (scope !== undefined && isWanted(core, collection, scope)) {
      commit(core, () => {
        core.logs.chosen.learned(collection);
      });
      read++;
    }
  }
  return read;
}

/** Each batch that is there now, in the order of its chain, and where the next of its records begin. */
function* slices(
  { store, logs }: Pick<Core, 'store' | 'logs'>,
  scope: ScopeState,
): Generator<readonly [PlacedBatch, number]> {
  for (const [deviceId, { sequence: last }] of store.log.heads(scope.scopeId)) {
    for (let sequence = 1; sequence <= last; sequence++) {
      const count = logs.reader.recordCount(scope.scopeId, deviceId, sequence);
      for (let { from } = everyRecord; from < count; from += recordsAtOnce) {
        yield [{ scope, deviceId, sequence }, from];
      }
    }
  }
}

/** A person may have chosen another one meanwhile. */
function isWanted({ logs }: Pick<Core, 'logs'>, collection: CollectionName, { scopeId }: ScopeState): boolean {
  return logs.chosen.isLearning(collection) && logs.chosen.of(collection) === scopeId;
}
