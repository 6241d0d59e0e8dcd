import type { CollectionName, RecordId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { Intent } from '../../contract/strategy.ts';
import { applyPatch } from '../../merge/values/json-patch.ts';
import { allowedLosses } from '../../policy/brake.ts';
import type { LossKind } from '../../policy/loss.ts';
import { lossKeyOf, lostWithin } from '../../policy/window.ts';
import { type HeldWords, previewed } from './brake-item.ts';
import type { Core, Known } from '../kernel/core.ts';
import { wasOnce } from '../past/fields-at.ts';
import { type Call, holdCall } from './held-calls.ts';
import { countsInWords, countsOf } from '../names/held-losses.ts';
import { brakeSettingOf, liveFieldsOf, lossIn } from './losses.ts';
import type { Write } from '../names/write.ts';
import type { CollectionBinding } from '../names/binding.ts';
import type { MassChangePreview } from '../names/mass-change-preview.ts';

/** Too much for one call. */
export interface MassChange extends Omit<HeldWords, 'counts' | 'from'> {
  readonly losses: readonly CallLoss[];
}

export interface CallLoss {
  readonly id: RecordId;
  readonly kind: LossKind;
  /** What would be gone. */
  readonly fields: JsonObject;
}

/**
 * What the writes of one call would take away, where that is too much together with what was lost within the day;
 * undefined when they may go on. A single write always may: rows are looked at only where the numbers of writes and of live
 * records do not settle it.
 */
export function massChangeOf(
  core: Known & Pick<Core, 'guards'>,
  collection: CollectionName,
  writes: readonly Pick<Write, 'id' | 'intent'>[],
): MassChange | undefined {
  const binding = core.rules.bindings.ofCollection(collection);
  return binding === undefined || writes.length < 2
    ? undefined
    : tooMuch(core, binding, writes.length, () => lossesOfWrites(core, binding, writes));
}

/** True for more losses of one call than may be, with those that came before it within the day. */
export function tooMuch(
  core: Pick<Core, 'store' | 'device' | 'guards'>,
  binding: CollectionBinding,
  most: number,
  losses: () => readonly CallLoss[],
): MassChange | undefined {
  const { collection } = binding.manifest;
  const lost = lostWithin(core.guards.windows.of({ collection }), core.device.nowMs());
  const liveNow = core.store.records.counts(collection).live;
  const live = Math.max(lost.live, liveNow);
  const allowed = allowedLosses(brakeSettingOf(core.guards, binding.manifest), live);
  const isTooMuch = (some: readonly CallLoss[]): boolean =>
    lost.count + some.filter(({ id }) => !lost.records.has(lossKeyOf(id))).length > allowed;
  // No more can be taken away than is there.
  if (lost.count + Math.min(most, liveNow) <= allowed) {
    return undefined;
  }
  const found = losses();
  return found.length > 0 && isTooMuch(found)
    ? { losses: found, live, others: lost.count, isRecent: lost.isRecent, allowed }
    : undefined;
}

/** Keeps a call that is too much until a person has decided, and says what became of it. */
export function heldCall(core: Core, collection: CollectionName, call: Call, change: MassChange): MassChangePreview {
  const binding = core.rules.bindings.ofCollection(collection) as CollectionBinding;
  const { losses, live, others, isRecent, allowed } = change;
  const records = losses.map((loss) => ({ ...loss, change: null }));
  const reviewId = holdCall(core, binding, call, records, { live, others, isRecent, allowed }) ?? null;
  const counts = countsOf(losses.map(({ kind }) => kind));
  const waits =
    reviewId === null ? '' : ` It waits for a person: sourcesync reviews show ${reviewId}, then accept or reject it.`;
  return {
    detail: 'brake_mass_change',
    message: `This would ${countsInWords(counts)} of ${live} records${others === 0 ? '' : `, after ${others} others within the day`}, where ${allowed} may go unasked. Nothing was written.${waits} If it is what you want, repeat it with your confirmation.`,
    reviewId,
    live,
    removals: counts.removed,
    replacements: losses.length - counts.removed,
    allowed,
    records: losses.slice(0, previewed).map(({ id }) => id),
  };
}

/** What the writes together would take away of each record that is live. */
function lossesOfWrites(
  core: Pick<Core, 'store' | 'device' | 'logs'>,
  binding: CollectionBinding,
  writes: readonly Pick<Write, 'id' | 'intent'>[],
): readonly CallLoss[] {
  const after = new Map<RecordId, { readonly row: RecordRow; readonly fields: JsonObject | null }>();
  for (const { id, intent } of writes) {
    const row = core.store.records.get(binding.manifest.collection, id);
    if (row !== undefined && row !== 'damaged' && row.state === 'live') {
      const known = after.get(id);
      after.set(id, { row, fields: fieldsAfter(intent, known === undefined ? row.fields : known.fields) });
    }
  }
  return [...after].flatMap(([id, { row, fields }]) => lossOfRow(core, binding, id, row, fields) ?? []);
}

/** What a record would lose that becomes these fields; what it was once before is no loss of what it is. */
export function lossOfRow(
  core: Pick<Core, 'store' | 'device' | 'logs'>,
  binding: CollectionBinding,
  id: RecordId,
  row: RecordRow,
  after: JsonObject | null,
): CallLoss | undefined {
  const fields = liveFieldsOf(row);
  const kind = fields === null ? undefined : lossIn(binding, id, fields, after);
  const isReturn = kind === 'replaced' && after !== null && wasOnce(core, binding, row, after);
  return fields === null || kind === undefined || isReturn ? undefined : { id, kind, fields };
}

function fieldsAfter(intent: Intent, fields: JsonObject | null): JsonObject | null {
  switch (intent.kind) {
    case 'put':
      return intent.fields;
    case 'remove':
      return null;
    case 'patch': {
      const patched = applyPatch(fields ?? {}, intent.patch);
      return patched.ok ? patched.value : fields;
    }
    case 'binary':
      // What an editor typed is looked at once it is merged.
      return fields;
  }
}
