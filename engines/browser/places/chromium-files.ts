import { statSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject } from '../../../src/base/json.ts';
import { type Result, err } from '../../../src/base/result.ts';
import { type PlaceSurroundings, settingsFolder } from '../../../src/contract/place.ts';
import type { BookmarkTree } from './bookmark-tree.ts';
import { treeOfJson } from './chromium-json.ts';
import { textIn, textNow } from '../../shared/small-file.ts';
import { markOf, namesIn } from './steady-file.ts';

const maximumBytes = 64 * 1024 * 1024;
const listName = 'Bookmarks';

/** Below a folder of settings; the name of the package in which the same lies below `~/.var/app`. */
const linuxFolders: readonly (readonly [folder: string, ...packages: string[]])[] = [
  ['chromium', 'org.chromium.Chromium', 'io.github.ungoogled_software.ungoogled_chromium'],
  ['google-chrome', 'com.google.Chrome'],
  ['google-chrome-beta'],
  ['google-chrome-unstable', 'com.google.ChromeDev'],
  ['BraveSoftware/Brave-Browser', 'com.brave.Browser'],
  ['BraveSoftware/Brave-Browser-Beta'],
  ['microsoft-edge', 'com.microsoft.Edge'],
  ['microsoft-edge-beta'],
  ['microsoft-edge-dev'],
  ['vivaldi', 'com.vivaldi.Vivaldi'],
  ['opera', 'com.opera.Opera'],
];
const macFolders = [
  ...['Chromium', 'Google/Chrome', 'BraveSoftware/Brave-Browser', 'Microsoft Edge', 'Vivaldi'],
  'com.operasoftware.Opera',
];
const windowsFolders = [
  ...['Chromium', 'Google/Chrome', 'BraveSoftware/Brave-Browser', 'Microsoft/Edge', 'Vivaldi'],
].map((name) => `${name}/User Data`);

/** The folders in which browsers of the Chromium family keep their profiles, there or not. */
export function chromiumFolders(surroundings: PlaceSurroundings): readonly string[] {
  const { home, environment } = surroundings;
  const local = environment['LOCALAPPDATA'];
  const chosen = environment['CHROME_USER_DATA_DIR'];
  return [
    ...linuxFolders.map(([folder]) => join(settingsFolder(surroundings), folder)),
    ...(chosen ? [chosen] : []),
    join(home, 'snap/chromium/common/chromium'),
    join(home, 'snap/brave/current/.config/BraveSoftware/Brave-Browser'),
    ...linuxFolders.flatMap(([folder, ...packages]) =>
      packages.map((name) => join(home, '.var/app', name, 'config', folder)),
    ),
    ...macFolders.map((folder) => join(home, 'Library/Application Support', folder)),
    ...(local ? windowsFolders.map((folder) => join(local, folder)) : []),
  ];
}

/** The list of each profile of the browsers that are there. */
export function chromiumLists(surroundings: PlaceSurroundings): readonly string[] {
  return chromiumFolders(surroundings).flatMap((folder) =>
    profilesIn(folder).map((profile) => join(folder, profile, listName)),
  );
}

/** Opera keeps a profile without a folder of its own. */
function profilesIn(folder: string): readonly string[] {
  const found = namesIn(folder);
  const known = knownProfiles(join(folder, 'Local State'));
  const profiles = (known ?? found).filter((name) => found.includes(name));
  const withList = known === undefined ? profiles.filter((name) => hasList(join(folder, name))) : profiles;
  return hasList(folder) ? ['', ...withList] : withList;
}

function hasList(folder: string): boolean {
  try {
    return statSync(join(folder, listName)).isFile();
  } catch {
    return false;
  }
}

/** Undefined where the browser's own list of them cannot be read. */
function knownProfiles(path: string): readonly string[] | undefined {
  try {
    const state: unknown = JSON.parse(textNow(path, maximumBytes) ?? 'null');
    const profile = isJsonObject(state) ? state['profile'] : undefined;
    const cache = isJsonObject(profile) ? profile['info_cache'] : undefined;
    return isJsonObject(cache) ? Object.keys(cache) : undefined;
  } catch {
    return undefined;
  }
}

/** Both are written within seconds of each other, as long as both are. */
const togetherMs = 60_000;

const encryptedOnly =
  'The browser keeps its bookmarks encrypted: what stands here in clear is gone or old, and is not believed. Export them to a file in the browser.';

/** What tells how a list is to be taken. */
export function besideList(path: string): readonly string[] {
  return [path, join(path, '..', 'EncryptedBookmarks2'), `${path}.bak`];
}

/** Undefined where a profile has no bookmarks yet. The file is replaced whole by its browser, so that no lock is needed. */
export async function readChromiumList(path: string): Promise<Result<BookmarkTree, string> | undefined> {
  const [clear, encrypted, copy] = await Promise.all(besideList(path).map(markOf));
  if (encrypted !== undefined && encrypted.changedMs - (clear?.changedMs ?? 0) > togetherMs) {
    return err(encryptedOnly);
  }
  const read = await textIn(path, maximumBytes);
  switch (read.kind) {
    case 'absent':
      return copy === undefined
        ? undefined
        : err(
            'It is gone, and its copy of earlier (.bak) is there: the browser was stopped in between. Start it once.',
          );
    case 'fault':
      return err(read.words);
    case 'read':
      return read.value.trim() === '' ? err('It is empty: half written or damaged.') : treeOfJson(read.value);
  }
}
