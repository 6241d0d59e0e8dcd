import type { ChangeId, DeviceId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { PlanInput, Strategy } from '../../contract/strategy.ts';
import { isUnspoken } from '../../merge/values/agent-words.ts';
import { changeGraph } from '../../merge/values/causal.ts';
import type { Logs } from '../kernel/logs.ts';
import { generationsOf } from '../kernel/generations.ts';
import { viewerOf } from './viewer-of.ts';
import type { CollectionBinding } from '../names/binding.ts';

/** Fields after the given changes, planned from nothing: each as its own author sees it. */
export function fieldsAfter(
  logs: Logs,
  binding: CollectionBinding,
  strategy: Strategy,
  changes: readonly LoggedChange[],
): JsonObject | undefined {
  return rowAfter(logs, binding, strategy, changes)?.fields ?? undefined;
}

/** The row after the given changes, planned from nothing: as one device sees them, or each as its own author does. */
export function rowAfter(
  logs: Logs,
  binding: CollectionBinding,
  strategy: Strategy,
  changes: readonly LoggedChange[],
  seenBy?: DeviceId,
): RecordRow | undefined {
  let last: RecordRow | undefined;
  for (const { row } of rowsAfter(logs, binding, strategy, changes, seenBy)) {
    last = row;
  }
  return last;
}

/** What an agent wrote is nobody's word: what it says itself is what would be live were it one. */
function asSaid(strategy: Strategy, input: PlanInput, row: RecordRow | undefined): RecordRow | undefined {
  const { change, viewer } = input;
  const isOld = (one: LoggedChange): boolean => one === change || viewer.isOld?.(one) === true;
  return isUnspoken(change, viewer.isOld) ? strategy.plan({ ...input, viewer: { ...viewer, isOld } }).row : row;
}

/** The row after each of the given changes in turn, every one after those that it rests on. */
export function* rowsAfter(
  logs: Logs,
  binding: CollectionBinding,
  strategy: Strategy,
  changes: readonly LoggedChange[],
  seenBy?: DeviceId,
): Generator<{ readonly change: LoggedChange; readonly row: RecordRow | undefined }> {
  const generations = generationsOf(logs, strategy, changes);
  let row: RecordRow | undefined;
  const planned: LoggedChange[] = [];
  for (const change of changeGraph(changes).ordered) {
    const input: PlanInput = {
      manifest: binding.manifest,
      viewer: viewerOf(logs, binding, seenBy ?? change.deviceId),
      row,
      textPaths: binding.textPaths,
      openReviews: [],
      change,
      history: strategy.needsHistory(change, row) ? planned : [],
      generations,
    };
    row = strategy.plan(input).row ?? row;
    const said = seenBy === undefined ? asSaid(strategy, input, row) : row;
    planned.push(change);
    yield { change, row: said };
  }
}

/** Changes and everything they descend from, in no order; undefined when one of them cannot be read. */
export function pastOf(
  heads: readonly ChangeId[],
  read: (changeId: ChangeId) => LoggedChange | undefined,
): readonly LoggedChange[] | undefined {
  const past = new Map<ChangeId, LoggedChange>();
  const wanted = [...heads];
  for (let next = wanted.pop(); next !== undefined; next = wanted.pop()) {
    if (!past.has(next)) {
      const change = read(next);
      if (change === undefined) {
        return undefined;
      }
      past.set(next, change);
      wanted.push(...change.parents);
    }
  }
  return [...past.values()];
}
