import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isReplaced } from '../../life/lines.ts';
import type { FolderKind, OpenItem } from '../../life/product/port.ts';
import { diskPathOf, pathsBelow } from '../../life/tree.ts';
import { type TwinLog, type Version, isSame, nothing } from './twin-log.ts';
import type { TwinFaults } from './twin.ts';

/** One linked folder of the twin. */
export interface TwinFolder {
  /** Takes in what rests in the folder, and, online, meets the others and writes what is theirs. */
  look(isOnline: boolean): void;
  started(): void;
  isPaused(): boolean;
  adopt(): void;
  /** Changes that were not handed on. */
  unsent(): number;
  contentOf(path: string): Uint8Array | undefined;
  items(): readonly OpenItem[];
  decide(id: string, action: 'accept' | 'reject'): void;
}

export interface TwinFolderOptions {
  readonly kind: FolderKind;
  readonly name: string;
  readonly root: string;
  readonly log: TwinLog;
  readonly faults: TwinFaults;
}

const looksOfRest = 15;

/** What a device found changed, and what each file was made from. */
type Changes = Map<string, Version>;

export function createTwinFolder({ kind, name, root, log, faults }: TwinFolderOptions): TwinFolder {
  const known = new Map<string, Version>();
  /** By path: what was found in the last look, so that a change counts once it rests. */
  let lastSeen = new Map<string, Version>();
  const read: ReadFiles = new Map();
  let pending: Changes = new Map();
  let held: { readonly id: string; readonly paths: ReadonlySet<string> } | undefined;
  let [items, accepted] = [0, new Set<string>()];
  let rootNumber = inodeOf(root);
  let isPaused = false;
  let losing = { files: 0, looks: 0 };
  const knownOf = (path: string): Version => known.get(path) ?? nothing;

  function seenNow(): Map<string, Version> {
    const seen = new Map<string, Version>();
    for (const path of pathsBelow(root, '')) {
      const file = fileAt(join(root, path), read);
      if (file !== undefined) {
        seen.set(path.normalize('NFC'), file);
      }
    }
    return seen;
  }

  /** What differs from what was agreed on, and looked so in the look before as well. */
  function changesIn(seen: ReadonlyMap<string, Version>): Changes {
    const changes: Changes = new Map();
    for (const path of new Set([...known.keys(), ...seen.keys()])) {
      const now = seen.get(path) ?? nothing;
      if (!isSame(now, knownOf(path)) && isSame(now, lastSeen.get(path) ?? nothing)) {
        changes.set(path, now);
      }
    }
    return changes;
  }

  function isAnotherRoot(seen: ReadonlyMap<string, Version>): boolean {
    const hadFiles = [...known.values()].some(({ content }) => content !== undefined);
    return faults.letsLossesThrough !== true && hadFiles && (inodeOf(root) !== rootNumber || seen.size === 0);
  }

  /** Whoever loses much does so for a while: what is lost is judged together, once no more is. */
  function holdLosses(changes: Changes): void {
    if (faults.stopsNeedlessly === true && changes.size >= 3) {
      held ??= { id: `${name} ${kind} ${++items}`, paths: new Set(changes.keys()) };
    }
    const gone = lossesIn(changes, known).filter((path) => !accepted.has(path));
    losing = { files: gone.length, looks: gone.length === losing.files ? losing.looks + 1 : 0 };
    if (losing.looks < looksOfRest) {
      gone.forEach((path) => changes.delete(path));
      return;
    }
    const live = [...known.values()].filter(({ content }) => content !== undefined).length;
    const isMass = (gone.length > 10 && gone.length > live * 0.9) || (gone.length > 100 && gone.length > live / 2);
    if (isMass && faults.letsLossesThrough !== true) {
      held ??= { id: `${name} ${kind} ${++items}`, paths: new Set(gone) };
    }
  }

  function handOn(changes: Changes): void {
    for (const [path, now] of changes) {
      if (held?.paths.has(path) !== true) {
        const meets = log.take(path, knownOf(path), now);
        if (meets && faults.leavesCopies === true && now.content !== undefined) {
          writeFileSync(diskPathOf(root, path.replace(/(\.\w+)?$/, '.kept-1a2b3c4d$1')), now.content);
        }
        known.set(path, now);
      }
    }
  }

  /** Files of others, removals first, so that what is in the way goes. A file that is not as it was is left alone. */
  function writeTheirs(seen: ReadonlyMap<string, Version>): void {
    const theirs = [...log.head].filter(([path, version]) => !isSame(version, knownOf(path)));
    const gone = theirs.filter(([, { content }]) => content === undefined);
    for (const [path, version] of [...gone, ...theirs.filter(([, { content }]) => content !== undefined)]) {
      const isDropped = faults.dropsFile === true && name === 'laptop' && path.endsWith('0.md');
      if (isSame(seen.get(path) ?? nothing, knownOf(path)) && !isDropped && put(path, version)) {
        known.set(path, version);
        lastSeen.set(path, version);
      }
    }
  }

  function put(path: string, version: Version): boolean {
    const place = diskPathOf(root, path);
    return version.content === undefined ? removeFile(place, root) : writeFile(place, version);
  }

  return {
    look(isOnline) {
      const seen = seenNow();
      isPaused = isAnotherRoot(seen);
      if (isPaused) {
        return;
      }
      pending = changesIn(seen);
      lastSeen = seen;
      for (const [path, { content }] of pending) {
        log.remember(path, content);
      }
      holdLosses(pending);
      if (isOnline) {
        handOn(pending);
        writeTheirs(seen);
      }
    },
    started() {
      const path = faults.revivesDeleted === true ? log.lastDeleted() : undefined;
      const content = path === undefined ? undefined : log.versionsOf(path).at(-1);
      if (path !== undefined && content !== undefined) {
        log.take(path, log.headOf(path), { content, mode: 0o644 });
      }
    },
    isPaused: () => isPaused,
    adopt() {
      known.clear();
      rootNumber = inodeOf(root);
    },
    unsent: () => [...pending.keys()].filter((path) => !isSame(pending.get(path) ?? nothing, knownOf(path))).length,
    contentOf: (path) => (pending.get(path) ?? knownOf(path)).content,
    items: () => (held === undefined ? [] : [{ id: held.id, kind: 'brake', folder: kind, summary: 'much is gone' }]),
    decide(id, action) {
      if (held?.id !== id) {
        return;
      }
      for (const path of held.paths) {
        if (action === 'accept') {
          accepted = accepted.add(path);
        } else {
          known.set(path, pending.get(path) ?? nothing);
        }
      }
      held = undefined;
    },
  };
}

