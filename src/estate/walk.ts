import { type Dirent, lstatSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { FoundFile, FoundRepo } from '../manifest/judge-repo.ts';
import { maximumManifestBytes } from '../manifest/parse.ts';
import { maximumRepoManifestBytes } from '../manifest/repo-manifest.ts';
import { remoteName } from './git-remote.ts';
import { type IgnoreChain, ignoreFileNames, isIgnored, withRules } from './ignores.ts';
import { faultOf, noFile, readBounded } from './read-file.ts';

/** What a walk has seen so far. */
export interface WalkProgress {
  repos: number;
  files: number;
}

/** A folder that belongs to a repository and is still to be looked into. */
interface Pending {
  /** Relative to the root; empty for the root itself. */
  readonly path: string;
  readonly chain: IgnoreChain;
  readonly entries: readonly Dirent[];
}

interface OpenRepo {
  readonly path: string;
  readonly candidates: FoundFile[];
  readonly faults: FoundFile[];
  readonly nested: Pending[];
}

const manifestFolder = '.sourceos';
const manifestFile = `${manifestFolder}/manifest.json`;
const maximumIgnoreBytes = 1024 * 1024;
/** Manifests of engines lie near the top; deeper folders belong to programs that build trees without end. */
const mostFolders = 64;

/**
 * Finds the repositories below a root: the root when it is one, else its children, and every checkout or folder with a
 * `.sourceos/manifest.json` below these. One repository is held at a time. Nothing outside the root is read.
 */
export function* findRepos(root: string, progress: WalkProgress): Generator<FoundRepo> {
  const top = openFolder(root, '', []);
  if ('fault' in top) {
    yield { path: '.', remote: undefined, repoManifest: undefined, candidates: [], faults: [top] };
    return;
  }
  const waiting: Pending[] = isRepo(top) ? [top] : yield* children(root, top);
  for (let pending = waiting.pop(); pending !== undefined; pending = waiting.pop()) {
    const { repo, nested } = walkRepo(root, pending, progress);
    progress.repos++;
    yield repo;
    waiting.push(...nested.reverse());
  }
}

/** The folders in a root that is no repository: each is one. Last first, as the stack takes them. */
function* children(root: string, top: Pending): Generator<FoundRepo, Pending[]> {
  const found: Pending[] = [];
  for (const entry of top.entries) {
    if (entry.isSymbolicLink()) {
      const fault = linkFault(root, entry.name);
      if (fault !== undefined) {
        yield { path: entry.name, remote: undefined, repoManifest: undefined, candidates: [], faults: [fault] };
      }
    } else if (entry.isDirectory() && !isIgnored(top.chain, entry.name, true)) {
      const folder = openFolder(root, entry.name, top.chain);
      if ('fault' in folder) {
        yield { path: entry.name, remote: undefined, repoManifest: undefined, candidates: [], faults: [folder] };
      } else {
        found.push(folder);
      }
    }
  }
  return found.reverse();
}

/** A link to a folder inside the root is met there; any other is told of and not followed. */
function linkFault(root: string, path: string): FoundFile | undefined {
  try {
    const target = realpathSync(join(root, path));
    const inside = isInside(root, target);
    return inside || !lstatSync(target).isDirectory() ? undefined : { file: '.', fault: leadsOut };
  } catch (cause) {
    return { file: '.', fault: faultOf(cause) };
  }
}

const leadsOut = {
  message: 'It is a symbolic link that leads out of the folder that is scanned, and was not followed.',
  remedy: 'Scan the folder that it leads to, or put the file itself there.',
};

function isInside(root: string, target: string): boolean {
  const real = realpathSync(root);
  return target === real || target.startsWith(`${real}/`);
}

function walkRepo(
  root: string,
  start: Pending,
  progress: WalkProgress,
): { readonly repo: FoundRepo; readonly nested: Pending[] } {
  const open: OpenRepo = { path: start.path, candidates: [], faults: [], nested: [] };
  const stack = [start];
  for (let folder = stack.pop(); folder !== undefined; folder = stack.pop()) {
    progress.files += folder.entries.length;
    for (const entry of folder.entries) {
      const next = visit(root, open, folder, entry);
      if (next !== undefined) {
        stack.push(next);
      }
    }
  }
  const { candidates, faults, nested } = open;
  const path = start.path === '' ? '.' : start.path;
  const folder = join(root, start.path);
  return {
    repo: { path, remote: remoteName(folder), repoManifest: repoManifestOf(root, start), candidates, faults },
    nested,
  };
}

/** Looks at one entry; answers the folder to go on with. */
function visit(root: string, open: OpenRepo, folder: Pending, entry: Dirent): Pending | undefined {
  const path = folder.path === '' ? entry.name : `${folder.path}/${entry.name}`;
  const inRepo = open.path === '' ? path : path.slice(open.path.length + 1);
  if (entry.isDirectory()) {
    return isIgnored(folder.chain, path, true) ? undefined : visitFolder(root, open, { path, inRepo, folder });
  }
  // Links are left alone: what they lead to is met where it lies, or lies outside.
  if (
    entry.isFile() &&
    entry.name.endsWith('.json') &&
    inRepo !== manifestFile &&
    !isIgnored(folder.chain, path, false)
  ) {
    noteCandidate(join(root, path), inRepo, open);
  }
  return undefined;
}

function visitFolder(
  root: string,
  open: OpenRepo,
  { path, inRepo, folder }: { readonly path: string; readonly inRepo: string; readonly folder: Pending },
): Pending | undefined {
  if (inRepo.split('/').length > mostFolders) {
    open.faults.push({ file: inRepo, fault: tooDeep });
    return undefined;
  }
  const next = openFolder(root, path, folder.chain);
  if ('fault' in next) {
    open.faults.push({ file: inRepo, fault: next.fault });
    return undefined;
  }
  if (isRepo(next)) {
    open.nested.push(next);
    return undefined;
  }
  return next;
}

const tooDeep = {
  message: `It lies more than ${mostFolders} folders deep and was not looked into.`,
  remedy: 'Scan it by itself, or leave it out with a line in .sourceosignore.',
};

/** Only what speaks of an engine id is kept: the memory of a walk does not grow with the files of a repository. */
function noteCandidate(path: string, file: string, open: OpenRepo): void {
  const read = readBounded(path, maximumManifestBytes);
  if (!read.ok) {
    open.candidates.push({ file, fault: read.error });
  } else if (read.value.length <= maximumManifestBytes && speaksOfEngine(read.value)) {
    open.candidates.push({ file, bytes: read.value });
  }
}

const engineWords = ['"engineId"', 'sourceos.sync.'];

function speaksOfEngine(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return engineWords.every((word) => buffer.includes(word));
}

function openFolder(
  root: string,
  path: string,
  outer: IgnoreChain,
): Pending | { readonly file: string; readonly fault: FaultOfFile } {
  let entries: readonly Dirent[];
  try {
    entries = readdirSync(join(root, path), { withFileTypes: true }).sort((left, right) =>
      left.name < right.name ? -1 : 1,
    );
  } catch (cause) {
    return { file: '.', fault: faultOf(cause) };
  }
  let chain = outer;
  for (const name of ignoreFileNames) {
    if (entries.some((entry) => entry.name === name && entry.isFile())) {
      const read = readBounded(join(root, path, name), maximumIgnoreBytes);
      chain = read.ok ? withRules(chain, path, new TextDecoder().decode(read.value)) : chain;
    }
  }
  return { path, chain, entries };
}

type FaultOfFile = Extract<FoundFile, { readonly fault: unknown }>['fault'];

function isRepo({ entries }: Pending): boolean {
  return entries.some(({ name }) => name === '.git' || name === manifestFolder);
}

function repoManifestOf(root: string, { path, entries }: Pending): FoundFile | undefined {
  if (!entries.some(({ name }) => name === manifestFolder)) {
    return undefined;
  }
  const fault = (words: FaultOfFile): FoundFile => ({ file: manifestFile, fault: words });
  const whole = join(root, path, manifestFile);
  try {
    const stat = lstatSync(whole);
    const target = realpathSync(whole);
    if (!isInside(root, target)) {
      return fault(leadsOut);
    }
    if (!stat.isFile() && !stat.isSymbolicLink()) {
      return fault(noFile);
    }
    const read = readBounded(target, maximumRepoManifestBytes);
    return read.ok ? { file: manifestFile, bytes: read.value } : fault(read.error);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : fault(faultOf(cause));
  }
}
