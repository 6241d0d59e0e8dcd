import { join } from 'node:path';
import type { JsonObject } from '../../../src/base/json.ts';
import type { ObservedPlace, PlaceReport } from '../../../src/contract/observed-place.ts';
import { type PlaceSurroundings, settingsFolder } from '../../../src/contract/place.ts';
import { placeName } from './bookmark-ids.ts';
import { type ReadTree, unitOfRecord, unitsOf } from './bookmark-units.ts';
import { besideList, chromiumLists, readChromiumList } from './chromium-files.ts';
import { besideDatabase, readFirefoxDatabase } from './firefox-database.ts';
import { firefoxDatabases } from './firefox-files.ts';
import { type TreeReading, remembered } from './remembered.ts';

/** The bookmarks of every browser and every profile of a person, as one: what two of them have is one record. */
export const bookmarks: ObservedPlace = {
  name: placeName,
  lookedAt: (surroundings) => [
    ...new Set([
      join(settingsFolder(surroundings), 'chromium/Default/Bookmarks'),
      ...chromiumLists(surroundings),
      ...firefoxDatabases(surroundings),
    ]),
  ],
  observe,
  fieldsOf: (_id, unit) => JSON.parse(unit) as JsonObject,
  unitOf: unitOfRecord,
  onlyRead:
    'Bookmarks are read and not written yet: open the page in your browser and save it there, or remove it there.',
  keepsRecords: false,
};

const readList = remembered(readChromiumList, besideList);
const readDatabase = remembered(readFirefoxDatabase, besideDatabase);

interface ReadPath {
  readonly path: string;
  readonly reading: TreeReading;
}

let last: { readonly home: string; readonly read: readonly ReadPath[]; readonly report: PlaceReport } | undefined;

async function observe(surroundings: PlaceSurroundings): Promise<PlaceReport> {
  const read: ReadPath[] = [];
  for (const path of chromiumLists(surroundings)) {
    read.push({ path, reading: await readList(path) });
  }
  for (const path of firefoxDatabases(surroundings)) {
    read.push({ path, reading: await readDatabase(path) });
  }
  const { home } = surroundings;
  const isSame = last?.home === home && last.read.length === read.length && read.every(isAsBefore);
  if (last === undefined || !isSame) {
    last = { home, read, report: reportOf(read, home) };
  }
  return last.report;
}

/** What was not read again is the same object. */
function isAsBefore({ path, reading }: ReadPath, index: number): boolean {
  const before = last?.read[index];
  return before?.path === path && before.reading === reading;
}

function reportOf(read: readonly ReadPath[], home: string): PlaceReport {
  const trees: ReadTree[] = [];
  const faults: PlaceReport['faults'][number][] = [];
  for (const { path, reading } of read) {
    if (reading?.ok === true) {
      trees.push({ path, tree: reading.value });
    } else if (reading !== undefined) {
      faults.push({ path, message: reading.error });
    }
  }
  return { ...unitsOf(trees, home), faults };
}
