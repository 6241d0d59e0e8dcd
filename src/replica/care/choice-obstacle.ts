import type { CollectionName } from '../../base/ids.ts';
import { pagesOf } from '../../base/pages.ts';
import type { EncryptionScope, MergeStrategyName } from '../../contract/manifest.ts';
import type { ReviewItem } from '../../contract/review.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { Core, Known } from '../kernel/core.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { isLateItem } from '../waits/late-list.ts';
import { damagedCount } from './damage.ts';

/** Why a scope cannot be chosen for a collection now, and what to do; undefined where it can. */
export function choiceObstacle(
  core: Known & Pick<Core, 'backlog'>,
  binding: CollectionBinding,
  scope: ScopeState,
): string | undefined {
  return unsuited(core, binding, scope) ?? unfinished(core, binding, scope) ?? undecided(core, binding);
}

/** Of these kinds a person may have joined several. */
const shared: readonly EncryptionScope[] = ['workspace', 'org'];

/** What others may do is said there: whoever could choose another scope for it could free them of it. */
const ruling: readonly MergeStrategyName[] = ['signed_authority_required', 'strongest_policy_wins'];

function unsuited(
  { device, logs }: Pick<Core, 'device' | 'logs'>,
  { scope: kind, manifest: { collection, mergeStrategy } }: CollectionBinding,
  scope: ScopeState,
): string | undefined {
  if (!shared.includes(kind)) {
    return `"${collection}" belongs to the ${kind}, of which there is one. A scope is chosen for collections of a workspace or an org.`;
  }
  if (ruling.includes(mergeStrategy)) {
    return `"${collection}" says what others may do, and stays with the first ${kind} that was joined.`;
  }
  if (scope.kind !== kind) {
    return `"${collection}" belongs to a ${kind}, and this scope is another kind: ${scope.kind}. See: sourcesync scopes ls`;
  }
  if ((scope.members.get(device.id)?.revoked ?? null) !== null) {
    return 'This device was removed from that scope. Its other members let it in again with: sourcesync scopes invite';
  }
  return logs.scopes.epochKey(scope.scopeId, scope.epochs.at(-1)?.epoch ?? 0) === undefined
    ? 'This device lacks the key now in use in that scope. On a device that administers it run: sourcesync keys rotate --execute'
    : undefined;
}

/** What came is judged first: it is judged by what it met. */
function unfinished(
  { store, logs, backlog }: Pick<Core, 'store' | 'logs' | 'backlog'>,
  binding: CollectionBinding,
  { scopeId }: ScopeState,
): string | undefined {
  const { collection } = binding.manifest;
  const from = logs.scopes.serving(binding)?.scopeId;
  if (damagedCount(store, collection) > 0) {
    return `Records of "${collection}" are damaged. Mend them first: sourcesync store rebuild`;
  }
  const isUnderWay =
    backlog.intake.list().some((batch) => batch.scopeId === from || batch.scopeId === scopeId) ||
    backlog.wakes.list().some((woken) => woken.collection === collection);
  return isUnderWay ? `What came for "${collection}" is still being taken in. Repeat this in a moment.` : undefined;
}

/** What is known of it stands nowhere but on this device, so that no log brings it again. */
function undecided({ store }: Pick<Core, 'store'>, { manifest }: CollectionBinding): string | undefined {
  const { collection } = manifest;
  const asked = firstOf(store, collection, (item) => item.kind === 'brake' || isCallOfAgent(item) || isLateItem(item));
  return (
    asked && `${asked.id} asks about "${collection}" what only this device knows of. Decide it first: sourcesync review`
  );
}

function isCallOfAgent({ kind, quarantineId }: ReviewItem): boolean {
  return kind === 'approval' && quarantineId === undefined;
}

function firstOf(
  store: Pick<Core['store'], 'reviews'>,
  collection: CollectionName,
  isMeant: (item: ReviewItem) => boolean,
): ReviewItem | undefined {
  for (const { items } of pagesOf((cursor) => store.reviews.listOpen({ cursor, limit: 500 }, collection))) {
    const found = items.find(isMeant);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}
