import type { ChangeContext } from '../../admission/change-question.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { Core } from './core.ts';

/** What admission elsewhere will see of the batch that is being written: it names the log as it is held here. */
export function batchToBe({ self }: Core, { scopeId, sequence }: ScopeState): ChangeContext['batch'] {
  return { kind: 'changes', scopeId, deviceId: self, sequence: Number.MAX_SAFE_INTEGER, logSequence: sequence };
}
