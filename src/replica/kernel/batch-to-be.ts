import type { ChangeContext } from '../../admission/change-question.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { ThisDevice } from './this-device.ts';

/** What admission elsewhere will see of the batch that is being written: it names the log as it is held here. */
export function batchToBe({ id: self }: ThisDevice, { scopeId, sequence }: ScopeState): ChangeContext['batch'] {
  return { kind: 'changes', scopeId, deviceId: self, sequence: Number.MAX_SAFE_INTEGER, logSequence: sequence };
}
