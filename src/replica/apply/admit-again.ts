import type { ChangeContext } from '../../admission/change-question.ts';
import type { ChangeAdmission } from '../../admission/admit-change.ts';
import { releasedBefore } from '../kernel/counting.ts';
import type { Store } from '../../store/ground/port.ts';

/** Admits a change; what a person let in before this device forgot it passes by the reason that they answered for. */
export function admitAgain(
  store: Pick<Store, 'quarantine'>,
  admit: (answered?: Pick<ChangeContext, 'released'>) => ChangeAdmission,
): ChangeAdmission {
  const admission = admit();
  if (admission.kind === 'admitted' || admission.change === undefined) {
    return admission;
  }
  const answered = releasedBefore(store, admission.change);
  return answered.released?.(admission.refusal) === true ? admit(answered) : admission;
}
