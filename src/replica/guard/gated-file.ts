import type { JsonObject } from '../../base/json.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { RecordRow } from '../../contract/record.ts';
import { type Refusal, refuse } from '../../contract/verdict.ts';
import { isUnspoken } from '../../merge/values/agent-words.ts';
import { fileDanger } from '../../merge/values/file-danger.ts';
import type { Core } from '../kernel/core.ts';
import { releasedBefore } from '../kernel/counting.ts';
import type { CollectionBinding } from '../names/binding.ts';

/**
 * Why a change of another device waits for a person, where its strategy cannot hold back a part: it would make a file
 * appear here, or alter one, that runs by itself. Nobody is asked again about what was let in.
 */
export function gatedFile(
  core: Pick<Core, 'store' | 'device' | 'logs'>,
  { manifest, engine }: CollectionBinding,
  change: LoggedChange,
  before: JsonObject | null,
  row: RecordRow | undefined,
): Refusal | undefined {
  const isOwn = change.deviceId === core.device.id && !isUnspoken(change, core.logs.isOld);
  const next = row?.fields ?? null;
  if (manifest.mergeStrategy !== 'crdt' || engine.files === undefined || isOwn || next === null) {
    return undefined;
  }
  const danger = fileDanger(engine.files, { id: change.objectId }, before, next);
  if (danger === undefined) {
    return undefined;
  }
  const refusal = refuse(
    'quarantine',
    'manual_review_required',
    'runs_by_itself',
    `runs by itself: ${danger.why}. The file is not written before you accept it in the review queue.`,
  );
  return releasedBefore(core.store, change).released?.(refusal) === true ? undefined : refusal;
}
