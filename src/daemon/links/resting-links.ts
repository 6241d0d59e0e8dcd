import type { ControlFault } from '../../api/ports/fault.ts';
import type { LinkBody } from '../../api/types/links.ts';
import type { CollectionName, EngineId } from '../../base/ids.ts';
import { type Result, err } from '../../base/result.ts';
import type { Bindings } from '../../replica/names/binding.ts';
import type { Replica } from '../../replica/port.ts';
import type { LinkRow } from '../../store/ground/link-table.ts';
import type { Store } from '../../store/ground/port.ts';
import { type RunningLink, type RunningLinks, linkedAt } from './running-links.ts';

interface RestingDeps {
  readonly store: Pick<Store, 'links'>;
  readonly bindings: Bindings;
}

/** False for one that was left, and while its collection comes from another scope, or is still being read. */
export function isFollowed(
  { bindings, replica }: Pick<RestingDeps, 'bindings'> & { readonly replica: Pick<Replica, 'isLearning'> },
  { engineId, left = false, restsFor }: Pick<LinkRow, 'engineId' | 'left' | 'restsFor'>,
): boolean {
  const binding = bindings.all().find(({ manifest }) => manifest.engineId === engineId);
  const isLearning = binding !== undefined && replica.isLearning(binding.manifest.collection);
  return !left && restsFor === undefined && !isLearning;
}

/** Why a link must not be at work now, asked right before it is. */
export function obstacleOf(
  replica: Pick<Replica, 'isLearning'>,
  row: Pick<LinkRow, 'root' | 'restsFor'> | undefined,
  collection: CollectionName,
): ControlFault | undefined {
  if (row?.restsFor !== undefined) {
    return itRests(row.root);
  }
  return replica.isLearning(collection)
    ? {
        kind: 'not_ready',
        message: `What the chosen workspace has of "${collection}" is still being read. Repeat this in a moment.`,
      }
    : undefined;
}

/** Folders and places that rest, as they are listed. */
export function restingBodies({ store, bindings }: RestingDeps): readonly LinkBody[] {
  return store.links.list().flatMap((link) => {
    const { engineId, root, restsFor, left = false } = link;
    const collection = bindings.all().find(({ manifest }) => manifest.engineId === engineId)?.manifest.collection;
    if (restsFor === undefined || left || collection === undefined) {
      return [];
    }
    const files = store.links.files(root).filter(({ hash }) => hash !== null).length;
    return [
      {
        ...{ path: root, root, engineId, collection, files, state: 'paused' as const, watching: false },
        ...{ pausedReason: `${restsBecause} ${howToGoOn}`, pausedSince: null, lastScanAt: null, rests: true },
        ...{ notInStep: { count: 0, first: [], isLasting: false }, problems: [], waits: false },
      },
    ];
  });
}

/** A link that a person asks something of. */
export function followedAt(
  store: Pick<Store, 'links'>,
  running: RunningLinks,
  root: string,
): Result<RunningLink, ControlFault> {
  const link = linkedAt(running, root);
  return (link.ok ? undefined : restingFault(store, root)) ?? link;
}

/** Why nothing is done with a folder that rests; undefined where none rests there. */
export function restingFault({ links }: Pick<Store, 'links'>, root: string): Result<never, ControlFault> | undefined {
  const rests = links.list().some((link) => link.root === root && link.restsFor !== undefined);
  return rests ? err(itRests(root)) : undefined;
}

/** Undefined where none rests there. */
export function unlinkResting(deps: RestingDeps, root: string): LinkBody | undefined {
  const rested = restingBodies(deps).find((link) => link.root === root);
  if (rested !== undefined) {
    deps.store.links.remove(root);
  }
  return rested;
}

/** Ends following all folders of an engine; what is noted of them stays. */
export async function endFollowing(running: RunningLinks, engineId: EngineId): Promise<void> {
  for (const [root, { binding, source }] of running) {
    if (binding.manifest.engineId === engineId) {
      await source.stop();
      running.delete(root);
    }
  }
}

function itRests(root: string): ControlFault {
  return { kind: 'conflict', message: `${root} rests. ${restsBecause} ${howToGoOn}` };
}

const restsBecause =
  'The folder holds the records of another workspace than the one that serves its collection here now. Nothing in it is looked at meanwhile: nothing of it is published, and nothing in it is changed.';

const howToGoOn =
  'It goes on by itself once its workspace is chosen again: sourcesync scopes use. To put its files into the workspace that serves now, unlink it and link it again.';
