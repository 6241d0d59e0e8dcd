import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { utf8 } from '../../base/bytes.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { ControlFault } from '../../api/ports/fault.ts';
import type { DeviceId } from '../../base/ids.ts';
import type { FileMapping } from '../../contract/engine.ts';
import type { Place, PlaceCodec, PlaceSurroundings } from '../../contract/place.ts';
import { defaultMaximumFileBytes } from '../../sources/folder-source.ts';
import { fingerprintOf, plainMode } from '../../sources/ground/fingerprint.ts';
import type { FolderTuning } from '../../sources/passes/source-state.ts';
import { type PlaceFiles, createPlaceFiles } from '../../sources/places/place-files.ts';
import { tameCodec } from '../../sources/places/tame-codec.ts';
import { createUnitDisk } from '../../sources/places/unit-disk.ts';
import { unitMapping } from '../../sources/places/unit-mapping.ts';
import { watchPlace } from '../../sources/places/watch-place.ts';

export interface PlaceDeps {
  readonly surroundings: PlaceSurroundings;
  readonly self: DeviceId;
  readonly stateFolder: string;
  readonly nowMs: () => number;
}

/** A place that can be read: its files and what takes them apart. */
export interface OpenedPlace {
  readonly place: Place;
  readonly codec: PlaceCodec;
  readonly files: PlaceFiles;
  /** Asked anew at each reading: what a folder holds may be among them. */
  readonly paths: Iterable<string>;
}

async function openPlace(place: Place, { surroundings, self }: PlaceDeps): Promise<OpenedPlace> {
  const writer = fingerprintOf(utf8(self), plainMode).slice(0, 16);
  return {
    place,
    codec: tameCodec(await place.open(surroundings)),
    files: createPlaceFiles({
      home: surroundings.home,
      data: surroundings.environment['XDG_DATA_HOME'] || join(surroundings.home, '.local', 'share'),
      writer,
      maximumFileBytes: defaultMaximumFileBytes,
    }),
    paths: { [Symbol.iterator]: () => new Set(place.files(surroundings)).values() },
  };
}

/** The same, or in words why what takes its files apart cannot be loaded. */
export async function openedPlace(place: Place, deps: PlaceDeps): Promise<Result<OpenedPlace, ControlFault>> {
  try {
    return ok(await openPlace(place, deps));
  } catch (cause) {
    const message = `What takes the files of ${place.name} apart could not be loaded: ${(cause as Error).message}. Install SourceSync again.`;
    return err({ kind: 'failed', message });
  }
}

/** The units of a place as a source takes the files of a folder. */
export function unitsOfPlace(
  { place, codec, files, paths }: OpenedPlace,
  deps: PlaceDeps,
): Required<Pick<FolderTuning, 'units'>> & { readonly mapping: FileMapping } {
  const disk = createUnitDisk({
    ...{ files, codec, paths },
    newUnits: place.newUnits(deps.surroundings),
    keepCopy: (path, text) => keepCopy(deps, path, text),
  });
  return { mapping: unitMapping(codec), units: { disk, watch: (events) => watchPlace(paths, disk, events) } };
}

/** What a file of a place held before it was changed here; the last ten of each. */
const keptCopies = 10;

function keepCopy({ stateFolder, nowMs }: PlaceDeps, path: string, text: string): void {
  const folder = join(stateFolder, 'place-copies');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const prefix = `${basename(path)}.${fingerprintOf(utf8(path), plainMode).slice(0, 8)}.`;
  const time = new Date(nowMs()).toISOString().replaceAll(':', '');
  writeFileSync(join(folder, prefix + time), text, { mode: 0o600 });
  const kept = readdirSync(folder).filter((name) => name.startsWith(prefix));
  for (const name of kept.sort().slice(0, -keptCopies)) {
    rmSync(join(folder, name), { force: true });
  }
}
