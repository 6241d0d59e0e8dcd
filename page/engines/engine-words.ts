import type { EngineBody } from '../../src/api/types/bodies.ts';
import type { EngineState } from '../../src/contract/states.ts';
import { counted, spoken } from '../ground/words.ts';

/** Each state in words, and the next step where there is one. */
const byState: Readonly<Record<EngineState, string>> = {
  disabled: 'Off.',
  engine_disabled: 'Off.',
  missing_identity: 'This home has no identity yet. Set it up with: sourcesync init',
  missing_device_key: 'Its keys are locked. Unlock them with: sourcesync unlock',
  not_configured: 'On, and waiting for something to sync. Choose a place below, or link a folder: sourcesync link',
  auth_pending: 'It waits to be let in by another device.',
  missing_workspace_key: 'The key of its workspace has not come yet. It comes from another device by itself.',
  policy_blocked: 'Policy does not allow it. See Settings.',
  quarantined: 'Something was set aside because it could not be verified. See Audit and trust.',
  conflict_detected: 'Two devices changed the same thing. See Needs you.',
  review_required: 'Changes wait for your word. See Needs you.',
  degraded: 'It works with a loss.',
  local_only: 'It works on this device alone.',
  network_down: 'There is no network. Changes wait here.',
  network_untrusted: 'The relay is not the one that it was. See Audit and trust.',
  relay_unreachable: 'The relay cannot be reached. Changes wait here.',
  engine_syncing: 'It syncs.',
  engine_dirty: 'It has changes that are still to be sent.',
  engine_current: 'In step.',
  healthy: 'In step.',
};

export function engineState({ state, reasonCodes, causes }: EngineBody): string {
  const why = [...reasonCodes, ...causes].filter((code) => code !== 'manual_review_required').map(spoken);
  return why.length === 0 ? byState[state] : `${byState[state]} Why: ${why.join(', ')}.`;
}

export function engineCounts({ counts }: EngineBody): string {
  return [
    counted(counts.live, 'record'),
    ...(counts.outbox > 0 ? [`${counted(counts.outbox, 'change')} to send`] : []),
    ...(counts.review + counts.conflicts > 0 ? [`${counted(counts.review + counts.conflicts, 'decision')} open`] : []),
    ...(counts.quarantined > 0 ? [`${counts.quarantined} set aside`] : []),
  ].join(' · ');
}