/** Records that are gone, emptied or made others: a file of the same content elsewhere is a renamed one. */
function lossesIn(changes: Changes, known: ReadonlyMap<string, Version>): readonly string[] {
  const fresh = [...changes]
    .filter(([path]) => known.get(path)?.content === undefined)
    .map(([, { content }]) => content);
  const isElsewhere = (content: Buffer): boolean => fresh.some((one) => one?.equals(content) === true);
  return [...changes]
    .filter(([path, { content }]) => {
      const before = known.get(path)?.content;
      return before !== undefined && (content === undefined ? !isElsewhere(before) : isReplaced(before, content));
    })
    .map(([path]) => path);
}

/** By path: how a file looked when it was read. */
type ReadFiles = Map<string, { readonly look: string; readonly version: Version }>;

function fileAt(path: string, read: ReadFiles): Version | undefined {
  try {
    const { ino, size, mtimeNs, ctimeNs, mode } = statSync(path, { bigint: true });
    const look = [ino, size, mtimeNs, ctimeNs].join(' ');
    const before = read.get(path);
    if (before?.look === look) {
      return before.version;
    }
    const version = { content: readFileSync(path), mode: Number(mode) & 0o777 };
    read.set(path, { look, version });
    return version;
  } catch {
    return undefined;
  }
}

function writeFile(path: string, { content, mode }: Version): boolean {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}~`, content ?? '');
    chmodSync(`${path}~`, mode);
    renameSync(`${path}~`, path);
    return true;
  } catch {
    return false;
  }
}

function removeFile(path: string, root: string): boolean {
  rmSync(path, { force: true });
  try {
    for (let folder = dirname(path); folder !== root; folder = dirname(folder)) {
      rmdirSync(folder);
    }
  } catch {
    // Something else is in it.
  }
  return true;
}

function inodeOf(root: string): number {
  return statSync(root, { throwIfNoEntry: false })?.ino ?? 0;
}
