import { join } from 'node:path';
import type { JsonObject } from '../../../src/base/json.ts';
import type { ObservedPlace, PlaceReport } from '../../../src/contract/observed-place.ts';
import { type PlaceSurroundings, settingsFolder } from '../../../src/contract/place.ts';
import { placeName } from './bookmark-ids.ts';
import { type ReadTree, unitOfRecord, unitsOf } from './bookmark-units.ts';
import { besideList, chromiumLists, readChromiumList } from './chromium-files.ts';
import { besideDatabase, readFirefoxDatabase } from './firefox-database.ts';
import { firefoxDatabases } from './firefox-files.ts';
import { remembered } from './remembered.ts';

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

async function observe(surroundings: PlaceSurroundings): Promise<PlaceReport> {
  const trees: ReadTree[] = [];
  const faults: PlaceReport['faults'][number][] = [];
  const readers = [
    ...chromiumLists(surroundings).map((path) => ({ path, read: readList })),
    ...firefoxDatabases(surroundings).map((path) => ({ path, read: readDatabase })),
  ];
  for (const { path, read } of readers) {
    const tree = await read(path);
    if (tree?.ok === true) {
      trees.push({ path, tree: tree.value });
    } else if (tree !== undefined) {
      faults.push({ path, message: tree.error });
    }
  }
  return { ...unitsOf(trees, surroundings.home), faults };
}
