import type { StatusBody } from '../../src/api/types/bodies.ts';

/** The daemon's one sentence, and what else there is to say. `tone` is never the only sign of it. */
export interface StateSentence {
  readonly tone: 'well' | 'waits' | 'wrong' | 'busy';
  readonly words: string;
  readonly beside: readonly string[];
}

const tones: Readonly<Record<StatusBody['glance']['state'], StateSentence['tone']>> = {
  ...{ locked: 'wrong', revoked: 'wrong', disk: 'wrong', relay_away: 'wrong', not_in_step: 'wrong' },
  ...{ waits: 'waits', paused: 'busy', syncing: 'busy', in_step: 'well' },
};

export function stateSentence(status: StatusBody): StateSentence {
  const { state, sentence, waits, notes = [] } = status.glance;
  return {
    tone: tones[state],
    words: sentence,
    beside: [...waits.map(({ what, command }) => `${what}: ${command}`), ...notes, ...reasons(status)],
  };
}

export function waitingCount({ engines }: StatusBody): number {
  return engines
    .filter(({ enabled }) => enabled)
    .reduce((sum, { counts }) => sum + counts.review + counts.conflicts + counts.quarantined, 0);
}

/** Why it is so, where the sentence has no room for it. */
function reasons({ relay, store, unsent, alarms, folders }: StatusBody): readonly string[] {
  return [
    ...(relay.reason === null || relay.state === 'online' ? [] : [relay.reason]),
    ...(store.message === null ? [] : [store.message]),
    ...alarms.map(({ message }) => message),
    ...unsent.map(({ reason, relay: address }) => `Changes are not taken by ${address}: ${reason}`),
    ...folders.flatMap(({ path, pausedReason, rests }) =>
      pausedReason === null || rests ? [] : [`${path} is paused: ${pausedReason}`],
    ),
  ];
}
