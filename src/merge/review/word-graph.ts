import type { DeviceId } from '../../base/ids.ts';
import type { LoggedChange } from '../../contract/change.ts';
import { isUnspoken } from '../values/agent-words.ts';
import { type ChangeGraph, changeGraph } from '../values/causal.ts';
import type { IsOld } from '../values/past-words.ts';

/** The changes of a reviewed record as a graph, and who speaks by each of them. */
export interface WordGraph extends ChangeGraph {
  /** The device whose word a change is by itself; null for what an agent wrote, until a person takes it up. */
  speakerOf(change: LoggedChange): DeviceId | null;
}

export function wordGraph(changes: readonly LoggedChange[], isOld?: IsOld): WordGraph {
  return {
    ...changeGraph(changes),
    speakerOf: (change) => (isUnspoken(change, isOld) ? null : change.deviceId),
  };
}
