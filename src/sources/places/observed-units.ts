import { stat } from 'node:fs/promises';
import { err } from '../../base/result.ts';
import type { ObservedPlace, PlaceReport } from '../../contract/observed-place.ts';
import type { PlaceSurroundings } from '../../contract/place.ts';
import type { FileLook } from '../disk/disk-port.ts';
import type { PlaceFile } from './place-files.ts';
import type { PlaceSight, PlacedUnit } from './read-place.ts';
import type { UnitSource } from './unit-source.ts';

/** The units of a place that is only read. What its engine throws is a fault of the place. */
export function observedUnits(place: ObservedPlace, surroundings: PlaceSurroundings): UnitSource {
  return {
    read: async () => sightOf(place, surroundings),
    put: async () => err('place_only_read'),
    onlyReads: true,
    keepsRecords: place.keepsRecords,
    isRemoved: () => false,
  };
}

async function sightOf(place: ObservedPlace, surroundings: PlaceSurroundings): Promise<PlaceSight> {
  try {
    return await sightIn(await place.observe(surroundings), firstPathOf(place, surroundings));
  } catch (cause) {
    const path = firstPathOf(place, surroundings);
    const failure = `What reads it failed: ${(cause as Error).message}.`;
    const fault = { path, code: 'place_unread' as const, detail: failure };
    return { units: new Map(), files: [], faults: [fault], leftAlone: 0, failure };
  }
}

/** Gives the place its name. */
function firstPathOf(place: ObservedPlace, surroundings: PlaceSurroundings): string {
  return place.lookedAt(surroundings)[0] ?? place.name;
}

/** Of two units with one id the first is it, in the order of the place; the other is left alone. */
async function sightIn(report: PlaceReport, firstPath: string): Promise<PlaceSight> {
  const files = new Map<string, PlaceFile>();
  for (const path of new Set(report.units.map((unit) => unit.path))) {
    files.set(path, { path, text: '', look: await lookAt(path) });
  }
  const units = new Map<string, PlacedUnit>();
  let { leftAlone } = report;
  for (const { id, text, path } of report.units) {
    if (units.has(id)) {
      leftAlone++;
    } else {
      units.set(id, { file: files.get(path) as PlaceFile, text });
    }
  }
  const faults = report.faults.map(({ path, message }) => ({
    path,
    code: 'place_unread' as const,
    detail: message,
  }));
  const { held } = report;
  const keeps = held === undefined ? [] : [{ path: firstPath, held }];
  return { units, files: [...files.values()], faults, leftAlone, keeps };
}

/** Times alone: what a unit is, is what it says. */
async function lookAt(path: string): Promise<FileLook> {
  const times = await stat(path).then(
    ({ mtimeMs, ctimeMs }) => ({ modifiedMs: Math.floor(mtimeMs), changedMs: Math.floor(ctimeMs) }),
    () => ({ modifiedMs: 0, changedMs: 0 }),
  );
  return { kind: 'file', identity: path, sizeBytes: 0, ...times, executable: false, private: false, inode: path };
}
