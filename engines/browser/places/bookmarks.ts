import { join } from 'node:path';
import type { JsonObject } from '../../../src/base/json.ts';
import type { Observation, ObservedPlace } from '../../../src/contract/observed-place.ts';
import { type PlaceSurroundings, settingsFolder } from '../../../src/contract/place.ts';
import { placeName } from './bookmark-ids.ts';
import { type ReadTree, unitOfRecord, unitsOf } from './bookmark-units.ts';
import { chromiumLists, readChromiumList } from './chromium-files.ts';
import { readFirefoxDatabase } from './firefox-database.ts';
import { firefoxDatabases } from './firefox-files.ts';

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
};

async function observe(surroundings: PlaceSurroundings): Promise<Observation> {
  const trees: ReadTree[] = [];
  const faults: Observation['faults'][number][] = [];
  const readers = [
    ...chromiumLists(surroundings).map((path) => ({ path, read: readChromiumList })),
    ...firefoxDatabases(surroundings).map((path) => ({ path, read: readFirefoxDatabase })),
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
