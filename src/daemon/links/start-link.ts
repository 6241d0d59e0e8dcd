import type { ControlFault } from '../../api/ports/fault.ts';
import type { EngineId, RecordId } from '../../base/ids.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { ObservedPlace } from '../../contract/observed-place.ts';
import type { Place } from '../../contract/place.ts';
import type { CollectionBinding } from '../../replica/names/binding.ts';
import { type FolderSource, createFolderSource } from '../../sources/folder-source.ts';
import type { RecordPort } from '../../sources/ground/port.ts';
import type { LossWords } from '../../sources/passes/source-state.ts';
import { ignoreFileName } from '../../sources/reconcile/ignore-rules.ts';
import { type LinksHostDeps, type LinksTold, linkRow, remembered } from './link-memory.ts';
import { obstacleOf } from './resting-links.ts';
import { openedPlace, unitsOfPlace } from './place-units.ts';
import type { RunningLink, RunningLinks } from './running-links.ts';

/** Puts a folder to work that is remembered as linked; resolves once it was read for the first time. */
export async function startLink(
  deps: LinksHostDeps,
  running: RunningLinks,
  records: RecordPort,
  engineId: EngineId,
  root: string,
): Promise<Result<RunningLink, ControlFault>> {
  const { store, bindings, told } = deps;
  const binding = bindings.all().find(({ manifest }) => manifest.engineId === engineId);
  const place = binding && placeOf(binding, linkRow(store, root)?.place);
  const opened = place && (await openedPlace(place, deps.places));
  if (opened?.ok === false) {
    return opened;
  }
  const units = opened && unitsOfPlace(opened.value, deps.places, store.links.files(root));
  const mapping = units?.mapping ?? binding?.engine.files;
  if (binding === undefined || mapping === undefined) {
    const message =
      binding === undefined
        ? `No engine is called ${engineId}.`
        : `Records of ${binding.manifest.collection} cannot be files.`;
    return err({ kind: 'invalid', message });
  }
  const { manifest, textPaths } = binding;
  const obstacle = obstacleOf(deps.replica, linkRow(store, root), manifest.collection);
  if (obstacle !== undefined) {
    return err(obstacle);
  }
  const { link, memory, doubt } = remembered(deps, binding, root);
  const source = createFolderSource({
    link: { ...link, root, deviceId: deps.replica.self },
    view: { collection: manifest.collection, mapping, textPaths, records },
    store: { links: store.links, transaction: (work) => store.transaction(work as never) },
    nowMs: deps.nowMs,
    told: {
      onProblem: (problem) => {
        told.warn('a file of a linked folder needs attention', { root, code: problem.code });
        told.changed('folder');
      },
      passFailed: (cause) => {
        if (!told.noticed(cause)) {
          throw cause;
        }
      },
    },
    memory,
    losses: lossesOf(deps, binding, root),
    ...(units === undefined ? {} : { tuning: { units: units.units } }),
    ...(units === undefined && mapping.takesChunks === true ? { tuning: { large: deps.large(binding, root) } } : {}),
  });
  const { awaitsExchange = false, doubtful = false } = linkRow(store, root) ?? {};
  const started: RunningLink = {
    ...{ binding, source, awaitsExchange, isDoubtful: doubtful },
    doubt() {
      doubt();
      started.awaitsExchange = true;
      started.isDoubtful = true;
    },
  };
  running.set(root, started);
  await begin(source, told);
  told.changed('folder');
  return ok(started);
}

function placeOf({ engine }: CollectionBinding, name: string | undefined): Place | ObservedPlace | undefined {
  return engine.places?.find((place) => place.name === name);
}

/** On a disk that takes nothing a folder is read for the first time when that is well again. */
async function begin(source: FolderSource, { noticed }: LinksTold): Promise<void> {
  try {
    await source.start();
  } catch (cause) {
    if (!noticed(cause)) {
      throw cause;
    }
  }
}

/** The replica counts what is lost, and says which records may follow. */
function lossesOf({ replica }: LinksHostDeps, binding: CollectionBinding, root: string): Required<LossWords> {
  const { collection } = binding.manifest;
  return {
    isLoss: (id, before, after) => replica.lossOf(collection, id, before, after) !== undefined,
    wordOnIgnore: (change) => replica.wordOnRules({ collection, root }, { ...change, id: ignoreFileName as RecordId }),
    goingBack: (files) => {
      replica.beforeGoingBack(collection, files);
    },
    ignoreSettled: () => {
      replica.dropRules(root);
    },
    wordOnLosses: (losses, about) => replica.wordOnFolder({ collection, root, emptied: [], ...losses, ...about }),
  };
}
