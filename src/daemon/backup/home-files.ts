import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { utf8 } from '../../base/bytes.ts';
import type { HomePaths } from '../../cli/ground/context.ts';
import { type KeyFile, encodeKeyFile } from '../keys/key-file-format.ts';
import { configPath, folderPaths, isPlainName, keysPath, storePath } from './contents.ts';
import type { FileToPack } from './pack.ts';

/** Where each file of a backup lies in a home, the store apart from its companions. */
export function placeInHome(paths: HomePaths, path: string): string {
  if (path === storePath) {
    return paths.database;
  }
  if (path === keysPath) {
    return join(paths.keys, 'device.json');
  }
  if (path === configPath) {
    return paths.config;
  }
  const [root, inFolder] = path.startsWith('config/')
    ? [dirname(paths.config), path.slice('config/'.length)]
    : [paths.state, path];
  return join(root, inFolder);
}

/** True for what stands with the person's settings; the rest stands in the folder of the state. */
export function isSetting(path: string): boolean {
  return path.startsWith('config/');
}

/**
 * What a backup of a home holds: the store as it was copied, the keys, the settings, manifests and scripts of others, and
 * what files of places held before they were changed. Tokens, locks, logs and the reserve are made anew.
 */
export function filesOfHome(paths: HomePaths, copy: string, keys: KeyFile): readonly FileToPack[] {
  return [
    { path: storePath, from: { file: copy } },
    { path: keysPath, from: { bytes: utf8(encodeKeyFile(keys)) } },
    ...(existsSync(paths.config) ? [{ path: configPath, from: { bytes: readFileSync(paths.config) } }] : []),
    ...folderPaths.flatMap((folder) => filesIn(folder, placeInHome(paths, folder))),
  ];
}

function filesIn(folder: string, place: string): readonly FileToPack[] {
  return existsSync(place)
    ? readdirSync(place)
        .filter(
          (name) => isPlainName(name) && statSync(join(place, name), { throwIfNoEntry: false })?.isFile() === true,
        )
        .sort()
        .map((name) => ({ path: `${folder}/${name}`, from: { bytes: readFileSync(join(place, name)) } }))
    : [];
}
