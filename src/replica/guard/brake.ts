import type { CollectionName } from '../../base/ids.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { RecordRow } from '../../contract/record.ts';
import { sameValue } from '../../merge/values/json-patch.ts';
import { lostRecord, withLosses, withoutLosses } from '../../policy/window.ts';
import type { Core, Known, Brake, Guards } from '../kernel/core.ts';
import { DoneAgain } from '../names/done-again.ts';
import { settleHold } from './hold-losses.ts';
import { type Examined, examine, liveFieldsOf, lossIn } from './losses.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { noteRestorePoint } from '../kernel/restore-points.ts';
import { type Work, beginTurn, goneLately, rememberGone, workIn } from '../lists/turn.ts';

export const brake: Brake = { open, close, done };

function open(core: Known & Pick<Core, 'notices' | 'guards'>, isAgain: boolean): void {
  beginTurn(core.guards.turn, isAgain);
  for (const collection of core.guards.turn.found.needsPoint) {
    noteRestorePoint(core, { name: '', cause: 'losses', collection });
  }
}

function close(core: Known & Pick<Core, 'notices' | 'guards'>): void {
  const { turn } = core.guards;
  if (turn.judging === 'decided') {
    return;
  }
  const looks = [...turn.work].flatMap(([collection, work]) => {
    const binding = core.rules.bindings.ofCollection(collection);
    return binding === undefined ? [] : [{ binding, work, found: examine(core, binding, work) }];
  });
  if (turn.judging === 'usual') {
    // All of them are asked, so that one more attempt is enough.
    const isNew = looks.map(({ binding, found }) => learn(core.guards, binding.manifest.collection, found));
    if (isNew.includes(true)) {
      throw new DoneAgain();
    }
  }
  for (const { binding, work, found } of looks) {
    settle(core, binding, work, found);
  }
}

function done({ device: { nowMs }, guards: { turn } }: Pick<Core, 'device' | 'guards'>): void {
  rememberGone(turn, nowMs());
}

/** A change altered what is live of a record. */
export function noteTouched(
  core: Pick<Core, 'device' | 'guards'>,
  change: LoggedChange,
  before: RecordRow | undefined,
  after: RecordRow,
): void {
  const { touched } = workIn(core.guards.turn, after.collection);
  const first = touched.get(after.id);
  touched.set(after.id, { before: first === undefined ? before : first.before, after, change });
  if (before?.state !== 'live' && after.state === 'live' && change.deviceId !== core.device.id) {
    core.guards.past.noteArrival(change.scopeId, after.collection, after.id);
  }
}

/** True for a change that must stay without effect until a person has decided. */
export function isWithheld(
  core: Pick<Core, 'device' | 'guards'>,
  binding: CollectionBinding,
  change: LoggedChange,
  row: RecordRow | undefined,
  planned: RecordRow | undefined,
): boolean {
  const { judging, found } = core.guards.turn;
  const { collection, objectId: id, deviceId } = change;
  const isStrict = judging === 'strict';
  const waits = judging === 'usual' && found.mustWait.get(collection)?.has(id) === true;
  if (deviceId === core.device.id || planned === undefined || !(isStrict || waits)) {
    return false;
  }
  const { touched, withheld } = workIn(core.guards.turn, collection);
  const first = touched.get(id);
  const fields = liveFieldsOf(first === undefined ? row : first.before);
  const next = liveFieldsOf(planned);
  if (fields === null || (isStrict && next !== null && sameValue(fields, next))) {
    return false;
  }
  const kind = lossIn(binding, id, fields, next) ?? (isStrict ? 'changed' : undefined);
  if (kind !== undefined) {
    withheld.set(id, { id, kind, change, fields });
  }
  return kind !== undefined;
}

/** True where this attempt found something that it should have known before. */
function learn({ turn }: Guards, collection: CollectionName, { mustWait, needsPoint }: Examined): boolean {
  const known = turn.found.mustWait.get(collection) ?? new Set();
  const fresh = mustWait.filter((id) => !known.has(id));
  turn.found.mustWait.set(collection, new Set([...known, ...fresh]));
  const lacksPoint = needsPoint && !turn.points.has(collection) && !turn.points.has(null);
  if (lacksPoint) {
    turn.found.needsPoint.add(collection);
  }
  return fresh.length > 0 || lacksPoint;
}

function settle(
  core: Pick<Core, 'store' | 'device' | 'notices' | 'guards'>,
  binding: CollectionBinding,
  work: Work,
  found: Examined,
): void {
  const { collection } = binding.manifest;
  const { turn } = core.guards;
  const nowMs = core.device.nowMs();
  const before = core.guards.windows.of({ collection });
  const left = found.returned.length === 0 ? before : withoutLosses(before, new Set(found.returned));
  const after = withLosses(
    left,
    nowMs,
    found.fresh.map(({ id, fields }) => lostRecord(id, fields)),
    found.live,
  );
  core.guards.windows.put({ collection }, turn.found.needsPoint.has(collection) ? { ...after, pointMs: nowMs } : after);
  for (const { id, change, before: row } of found.losses) {
    if (change.deviceId !== core.device.id && row !== undefined) {
      turn.going.push([collection, { id, heads: row.heads, atMs: nowMs }]);
    }
  }
  settleHold(core, binding, work, found, goneLately(turn, collection, nowMs));
}
