import type { MergeStrategyName } from '../../contract/manifest.ts';
import type { CollectionBinding } from '../names/binding.ts';

const strategies: ReadonlySet<MergeStrategyName> = new Set([
  'crdt',
  'graph_merge',
  'signed_authority_required',
  'strongest_policy_wins',
]);

/**
 * True where a change of another device is live at once. Elsewhere it waits for a person anyway, or can take nothing
 * away.
 */
export function isLiveAtOnce({ manifest }: Pick<CollectionBinding, 'manifest'>): boolean {
  return strategies.has(manifest.mergeStrategy);
}
