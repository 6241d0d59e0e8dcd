import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { utf8 } from '../../base/bytes.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { ControlFault } from '../../api/ports/fault.ts';
import type { DeviceId } from '../../base/ids.ts';
import type { FileMapping } from '../../contract/engine.ts';
import { type ObservedPlace, isObserved } from '../../contract/observed-place.ts';
import type { Place, PlaceCodec, PlaceSurroundings, UnitRecords } from '../../contract/place.ts';
import type { LinkedFile } from '../../store/ground/link-table.ts';
import { defaultMaximumFileBytes } from '../../sources/folder-source.ts';
import { fingerprintOf, plainMode } from '../../sources/ground/fingerprint.ts';
import type { FolderTuning } from '../../sources/passes/source-state.ts';
import { observedUnits } from '../../sources/places/observed-units.ts';
import { createPlaceFiles, targetOf } from '../../sources/places/place-files.ts';
import { withOwnLineEnds } from '../../sources/places/line-ends.ts';
import { codecReader, rememberingReader } from '../../sources/places/text-reader.ts';
import { createUnitDisk, placeOfNote } from '../../sources/places/unit-disk.ts';
import { type UnitSource, textUnits } from '../../sources/places/unit-source.ts';
import { unitMapping } from '../../sources/places/unit-mapping.ts';
import { shippedPlaces } from '../engines/engine-modules.ts';
import type { ScriptPlace } from '../engines/script-place.ts';
import { observing, readerBySize, threadReader } from './place-reading.ts';
import { createPlaceThread } from './place-thread.ts';
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

/** One for the whole process, started by the first place that is large. */
const thread = createPlaceThread();

async function openPlace(place: Place | ObservedPlace, deps: PlaceDeps): Promise<OpenedPlace> {
  const { surroundings, self } = deps;
  const where = { place: place.name, surroundings };
  if (isObserved(place)) {
    const firstPath = (): string => place.lookedAt(surroundings)[0] ?? place.name;
    const observe = observing(place, thread, where);
    const namedFileOf = place.fileOf && ((id: string) => place.fileOf?.(id, surroundings));
    return { place, source: observedUnits({ place, firstPath, observe, namedFileOf }), records: place };
  }
  const writer = fingerprintOf(utf8(self), plainMode).slice(0, 16);
  const script = 'script' in place ? (place as ScriptPlace).script : undefined;
  const fault = script && faultOfFile(place, deps);
  if (fault !== undefined) {
    throw new Error(fault);
  }
  const codec = withOwnLineEnds(await place.open(surroundings));
  const source = textUnits({
    reader: rememberingReader(
      script === undefined
        ? readerBySize(codecReader(codec), thread, where)
        : threadReader(thread, { ...where, script }),
      codec,
    ),
    each: codec.each,
    files: createPlaceFiles({
      home: surroundings.home,
      data: surroundings.environment['XDG_DATA_HOME'] || join(surroundings.home, '.local', 'share'),
      writer,
      maximumFileBytes: defaultMaximumFileBytes,
    }),
    paths: { [Symbol.iterator]: () => pathsOf(place, deps).values() },
    newFileOf: newFilesOf(place, codec, surroundings),
    namedFileOf: codec.fileOf && ((id) => codec.fileOf?.(id)),
    keepCopy: (path, text) => keepCopy(deps, path, text),
  });
  return { place, source, records: codec };
}

/** Where a unit goes that no file has yet. */
function newFilesOf(place: Place, codec: PlaceCodec, surroundings: PlaceSurroundings): UnitSource['newFileOf'] {
  const { each = codec } = codec;
  return (id) => (each.fileOf === undefined ? place.newUnits(surroundings) : each.fileOf(id));
}

/** In words why the file of a script's place is none that it may read; a symbolic link counts by where it leads. */
function faultOfFile(place: Place, { surroundings, stateFolder }: PlaceDeps): string | undefined {
  const { home } = surroundings;
  const path = place.newUnits(surroundings);
  const real = targetOf(path);
  const own = dirname(stateFolder);
  const isOwn = real.startsWith(own + sep) && !`${home}/.local/state`.startsWith(own);
  if (!real.startsWith(home + sep) || isOwn || real.startsWith(stateFolder + sep)) {
    return `it leads to ${real}, which no engine may read`;
  }
  const taken = shippedPlaces.find((other) => pathsOf(other, { surroundings }).includes(path));
  return taken && `its file is that of ${taken.name}`;
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
