import type { CollectionName, RecordId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Manifest } from '../../contract/manifest.ts';
import type { RecordRow } from '../../contract/record.ts';
import { type BrakeSetting, allowedLosses } from '../../policy/brake.ts';
import { type LossKind, lossOf } from '../../policy/loss.ts';
import { type LossKey, type Lost, dayMs, lossKeyOf, lostRecord, lostWithin } from '../../policy/window.ts';
import type { Core, Guards } from '../kernel/core.ts';
import { wasOnce } from '../past/fields-at.ts';
import { isLiveAtOnce } from '../kernel/live-at-once.ts';
import { isRenameRemoval } from '../past/move-founded.ts';
import type { CollectionBinding } from '../names/binding.ts';
import type { Touched, Work } from '../lists/turn.ts';
import type { Store } from '../../store/ground/port.ts';

export interface Loss extends Touched {
  readonly id: RecordId;
  readonly key: LossKey;
  readonly kind: LossKind;
  /** What would be gone. */
  readonly fields: JsonObject;
}

/** What the losses of a transaction come to in one collection. */
export interface Examined {
  readonly losses: readonly Loss[];
  /** Of those, the ones that the window does not count yet. */
  readonly fresh: readonly Loss[];
  /** Records that were lost within the window and are what they were again. */
  readonly returned: readonly LossKey[];
  readonly lost: Lost;
  readonly live: number;
  readonly allowed: number;
  /** Records whose changes must wait for a person. */
  readonly mustWait: readonly RecordId[];
  readonly needsPoint: boolean;
}

/** As many losses within a day write a restore point. */
const lossesForPoint = 50;
const minuteMs = 60_000;

/** How tight the brake of an engine is, as its class and the configuration say. */
export function brakeSettingOf(
  guards: Guards,
  { engineId, policyClass }: Pick<Manifest, 'engineId' | 'policyClass'>,
): BrakeSetting {
  return { policyClass, ...guards.brakeOf?.(engineId) };
}

/** Says what of a record a change of its live fields takes away. */
export function lossIn(
  { engine, textPaths }: Pick<CollectionBinding, 'engine' | 'textPaths'>,
  id: RecordId,
  before: JsonObject,
  after: JsonObject | null,
): LossKind | undefined {
  return lossOf({ files: engine.files, textPaths }, id, before, after);
}

export function liveFieldsOf(row: RecordRow | undefined): JsonObject | null {
  return row?.state === 'live' ? row.fields : null;
}

/** What a record says now; null where it is not live or cannot be read. */
export function liveFieldsAt(
  store: Pick<Store, 'records'>,
  collection: CollectionName,
  id: RecordId,
): JsonObject | null {
  const row = store.records.get(collection, id);
  return row === 'damaged' ? null : liveFieldsOf(row);
}

export function examine(
  core: Pick<Core, 'store' | 'device' | 'logs' | 'guards'>,
  binding: CollectionBinding,
  { touched, withheld }: Pick<Work, 'touched' | 'withheld'>,
): Examined {
  const { collection } = binding.manifest;
  const nowMs = core.device.nowMs();
  const window = core.guards.windows.of({ collection });
  const lost = lostWithin(window, nowMs);
  const live = Math.max(lost.live, liveAtBegin(core.store, collection, touched));
  const allowed = allowedLosses(brakeSettingOf(core.guards, binding.manifest), live);
  const granted = core.guards.turn.granted.get(collection);
  const found = lossesOf(core, binding, touched).filter(
    ({ id, change }) => change.deviceId !== core.device.id || granted?.has(id) !== true,
  );
  const isNew = ({ key }: Loss): boolean => !lost.records.has(key);
  const ahead = core.guards.turn.reach.ahead.get(collection) ?? 0;
  const isTooMuch = (some: readonly Loss[]): boolean => lost.count + some.filter(isNew).length + ahead > allowed;
  const isAsked = withheld.size > 0 || core.guards.holds.of(collection) !== undefined;
  const { losses, mustWait } = judged(core, binding, found, { isAsked, isTooMuch });
  const fresh = losses.filter(isNew);
  const now = fresh.length + withheld.size;
  const needsPoint =
    (lost.count + now >= lossesForPoint && !isSince(window.pointMs, nowMs, dayMs)) ||
    (now >= lossesForPoint && !isSince(window.pointMs, nowMs, minuteMs));
  const returned = lost.records.size === 0 ? [] : [...touched].flatMap(([id, touch]) => keyOfReturned(id, touch, lost));
  return { losses, fresh, returned, lost, live, allowed, mustWait, needsPoint };
}

