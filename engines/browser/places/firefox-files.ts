import { isAbsolute, join } from 'node:path';
import { type PlaceSurroundings, settingsFolder } from '../../../src/contract/place.ts';
import { textNow } from '../../shared/small-file.ts';
import { namesIn } from './steady-file.ts';

/** The folders in which Firefox keeps its list of profiles, there or not. */
function firefoxFolders(surroundings: PlaceSurroundings): readonly string[] {
  const { home, environment } = surroundings;
  const roaming = environment['APPDATA'];
  return [
    join(home, '.mozilla/firefox'),
    join(settingsFolder(surroundings), 'mozilla/firefox'),
    join(home, 'snap/firefox/common/.mozilla/firefox'),
    join(home, '.var/app/org.mozilla.firefox/.mozilla/firefox'),
    join(home, '.var/app/org.mozilla.firefox/config/mozilla/firefox'),
    join(home, 'Library/Application Support/Firefox'),
    ...(roaming ? [join(roaming, 'Mozilla/Firefox')] : []),
  ];
}

/** The database of each profile that a list names. */
export function firefoxDatabases(surroundings: PlaceSurroundings): readonly string[] {
  return firefoxFolders(surroundings).flatMap((folder) =>
    profilesIn(folder).map((profile) => join(profile, 'places.sqlite')),
  );
}

const maximumBytes = 1024 * 1024;

/** Where the list is not there or names none, every folder that could be one: what it held is not gone. */
function profilesIn(folder: string): readonly string[] {
  const named = profilesOf(textNow(join(folder, 'profiles.ini'), maximumBytes) ?? '', folder);
  return named.length > 0 ? named : namesIn(folder).map((name) => join(folder, name));
}

/** Paths that a `profiles.ini` names, each once. */
function profilesOf(text: string, folder: string): readonly string[] {
  const sections = text.split(/^[ \t]*\[/m).filter((section) => /^Profile\d+\]/i.test(section));
  const paths = sections.flatMap((section) => {
    const path = /^[ \t]*Path[ \t]*=(.*)$/im.exec(section)?.[1]?.trim();
    return path ? [isAbsolute(path) ? path : join(folder, path)] : [];
  });
  return [...new Set(paths)];
}
