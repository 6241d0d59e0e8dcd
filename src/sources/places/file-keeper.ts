import { accessSync, constants, existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { ProblemCode } from '../ground/problem-code.ts';

/** Why a file is read and never written. */
export interface Keeper {
  readonly code: ProblemCode;
  readonly detail?: string;
}

export interface PersonFolders {
  /** A real path. */
  readonly home: string;
  /** Where programs keep what they know of this person. */
  readonly data: string;
}

/** Who else makes or holds the file at `path`, of which `target` is what a symbolic link there leads to. */
export function keeperOf(path: string, target: string, folders: PersonFolders): Keeper | undefined {
  const manager = managerOf(path, target, folders);
  return manager === undefined ? rightsOn(target) : { code: 'place_managed', detail: `${manager} makes it.` };
}

function managerOf(path: string, target: string, { home, data }: PersonFolders): string | undefined {
  if (/^\/(?:nix|gnu)\/store\//.test(target)) {
    return target.startsWith('/nix') ? 'Nix' : 'Guix';
  }
  const source = chezmoiSource(home, data);
  if (isBelow(target, source) || (isBelow(path, home) && chezmoiHolds(source, relative(home, path).split(sep)))) {
    return 'chezmoi';
  }
  const yadm = join(data, 'yadm');
  if (isBelow(target, yadm) || yadmHolds(join(yadm, 'repo.git', 'index'), relative(home, path))) {
    return 'yadm';
  }
  return target !== path && isBelow(target, home) && isStowed(target, home) ? 'stow' : undefined;
}

function rightsOn(target: string): Keeper | undefined {
  try {
    const { uid, mode } = statSync(target);
    if (process.getuid !== undefined && uid !== process.getuid()) {
      return { code: 'place_of_another', detail: `Its owner is user ${uid}.` };
    }
    if ((mode & 0o222) === 0) {
      return { code: 'not_writable' };
    }
    accessSync(target, constants.W_OK);
    accessSync(dirname(target), constants.W_OK);
    return undefined;
  } catch {
    return { code: 'not_writable' };
  }
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder + sep);
}

/** As its configuration says, else where it is when that says nothing; a file there may name a folder within. */
function chezmoiSource(home: string, data: string): string {
  const configured = ['toml', 'yaml', 'json']
    .map((type) => textAt(join(home, '.config', 'chezmoi', `chezmoi.${type}`)))
    .map((text) =>
      /\bsourceDir"?\s*[:=]\s*["']?([^"'\n]+)/
        .exec(text)?.[1]
        ?.trim()
        .replace(/^~(?=\/)/, home),
    )
    .find((folder) => folder !== undefined);
  const folder = configured ?? join(data, 'chezmoi');
  return join(folder, textAt(join(folder, '.chezmoiroot')).trim());
}

const attributes = /^(?:(?:modify|encrypted|private|readonly|empty|executable|exact|symlink|external)_)*/;

/** True where it has a source for the file, under whatever attributes. One that it only creates is the person's. */
function chezmoiHolds(folder: string, [name = '', ...others]: readonly string[]): boolean {
  const sources = namesIn(folder).filter((entry) => {
    const plain = entry
      .replace(attributes, '')
      .replace(/^dot_/, '.')
      .replace(/^literal_/, '');
    return plain === name || plain === `${name}.tmpl` || plain === `${name}.age` || plain === `${name}.asc`;
  });
  return others.length === 0 ? sources.length > 0 : sources.some((entry) => chezmoiHolds(join(folder, entry), others));
}

/** True where git's index of its repository names the file: before a path stands its length. */
function yadmHolds(index: string, name: string): boolean {
  const bytes = bytesAt(index);
  const wanted = Buffer.from(`${name.split(sep).join('/')}\0`);
  for (let at = bytes.indexOf(wanted); at > 1; at = bytes.indexOf(wanted, at + 1)) {
    if ((bytes.readUInt16BE(at - 2) & 0xfff) === wanted.length - 1) {
      return true;
    }
  }
  return false;
}

const stowMarks = ['.stow', '.stowrc', '.stow-local-ignore', '.stow-global-ignore'];

function isStowed(target: string, home: string): boolean {
  for (let folder = dirname(target); isBelow(folder, home); folder = dirname(folder)) {
    if (stowMarks.some((mark) => existsSync(join(folder, mark)))) {
      return true;
    }
  }
  return false;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textAt(path: string): string {
  return bytesAt(path).toString('utf8');
}

function bytesAt(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}
