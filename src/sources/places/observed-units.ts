import { stat } from 'node:fs/promises';
import { type Result, err } from '../../base/result.ts';
import type { ObservedPlace, PlaceReport } from '../../contract/observed-place.ts';
import type { FileLook } from '../ground/file-look.ts';
import { createPause } from '../ground/pause.ts';
import type { PlaceFile } from './place-files.ts';
import type { PlaceSight, PlacedUnit } from './read-place.ts';
import type { AsidesAmong } from './text-reader.ts';
import type { UnitSource } from './unit-source.ts';

/** What was read of a place; the same object where it is what it was. */
export interface Observation extends Omit<PlaceReport, 'held'> {
  readonly asides?: AsidesAmong | undefined;
}

export interface ObservedUnitsOptions {
  readonly place: Pick<ObservedPlace, 'keepsRecords'>;
  /** Gives the place its name. */
  readonly firstPath: () => string;
  /** As that of the source. */
  readonly namedFileOf?: ((id: string) => string | undefined) | undefined;
  /** Or in words why it could not be read. */
  observe(): Promise<Result<Observation, string>>;
}

/** The units of a place that is only read. What its engine throws is a fault of the place. */
export function observedUnits({ place, firstPath, observe, namedFileOf }: ObservedUnitsOptions): UnitSource {
  let last: { readonly observed: Observation; readonly sight: PlaceSight } | undefined;
  return {
    async read() {
      const observed = await observe();
      if (!observed.ok) {
        return unreadIn(firstPath(), observed.error);
      }
      const looks = await looksAt(observed.value);
      if (last?.observed !== observed.value || !isAsBefore(last.sight, looks)) {
        last = { observed: observed.value, sight: await sightIn(observed.value, looks, firstPath()) };
      }
      return last.sight;
    },
    put: async () => err('place_only_read'),
    onlyReads: true,
    keepsRecords: place.keepsRecords,
    newFileOf: () => undefined,
    namedFileOf,
    isRemoved: () => false,
  };
}

function unreadIn(path: string, failure: string): PlaceSight {
  const fault = { path, code: 'place_unread' as const, detail: failure };
  return { units: new Map(), files: [], faults: [fault], leftAlone: 0, failure };
}

type Looks = ReadonlyMap<string, FileLook>;

async function looksAt({ units }: Observation): Promise<Looks> {
  const paths = [...new Set(units.map(({ path }) => path))];
  return new Map(await Promise.all(paths.map(async (path) => [path, await lookAt(path)] as const)));
}

function isAsBefore({ files }: PlaceSight, looks: Looks): boolean {
  return files.every(({ path, look }) => looks.get(path)?.changedMs === look.changedMs);
}

/** Of two units with one id the first is it, in the order of the place; the other is left alone. */
async function sightIn(observed: Observation, looks: Looks, firstPath: string): Promise<PlaceSight> {
  const files = new Map<string, PlaceFile>([...looks].map(([path, look]) => [path, { path, text: '', look }]));
  const units = new Map<string, PlacedUnit>();
  let { leftAlone } = observed;
  const pause = createPause();
  for (const { id, text, path, ...name } of observed.units) {
    await pause();
    if (units.has(id)) {
      leftAlone++;
    } else {
      units.set(id, { file: files.get(path) as PlaceFile, text, ...name });
    }
  }
  const faults = observed.faults.map(({ path, message }) => ({
    path,
    code: 'place_unread' as const,
    detail: message,
  }));
  const { asides } = observed;
  return {
    ...{ units, files: [...files.values()], faults, leftAlone },
    asides: asides === undefined ? [] : [{ path: firstPath, among: asides }],
  };
}

/** Times alone: what a unit is, is what it says. */
async function lookAt(path: string): Promise<FileLook> {
  const times = await stat(path).then(
    ({ mtimeMs, ctimeMs }) => ({ modifiedMs: Math.floor(mtimeMs), changedMs: Math.floor(ctimeMs) }),
    () => ({ modifiedMs: 0, changedMs: 0 }),
  );
  return { kind: 'file', identity: path, sizeBytes: 0, ...times, executable: false, private: false, inode: path };
}
