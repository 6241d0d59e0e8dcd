import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { utf8 } from '../../base/bytes.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { ControlFault } from '../../api/ports/fault.ts';
import type { DeviceId } from '../../base/ids.ts';
import type { FileMapping } from '../../contract/engine.ts';
import { type ObservedPlace, isObserved } from '../../contract/observed-place.ts';
import type { Place, PlaceSurroundings, UnitRecords } from '../../contract/place.ts';
import type { LinkedFile } from '../../store/ground/link-table.ts';
import { defaultMaximumFileBytes } from '../../sources/folder-source.ts';
import { fingerprintOf, plainMode } from '../../sources/ground/fingerprint.ts';
import type { FolderTuning } from '../../sources/passes/source-state.ts';
import { observedUnits } from '../../sources/places/observed-units.ts';
import { createPlaceFiles } from '../../sources/places/place-files.ts';
import { tameCodec } from '../../sources/places/tame-codec.ts';
import { createUnitDisk, placeOfNote } from '../../sources/places/unit-disk.ts';
import { type UnitSource, textUnits } from '../../sources/places/unit-source.ts';
import { unitMapping } from '../../sources/places/unit-mapping.ts';
import { watchPlace } from '../../sources/places/watch-place.ts';

export interface PlaceDeps {
  readonly surroundings: PlaceSurroundings;
  readonly self: DeviceId;
  readonly stateFolder: string;
  readonly nowMs: () => number;
}

/** A place that can be read: where its units come from, and how they are records. */
export interface OpenedPlace {
  readonly place: Place | ObservedPlace;
  readonly source: UnitSource;
  readonly records: UnitRecords;
}

async function openPlace(place: Place | ObservedPlace, deps: PlaceDeps): Promise<OpenedPlace> {
  const { surroundings, self } = deps;
  if (isObserved(place)) {
    return { place, source: observedUnits(place, surroundings), records: place };
  }
  const writer = fingerprintOf(utf8(self), plainMode).slice(0, 16);
  const codec = tameCodec(await place.open(surroundings));
  const source = textUnits({
    codec,
    files: createPlaceFiles({
      home: surroundings.home,
      data: surroundings.environment['XDG_DATA_HOME'] || join(surroundings.home, '.local', 'share'),
      writer,
      maximumFileBytes: defaultMaximumFileBytes,
    }),
    paths: { [Symbol.iterator]: () => pathsOf(place, deps).values() },
    newUnits: place.newUnits(surroundings),
    keepCopy: (path, text) => keepCopy(deps, path, text),
  });
  return { place, source, records: codec };
}

/** Where the units of a place are looked for. */
export function pathsOf(
  place: Place | ObservedPlace,
  { surroundings }: Pick<PlaceDeps, 'surroundings'>,
): readonly string[] {
  return [...new Set(isObserved(place) ? place.lookedAt(surroundings) : place.files(surroundings))];
}

/** The same, or in words why what takes its files apart cannot be loaded. */
export async function openedPlace(
  place: Place | ObservedPlace,
  deps: PlaceDeps,
): Promise<Result<OpenedPlace, ControlFault>> {
  try {
    return ok(await openPlace(place, deps));
  } catch (cause) {
    const message = `What takes the files of ${place.name} apart could not be loaded: ${(cause as Error).message}. Install SourceSync again.`;
    return err({ kind: 'failed', message });
  }
}

/** The units of a place as a source takes the files of a folder. */
export function unitsOfPlace(
  { place, source, records }: OpenedPlace,
  deps: PlaceDeps,
  noted: readonly LinkedFile[],
): Required<Pick<FolderTuning, 'units'>> & { readonly mapping: FileMapping } {
  const disk = createUnitDisk(source, new Map(noted.flatMap(placeOfNote)));
  const paths = (): readonly string[] => pathsOf(place, deps);
  return { mapping: unitMapping(records), units: { disk, watch: (events) => watchPlace(paths, disk, events) } };
}

/** What a file of a place held before it was changed here; the last ten of each. */
const keptCopies = 10;
/** Many units that are accepted at once change a file one after the other: what it held before the first of them is kept. */
const burstMs = 60_000;

function keepCopy({ stateFolder, nowMs }: PlaceDeps, path: string, text: string): void {
  const folder = join(stateFolder, 'place-copies');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const prefix = `${basename(path)}.${fingerprintOf(utf8(path), plainMode).slice(0, 8)}.`;
  const before = readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .sort();
  const last = before.at(-1);
  if (last !== undefined && nowMs() - statSync(join(folder, last)).mtimeMs < burstMs) {
    return;
  }
  const time = new Date(nowMs()).toISOString().replaceAll(':', '');
  writeFileSync(join(folder, prefix + time), text, { mode: 0o600 });
  for (const name of before.slice(0, 1 - keptCopies)) {
    rmSync(join(folder, name), { force: true });
  }
}
