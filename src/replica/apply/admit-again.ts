import { admitChange } from '../../admission/admit-change.ts';
import type { ChangeContext } from '../../admission/change-question.ts';
import { releasedBefore } from '../kernel/counting.ts';
import type { Store } from '../../store/ground/port.ts';

/** Admits a change; what a person let in before this device forgot it passes by the reason that they answered for. */
export function admitAgain(
  store: Pick<Store, 'quarantine'>,
  recordBytes: Uint8Array,
  context: ChangeContext,
): ReturnType<typeof admitChange> {
  const admission = admitChange(recordBytes, context);
  if (admission.kind === 'admitted' || admission.change === undefined) {
    return admission;
  }
  const { released } = releasedBefore(store, admission.change);
  return released?.(admission.refusal) === true ? admitChange(recordBytes, { ...context, released }) : admission;
}
