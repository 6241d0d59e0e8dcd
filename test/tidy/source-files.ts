import { type Dirent, existsSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { rootFolder } from './run-tool.ts';

const skippedFolders = new Set(['node_modules', 'dist', 'coverage', '.git']);

/** Files below the given folders (`.` is the root), by path from the root, sorted; nothing that was built. */
export function filesBelow(folders: readonly string[]): readonly string[] {
  return folders
    .map((folder) => join(rootFolder, folder))
    .filter((folder) => existsSync(folder))
    .flatMap(walk)
    .toSorted();
}

/** TypeScript files of the product. */
export function productFiles(): readonly string[] {
  return filesBelow(['src', 'engines']).filter((path) => path.endsWith('.ts'));
}

/** What runs in the browser. */
export function pageFiles(): readonly string[] {
  return filesBelow(['page']).filter((path) => /\.tsx?$/.test(path));
}

function walk(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry: Dirent) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return skippedFolders.has(entry.name) ? [] : walk(path);
    }
    return entry.isFile() ? [relative(rootFolder, path).replaceAll(sep, '/')] : [];
  });
}
