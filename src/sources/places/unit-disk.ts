import { utf8 } from '../../base/bytes.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { LinkedFile } from '../../store/ground/link-table.ts';
import type { Disk, Reading, WalkedFolder, WriteFault } from '../disk/disk-port.ts';
import type { FileLook } from '../ground/file-look.ts';
import { fingerprintOf, plainMode } from '../ground/fingerprint.ts';
import { type PlaceView, createPlaceView } from './place-view.ts';
import { type PlacedUnit, asidesAmong, unsureOf } from './read-place.ts';
import type { UnitSource } from './unit-source.ts';
import { createPause } from '../ground/pause.ts';
import { turn } from '../ground/turn.ts';

/**
 * A place as a folder whose files are its units: all that is promised of a linked folder holds for each of them. Nothing
 * is created or removed but what stands in the files of the place.
 */
export interface UnitDisk extends Disk {
  /** Ids of the units that are not what they were when this was asked last; at first nothing. */
  changes(): Promise<readonly string[]>;
}

export function createUnitDisk(source: UnitSource, noted: ReadonlyMap<string, string> = new Map()): UnitDisk {
  const view = createPlaceView({ source, noted });
  const { onlyReads, keepsRecords } = source;
  return {
    ...rootOf(),
    ...readingOf(view),
    ...writingOf(source, view),
    changes: changesIn(view),
    fileOf: (id) => view.last?.units.get(id)?.file.path ?? source.newFileOf(id),
    onlyReads,
    keepsRecords,
  };
}

/** So many units are told of at once; then others have their turn. */
const pageSize = 500;

/** Its files say for themselves whether they can be believed. */
function rootOf(): Pick<Disk, 'root' | 'hold' | 'isHeld' | 'mark'> {
  return {
    root: () => ok({ identity: 'place', marks: [], isOnly: true }),
    hold: () => undefined,
    isHeld: () => true,
    mark: () => ok(undefined),
  };
}

function readingOf(
  view: PlaceView,
): Pick<Disk, 'look' | 'isThere' | 'read' | 'walk' | 'caseInsensitive' | 'takesLinks'> {
  return {
    async look(id) {
      const found = await readUnit(view, id);
      if (found.kind !== 'file') {
        return found;
      }
      const { bytes: _bytes, ...look } = found;
      return look;
    },
    isThere: (id) => view.last?.units.has(id) === true,
    read: (id) => readUnit(view, id),
    async *walk(): AsyncGenerator<WalkedFolder> {
      const { units, faults } = await view.sight();
      for (const { path, code } of faults) {
        yield { path, fault: code };
      }
      const ids = [...units.keys()].sort();
      for (let start = 0; start < Math.max(ids.length, 1); start += pageSize) {
        await turn();
        yield {
          path: '',
          entries: ids.slice(start, start + pageSize).map((path) => ({ path, kind: 'file' as const })),
        };
      }
    },
    caseInsensitive: false,
    takesLinks: false,
  };
}

async function readUnit(
  view: PlaceView,
  id: string,
): Promise<Exclude<Reading, { readonly kind: 'unsteady' | 'large' }>> {
  // Ids of units begin with their place: what a folder could hold beside, as a list of what to ignore, is not here.
  if (!id.includes('/')) {
    return { kind: 'absent' };
  }
  const sight = await view.glance(id);
  const unit = sight.units.get(id);
  if (unit !== undefined) {
    return { ...lookOf(unit), bytes: utf8(unit.text) };
  }
  const aside = (await asidesAmong(sight, [id])).get(id);
  if (aside?.why !== undefined) {
    return { kind: 'held' };
  }
  const fault = unsureOf(sight, aside);
  return fault === undefined
    ? { kind: 'absent' }
    : { kind: 'blocked', code: fault.code, detail: fault.detail ?? fault.path };
}

function writingOf(
  source: UnitSource,
  view: PlaceView,
): Pick<Disk, 'write' | 'remove' | 'syncFolders' | 'sweepTemporary'> {
  let lock: Promise<unknown> = Promise.resolve();
  /** Two units of one file are never written at once. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = lock.then(work, work);
    lock = turn.catch(() => undefined);
    return turn;
  };
  return {
    write: (id, file, expected) =>
      inTurn(async (): Promise<Result<FileLook, WriteFault>> => {
        if (view.last !== undefined && (await asidesAmong(view.last, [id])).get(id)?.why !== undefined) {
          return err('changed');
        }
        const written = await source.put(id, file.bytes, expected);
        if (!written.ok) {
          return written;
        }
        const unit = (await source.read()).units.get(id);
        return unit === undefined ? err('changed') : ok(lookOf(unit));
      }),
    remove: (id, expected) =>
      inTurn(async () => {
        const removed = await source.put(id, undefined, expected);
        if (removed.ok) {
          view.forget(id);
        }
        return removed;
      }),
    syncFolders: async () => undefined,
    sweepTemporary: () => undefined,
  };
}

function changesIn(view: PlaceView): UnitDisk['changes'] {
  let told: ReadonlyMap<string, PlacedUnit> | undefined;
  return async () => {
    const { units } = await view.sight();
    const before = told ?? units;
    told = units;
    return before === units ? [] : differing(before, units);
  };
}

async function differing(
  before: ReadonlyMap<string, PlacedUnit>,
  now: ReadonlyMap<string, PlacedUnit>,
): Promise<readonly string[]> {
  const ids: string[] = [];
  const pause = createPause();
  for (const id of before.keys()) {
    await pause();
    if (!now.has(id)) {
      ids.push(id);
    }
  }
  for (const [id, { text }] of now) {
    await pause();
    if (before.get(id)?.text !== text) {
      ids.push(id);
    }
  }
  return ids;
}

/** Other lines of the file are not this unit: it is what it says. */
function lookOf({ file: { path, look }, text, lastingName }: PlacedUnit): FileLook {
  const content = fingerprintOf(utf8(text), plainMode);
  return {
    ...look,
    identity: content,
    sizeBytes: utf8(text).length,
    executable: false,
    private: false,
    inode: `${path} ${lastingName === undefined ? content : encodeURIComponent(lastingName)}`,
    ...(lastingName === undefined ? {} : { isLasting: true }),
  };
}

/** A unit that was noted, and the file in which it stood then; empty for a note that there is none. */
export function placeOfNote({ path, hash, inode }: LinkedFile): readonly (readonly [string, string])[] {
  return hash === null || inode === undefined ? [] : [[path, inode.slice(0, inode.lastIndexOf(' '))]];
}