/** Of what a transaction touched, what it takes away: neither what the past under way brought, nor renames. */
export function lossesOf(
  core: Pick<Core, 'store' | 'device' | 'logs' | 'guards'>,
  binding: CollectionBinding,
  touched: ReadonlyMap<RecordId, Touched>,
): readonly Loss[] {
  return [...touched].flatMap(([id, touch]) => {
    const { before, after, change } = touch;
    const fields = liveFieldsOf(before);
    const isOfDecision = change.deviceId === core.device.id && change.operation === 'command';
    if (
      fields === null ||
      isOfDecision ||
      isRenameRemoval(core, change) ||
      core.guards.past.brought(change.scopeId, change.collection, id)
    ) {
      return [];
    }
    const kind = lossIn(binding, id, fields, liveFieldsOf(after));
    return kind === undefined ? [] : [{ ...touch, id, kind, fields, key: lossKeyOf(id) }];
  });
}

/**
 * Which losses must wait, and which are losses at all: what a record was once before is no loss of what it is, and that
 * is asked of its history only where something is about to be stopped.
 */
function judged(
  core: Pick<Core, 'store' | 'device' | 'logs' | 'guards'>,
  binding: CollectionBinding,
  found: readonly Loss[],
  { isAsked, isTooMuch }: { readonly isAsked: boolean; readonly isTooMuch: (losses: readonly Loss[]) => boolean },
): { readonly losses: readonly Loss[]; readonly mustWait: readonly RecordId[] } {
  const isForeign = ({ change }: Loss): boolean => change.deviceId !== core.device.id;
  const mustAsk = (losses: readonly Loss[]): boolean =>
    isLiveAtOnce(binding) && losses.some(isForeign) && (isAsked || isTooMuch(losses));
  if (!mustAsk(found)) {
    return { losses: found, mustWait: [] };
  }
  const losses = found.filter((loss) => !isReturn(core, binding, loss));
  return { losses, mustWait: mustAsk(losses) ? losses.filter(isForeign).map(({ id }) => id) : [] };
}

function isReturn(
  core: Pick<Core, 'store' | 'device' | 'logs'>,
  binding: CollectionBinding,
  { kind, before, after }: Loss,
): boolean {
  const fields = liveFieldsOf(after);
  return kind === 'replaced' && before !== undefined && fields !== null && wasOnce(core, binding, before, fields);
}

/** The name of a record that counts as lost and is again what it was. */
function keyOfReturned(id: RecordId, { after }: Touched, { records }: Lost): readonly LossKey[] {
  const fields = liveFieldsOf(after);
  const was = fields === null ? undefined : records.get(lossKeyOf(id));
  return was !== undefined && was === lostRecord(id, fields)[1] ? [lossKeyOf(id)] : [];
}

function liveAtBegin(
  store: Pick<Store, 'records'>,
  collection: CollectionName,
  touched: ReadonlyMap<RecordId, Touched>,
): number {
  let { live } = store.records.counts(collection);
  for (const { before, after } of touched.values()) {
    live += Number(before?.state === 'live') - Number(after.state === 'live');
  }
  return live;
}

function isSince(atMs: number | null, nowMs: number, spanMs: number): boolean {
  return atMs !== null && nowMs >= atMs && nowMs - atMs < spanMs;
}
