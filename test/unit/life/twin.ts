import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Device, DeviceName, FolderKind, OpenItem, Pair, Past } from '../../life/product/port.ts';
import { folderKinds } from '../../life/product/port.ts';
import { type TwinFolder, createTwinFolder } from './twin-folder.ts';
import { createTwinLog } from './twin-log.ts';

/** What a product may do wrong; each is what one counter of a life is there for. */
export interface TwinFaults {
  /** The laptop never writes this file. */
  readonly dropsFile?: boolean;
  readonly forgetsVersions?: boolean;
  readonly leavesCopies?: boolean;
  readonly stopsNeedlessly?: boolean;
  readonly letsLossesThrough?: boolean;
  readonly garblesMerges?: boolean;
  readonly revivesDeleted?: boolean;
}

const lookEveryMs = 10;

/**
 * A product that keeps the promise of the folders, in one process and with real files: small, slow and without a
 * network. What a life finds here is a fault of the life, unless it was planted.
 */
export function createTwin(root: string, faults: TwinFaults = {}): Pair {
  const logs = new Map(folderKinds.map((kind) => [kind, createTwinLog(faults)]));
  const desk = createTwinDevice('desk');
  const laptop = createTwinDevice('laptop');
  let timer = setTimeout(lookOn, lookEveryMs);

  /** The next look comes some time after this one has ended, so that people have their turn. */
  function lookOn(): void {
    desk.work();
    laptop.work();
    timer = setTimeout(lookOn, lookEveryMs);
  }

  function createTwinDevice(name: DeviceName): Device & { work(): void } {
    const folders = new Map<FolderKind, TwinFolder>();
    let [isRunning, isOnline] = [true, true];
    const rootOf = (kind: FolderKind): string => join(root, `${name}-files`, kind);
    const folderOf = (kind: FolderKind): TwinFolder => folders.get(kind) as TwinFolder;
    for (const kind of folderKinds) {
      mkdirSync(rootOf(kind), { recursive: true });
    }
    function work(): void {
      for (const folder of isRunning ? folders.values() : []) {
        folder.look(isOnline);
      }
    }
    function run(running: boolean): Promise<void> {
      isRunning = running;
      if (running) {
        folders.forEach((folder) => folder.started());
      }
      return Promise.resolve();
    }
    return {
      ...{ name, root: rootOf, work },
      link: async (kind) => {
        const log = logs.get(kind) as ReturnType<typeof createTwinLog>;
        folders.set(kind, createTwinFolder({ kind, name, root: rootOf(kind), log, faults }));
      },
      get isRunning(): boolean {
        return isRunning;
      },
      start: async () => run(true),
      stop: async () => run(false),
      kill: async () => run(false),
      pause: async () => void (isOnline = false),
      resume: async () => void (isOnline = true),
      look: async () => {
        work();
      },
      resumeFolder: async () => undefined,
      adoptFolder: async (kind) => folderOf(kind).adopt(),
      async standing() {
        const list = [...folders].map(([kind, folder]) => ({ kind, isPaused: folder.isPaused(), notInStep: [] }));
        const outbox = [...folders.values()].reduce((sum, folder) => sum + folder.unsent(), 0);
        return { isOnline: isOnline && isRunning, outbox, folders: list };
      },
      fileOf: async (kind, path) => folderOf(kind).contentOf(path),
      items: async () => [...folders.values()].flatMap((folder) => folder.items()),
      shownBy: async () => [],
      decide: async (item: OpenItem, action) => {
        folderOf(item.folder as FolderKind).decide(item.id, action);
      },
      openPast: async (): Promise<Past> => ({
        contentsOf: async (kind, path) => logs.get(kind)?.versionsOf(path) ?? [],
        close: async () => undefined,
      }),
    };
  }

  return {
    ...{ desk, laptop },
    crashRelay: async () => undefined,
    close: async () => {
      clearTimeout(timer);
    },
  };
}
