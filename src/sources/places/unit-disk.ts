import { utf8 } from '../../base/bytes.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { PlaceCodec } from '../../contract/place.ts';
import type { Disk, FileLook, Reading, WalkedFolder, WriteFault } from '../disk/disk-port.ts';
import { fingerprintOf, plainMode } from '../ground/fingerprint.ts';
import type { ProblemCode } from '../ground/problem-code.ts';
import type { PlaceFiles } from './place-files.ts';
import { type PlaceSight, type PlacedUnit, readPlace, textWith } from './read-place.ts';

export interface UnitDiskOptions {
  readonly files: PlaceFiles;
  readonly codec: PlaceCodec;
  readonly paths: readonly string[];
  /** Where a unit goes that no file has yet; one of the paths. */
  readonly newUnits: string;
  /** Keeps what a file held, before the file is replaced. */
  keepCopy(path: string, text: string): void;
}

/**
 * A place as a folder whose files are its units: all that is promised of a linked folder holds for each of them. Nothing
 * is created or removed but what stands in the files of the place.
 */
export interface UnitDisk extends Disk {
  /** Ids of the units that are not what they were when this was asked last; at first nothing. */
  changes(): Promise<readonly string[]>;
}

export function createUnitDisk(options: UnitDiskOptions): UnitDisk {
  const { files, codec, paths } = options;
  let reading: Promise<PlaceSight> | undefined;
  let last: PlaceSight | undefined;
  let lock: Promise<unknown> = Promise.resolve();
  let mark: string | undefined;
  let told: ReadonlyMap<string, string> | undefined;
  /** Files that had units: where one is gone, what it held is not taken for removed. */
  const known = new Set<string>();

  /** Whoever asks while the files are read gets the same answer. */
  function sight(): Promise<PlaceSight> {
    reading ??= readPlace(files, codec, paths)
      .then((seen) => {
        seen.files.forEach(({ path }) => known.add(path));
        const gone = [...known].filter((path) => !isAccountedFor(seen, path));
        last = gone.length === 0 ? seen : { ...seen, faults: [...seen.faults, ...gone.map(goneFile)] };
        return last;
      })
      .finally(() => {
        reading = undefined;
      });
    return reading;
  }

  async function read(id: string): Promise<Reading> {
    const { units, faults } = await sight();
    const unit = units.get(id);
    if (unit !== undefined) {
      return { ...lookOf(unit), bytes: utf8(unit.text) };
    }
    const [fault] = faults;
    return fault === undefined
      ? { kind: 'absent' }
      : { kind: 'blocked', code: fault.code, detail: fault.detail ?? fault.path };
  }

  async function put(
    id: string,
    wanted: Uint8Array | undefined,
    expected: string | undefined,
  ): Promise<Result<void, WriteFault>> {
    const seen = await readPlace(files, codec, paths);
    const unit = seen.units.get(id);
    const found = unit && fingerprintOf(utf8(unit.text), plainMode);
    const [fault] = seen.faults;
    // It may stand in the file that cannot be read.
    if (found === undefined && fault !== undefined) {
      return err(fault.code);
    }
    if (found !== expected) {
      return err('changed');
    }
    const path = unit?.file.path ?? options.newUnits;
    const file = seen.files.find((one) => one.path === path);
    const next = textWith(codec, file?.text ?? '', id, wanted);
    if (next === undefined) {
      return err('unit_unfit');
    }
    if (file !== undefined) {
      options.keepCopy(path, file.text);
    }
    return files.write(path, next, file?.text);
  }

  /** Two units of one file are never written at once. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = lock.then(work, work);
    lock = turn.catch(() => undefined);
    return turn;
  }

  return {
    root: () => ok({ identity: 'place', marks: mark === undefined ? [] : [mark] }),
    hold: () => undefined,
    isHeld: () => true,
    mark(linkId) {
      mark = linkId;
      return ok(undefined);
    },
    async look(id) {
      const found = await read(id);
      if (found.kind !== 'file') {
        return found.kind === 'unsteady' ? { kind: 'absent' } : found;
      }
      const { bytes: _bytes, ...look } = found;
      return look;
    },
    isThere: (id) => last?.units.has(id) === true,
    read,
    async *walk(): AsyncGenerator<WalkedFolder> {
      const { units, faults } = await sight();
      for (const { path, code } of faults) {
        yield { path, fault: code };
      }
      yield { path: '', entries: [...units.keys()].sort().map((path) => ({ path, kind: 'file' as const })) };
    },
    write: (id, file, expected) =>
      inTurn(async (): Promise<Result<FileLook, WriteFault>> => {
        const written = await put(id, file.bytes, expected);
        if (!written.ok) {
          return written;
        }
        const unit = (await readPlace(files, codec, paths)).units.get(id);
        return unit === undefined ? err('changed') : ok(lookOf(unit));
      }),
    remove: (id, expected) => inTurn(() => put(id, undefined, expected)),
    syncFolders: async () => undefined,
    sweepTemporary: () => undefined,
    caseInsensitive: false,
    takesLinks: false,
    async changes() {
      const { units } = await sight();
      const now = new Map([...units].map(([id, { text }]) => [id, text]));
      const before = told ?? now;
      told = now;
      return [...new Set([...before.keys(), ...now.keys()])].filter((id) => before.get(id) !== now.get(id));
    },
  };
}

function isAccountedFor({ files, faults }: PlaceSight, path: string): boolean {
  return files.some((file) => file.path === path) || faults.some((fault) => fault.path === path);
}

function goneFile(path: string): { readonly path: string; readonly code: ProblemCode } {
  return { path, code: 'place_gone' };
}

/** Other lines of the file are not this unit: it is what it says. */
function lookOf({ file: { path, look }, text }: PlacedUnit): FileLook {
  const content = fingerprintOf(utf8(text), plainMode);
  return {
    ...look,
    identity: content,
    sizeBytes: utf8(text).length,
    executable: false,
    private: false,
    inode: `${path} ${content}`,
  };
}
