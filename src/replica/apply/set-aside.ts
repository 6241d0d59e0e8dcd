import type { ChangeId } from '../../base/ids.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { Disposition } from '../../contract/record.ts';
import type { QuarantineItem } from '../../contract/review.ts';
import type { Refusal } from '../../contract/verdict.ts';
import type { HistoryRow, Store } from '../../store/ground/port.ts';
import type { Core, Known } from '../kernel/core.ts';
import { isSameReason } from '../kernel/counting.ts';
import { keepItem } from '../kernel/keep.ts';
import { askAboutHeld } from '../guard/held-question.ts';
import { needsPerson } from '../names/needs-person.ts';
import { quarantineIdOf } from '../names/quarantine-id.ts';

/** Keeps a change for later without any effect: what it rests on has not arrived, or its engine is switched off. */
export function setAside(core: Pick<Core, 'store' | 'backlog'>, change: LoggedChange): void {
  keepAs(core.store, change, 'waiting');
  core.backlog.waiting.add(change);
}

/** The same for one that waits for these parents, or for a person: nothing else that comes makes it go on. */
export function setAsideWithout(
  core: Pick<Core, 'store' | 'backlog'>,
  change: LoggedChange,
  missing: readonly ChangeId[],
): void {
  keepAs(core.store, change, 'waiting');
  core.backlog.waiting.addOrphan(change, { changeId: change.changeId, missing });
}

/** What became of a change, for the first time or again. */
export function keepAs(store: Pick<Store, 'history'>, change: LoggedChange, disposition: Disposition): void {
  if (!store.history.addIfAbsent(historyRow(change, disposition))) {
    store.history.setDisposition(change.changeId, disposition);
  }
}

/** Keeps a change sealed and without effect until it is released, or what was missing has arrived. */
export function quarantineChange(
  core: Known & Pick<Core, 'notices' | 'backlog'>,
  change: LoggedChange,
  refusal: Refusal,
): void {
  const detail = refusal.detail ?? null;
  if (core.store.quarantine.get(quarantineIdOf(change))?.status === 'dropped') {
    // A person dropped it before this device lost what it knew of it.
    keepAs(core.store, change, 'refused');
    core.backlog.waiting.settled(change);
    return;
  }
  if (needsPerson({ reasonCode: refusal.reasonCode, detail })) {
    setAsideWithout(core, change, []);
  } else {
    setAside(core, change);
  }
  const binding = core.rules.bindings.ofCollection(change.collection);
  holdItem(core, {
    id: quarantineIdOf(change),
    engineId: binding?.manifest.engineId ?? null,
    collection: change.collection,
    recordId: change.objectId,
    reasonCode: refusal.reasonCode,
    detail,
    message: refusal.message,
    authorId: change.authorId,
    deviceId: change.deviceId,
    stamp: change.stamp,
    changeId: change.changeId,
    bytes: null,
    status: 'held',
  });
  askAboutHeld(core, binding, change, refusal);
}

/** An item that is held already learns the newer reason; one that was released or dropped stays so. */
export function holdItem(core: Pick<Core, 'store' | 'rules' | 'notices' | 'backlog'>, item: QuarantineItem): void {
  const known = core.store.quarantine.get(item.id);
  if (known !== undefined && known.status !== 'elsewhere') {
    if (known.status === 'held' && !isSameReason(known, item)) {
      keepItem(core, item);
    }
    return;
  }
  keepItem(core, item);
  if (item.bytes !== null) {
    core.backlog.waiting.addBatch();
  }
  core.notices.pendingEvents.push({
    type: 'quarantine.added',
    data: { id: item.id, engineId: item.engineId, reasonCode: item.reasonCode },
  });
}

function historyRow(change: LoggedChange, disposition: Disposition): HistoryRow {
  return {
    changeId: change.changeId,
    collection: change.collection,
    recordId: change.objectId,
    scopeId: change.scopeId,
    deviceId: change.deviceId,
    sequence: change.sequence,
    index: change.index,
    stamp: change.stamp,
    disposition,
  };
}
