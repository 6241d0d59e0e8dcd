import type { DeviceId, ScopeId } from '../base/ids.ts';
import type { LoggedChange } from '../contract/change.ts';
import type { MergeStrategyName } from '../contract/manifest.ts';
import type { RecordRow } from '../contract/record.ts';
import type { Core } from './core.ts';
import type { OpenCycle } from './cycles.ts';
import type { CollectionBinding } from './port.ts';

/**
 * Strategies under which a remote change is live at once. Under the others it waits for a person anyway, or can neither
 * delete nor replace.
 */
const strategiesLiveAtOnce: ReadonlySet<MergeStrategyName> = new Set([
  'crdt',
  'graph_merge',
  'signed_authority_required',
  'strongest_policy_wins',
]);

export function isBraked({ manifest }: CollectionBinding): boolean {
  return strategiesLiveAtOnce.has(manifest.mergeStrategy);
}

export function cycleOf(
  core: Core,
  { manifest }: CollectionBinding,
  { deviceId, scopeId }: { readonly deviceId: DeviceId; readonly scopeId: ScopeId },
): OpenCycle {
  return core.cycles.of({ manifest, deviceId, scopeId });
}

/** Counts what a change of another device did to a record that was live; a new record is one that it may touch again. */
export function noteEffect(
  core: Core,
  binding: CollectionBinding,
  change: LoggedChange,
  before: RecordRow | undefined,
  isChanged: boolean,
): void {
  const wasLive = before?.state === 'live';
  const isCounted =
    change.deviceId !== core.self &&
    (isChanged || !wasLive) &&
    isBraked(binding) &&
    core.holds.at(change.collection, change)?.status !== 'accepted';
  if (isCounted) {
    cycleOf(core, binding, change).note(change.objectId, wasLive);
  }
}
