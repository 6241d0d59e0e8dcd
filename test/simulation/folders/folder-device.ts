import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import { createLinkRecords } from '../../../src/daemon/links/link-records.ts';
import { assert } from '../../../src/base/assert.ts';
import { bringInStep } from '../../../src/sources/passes/bring-in-step.ts';
import { followHints } from '../../../src/sources/passes/follow-hints.ts';
import { scan } from '../../../src/sources/passes/scan.ts';
import {
  type FolderSourceOptions,
  type LossWords,
  type Pause,
  type SourceState,
  createSourceState,
} from '../../../src/sources/passes/source-state.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import type { FolderPlants } from './folder-plants.ts';
import { Crash, type DiskTrouble, type MountPoint, createMemoryDisk } from './memory-disk.ts';
import { type DiskClock, type Tree, createTree } from './tree.ts';

const root = '/simulated/folder';

/** One simulated machine with one linked folder. */
export interface FolderDevice {
  readonly name: string;
  readonly device: TestDevice;
  /** The folder itself, wherever it is now. */
  readonly tree: Tree;
  readonly mount: MountPoint;
  readonly clock: DiskClock;
  readonly state: SourceState;
  /** Reads the folder whole. */
  scan(thorough: boolean): Promise<boolean>;
  /** Follows what the watcher told of. */
  follow(paths: readonly string[]): Promise<boolean>;
  /** Follows the records that changed since it was asked last, and what is to be tried again. */
  followRecords(): Promise<boolean>;
  /** The process ends and begins anew on the same disk. */
  restart(): void;
  /** The link is made anew: nothing of what was noted is left. */
  relink(): void;
}

export interface FolderDeviceOptions {
  readonly name: string;
  readonly device: TestDevice;
  readonly collection: CollectionName;
  readonly clock: DiskClock;
  readonly trouble: DiskTrouble;
  readonly plants: FolderPlants;
}

export function createFolderDevice(options: FolderDeviceOptions): FolderDevice {
  const { name, device, collection, clock, trouble, plants } = options;
  const tree = createTree(`disk of ${name}`);
  const mount: MountPoint = { tree };
  const binding = device.bindings.ofCollection(collection);
  const mapping = binding?.engine.files;
  assert(binding !== undefined && mapping !== undefined, 'the collection is one of files');
  let linkId = name.charCodeAt(0).toString(16).padStart(32, '0');
  let paused: Pause | undefined;
  let wasMarked = false;
  let changed = new Set<RecordId>();
  let again = new Set<string>();
  device.disk.links.put({ engineId: binding.manifest.engineId, root, id: linkId });

  function start(): SourceState {
    const disk = createMemoryDisk(mount, clock, trouble);
    const links = device.failing.store.links;
    const records = createLinkRecords({
      ...{ store: device.failing.store, replica: device.replica, bindings: device.bindings },
    });
    const wanted: FolderSourceOptions = {
      link: { root, linkId, deviceId: device.replica.self },
      view: {
        ...{ collection, mapping: mapping as NonNullable<typeof mapping>, textPaths: binding?.textPaths ?? [] },
        records: plants.records?.(records) ?? records,
      },
      store: {
        links: plants.links?.(links) ?? links,
        transaction: (work) => device.failing.store.transaction(work as never),
      },
      told: { onProblem: () => undefined, passFailed: () => undefined },
      nowMs: () => clock.nowMs(),
      memory: {
        ...{ paused, wasMarked },
        marked: () => {
          wasMarked = true;
        },
        pauseChanged: (pause) => {
          paused = pause;
        },
      },
      losses: lossesOf(device, collection),
    };
    return createSourceState(plants.options?.(wanted) ?? wanted, plants.disk?.(disk) ?? disk);
  }

  let state = start();
  device.onEvent = (event) => {
    if (event.type === 'record.changed' && event.data['collection'] === collection) {
      changed.add(event.data['id'] as RecordId);
    }
  };

  /** Runs a pass; false where the process ended in it. */
  async function pass(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (cause) {
      if (cause instanceof Crash) {
        restart();
        return false;
      }
      throw cause;
    }
  }

  function restart(): void {
    device.restart();
    changed = new Set();
    again = new Set();
    state = start();
  }

  const lookAgain = (id: RecordId): void => {
    again.add(id);
  };

  return {
    ...{ name, device, tree, mount, clock, restart },
    get state(): SourceState {
      return state;
    },
    scan: (thorough) => pass(() => scan(state, { thorough, isAsked: false }, lookAgain)),
    follow: (paths) =>
      pass(async () => {
        const hinted = [...new Set([...paths, ...again])];
        again = new Set();
        const hints = hinted.map((path) => ({ path, ageMs: 60_000 }));
        await followHints(state, hints, { quietMs: 0, removalDelayMs: 0 }, (hint) => again.add(hint.path));
      }),
    followRecords: () =>
      pass(async () => {
        const ids = [...changed, ...state.paths.later];
        changed = new Set();
        state.paths.later.clear();
        await bringInStep(state, ids, lookAgain);
      }),
    relink() {
      device.disk.links.remove(root);
      linkId = `${linkId.slice(1)}${linkId.slice(0, 1)}`;
      device.disk.links.put({ engineId: binding.manifest.engineId, root, id: linkId });
      paused = undefined;
      wasMarked = false;
      restart();
    },
  };
}

function lossesOf(device: TestDevice, collection: CollectionName): LossWords {
  return {
    isLoss: (id, before, after) => device.replica.lossOf(collection, id, before, after) !== undefined,
    wordOnLosses: (losses, about) =>
      device.replica.wordOnFolder({ collection, root, emptied: [], ...losses, ...about }),
  };
}
