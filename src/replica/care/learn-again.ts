import type { CollectionName, RecordId } from '../../base/ids.ts';
import type { LoggedChange } from '../../contract/change.ts';
import { type Core, commit } from '../kernel/core.ts';
import { recordKey } from '../waits/waiting.ts';
import { forgetRecord, countQuestions } from './forget-record.ts';
import { type PlacedBatch, everyRecord, judgeLogged } from './judge-logged.ts';
import { lostQuestions } from './lost-questions.ts';

interface Lost {
  readonly collection: CollectionName;
  readonly id: RecordId;
}

/**
 * After damage: records of which history lost a change are forgotten, and judged again from all that the log holds of
 * them, as if it came now. Yields where others may have their turn; answers how many records those were.
 */
export function* learnAgain(core: Core): Generator<undefined, number> {
  const lost = new Map<string, Lost>();
  for (const batch of batchesOf(core)) {
    for (const change of core.logs.reader.changes(batch.scope.scopeId, batch.deviceId, batch.sequence)) {
      if (isLost(core, change)) {
        lost.set(recordKey(change), { collection: change.collection, id: change.objectId });
      }
    }
    yield undefined;
  }
  for (const unasked of lostQuestions(core)) {
    if (unasked === undefined) {
      yield undefined;
    } else {
      lost.set(recordKey({ collection: unasked.collection, objectId: unasked.id }), unasked);
    }
  }
  if (lost.size === 0) {
    return 0;
  }
  for (const { collection, id } of lost.values()) {
    commit(core, () => forgetRecord(core, { collection, id }));
    yield undefined;
  }
  for (const batch of batchesOf(core)) {
    commit(core, () => {
      judgeLogged(core, batch, everyRecord, (change) => lost.has(recordKey(change)));
    });
    yield undefined;
  }
  for (const record of lost.values()) {
    commit(core, () => countQuestions(core, record));
    yield undefined;
  }
  return lost.size;
}

function* batchesOf(core: Pick<Core, 'store' | 'logs'>): Generator<PlacedBatch> {
  for (const scope of core.logs.scopes.all()) {
    for (const [deviceId, { sequence: last }] of core.store.log.heads(scope.scopeId)) {
      for (let sequence = 1; sequence <= last; sequence++) {
        yield { scope, deviceId, sequence };
      }
    }
  }
}

/** What was refused for good leaves no trace either, and is refused again; what is collected stays so. */
function isLost(core: Pick<Core, 'store' | 'rules'>, change: LoggedChange): boolean {
  return (
    core.store.history.get(change.changeId) === undefined &&
    core.rules.bindings.ofCollection(change.collection) !== undefined &&
    core.store.records.collected(change.collection, change.objectId) === undefined
  );
}
