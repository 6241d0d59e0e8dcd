import { readdirSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { textNow } from '../../shared/small-file.ts';

/** What a repository is on every machine: host and path of its first remote. */
export type RepositoryName = string;

/** Larger ones are not read. */
const largestConfig = 256 * 1024;

/** Of the repository whose top is this folder; undefined where it has no remote elsewhere. Git is never run. */
export function repositoryAt(folder: string): RepositoryName | undefined {
  const config = configOf(join(folder, '.git'));
  return config && nameInConfig(config);
}

/** Of a worktree it is the one of its repository. */
function configOf(git: string): string | undefined {
  if (isFolder(git)) {
    return textOf(join(git, 'config'));
  }
  const [, lies = ''] = /^gitdir: (.+)$/m.exec(textOf(git) ?? '') ?? [];
  const own = isAbsolute(lies) ? lies : join(git, '..', lies);
  const common = lies === '' ? undefined : textOf(join(own, 'commondir'))?.trim();
  return common === undefined ? undefined : textOf(join(own, common, 'config'));
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function textOf(path: string): string | undefined {
  return textNow(path, largestConfig);
}

/** Of the first remote that has an address. */
export function nameInConfig(config: string): RepositoryName | undefined {
  let isRemote = false;
  for (const line of config.split('\n')) {
    const words = line.trim();
    if (words.startsWith('[')) {
      isRemote = /^\[remote\s+"[^"]*"\]/i.test(words);
    }
    const [, address] = (isRemote && /^url\s*=\s*"?([^"\s]+)"?\s*(?:[#;].*)?$/i.exec(words)) || [];
    if (address !== undefined) {
      return nameOfAddress(address);
    }
  }
  return undefined;
}

/** Host in lower case and path; no user, no port, no `.git` at the end. A path of this machine is no address. */
export function nameOfAddress(address: string): RepositoryName | undefined {
  const [, host, path] =
    /^(?:https?|ssh|git|git\+ssh):\/\/(?:[^@/]*@)?([\w.-]+)(?::\d+)?\/+(.+)$/i.exec(address) ??
    /^(?:[^@/:\s]+@)?([\w.-]+):(?!\/\/|:)\/*(\S+)$/.exec(address) ??
    [];
  const clean = path
    ?.replace(/\/+$/, '')
    .replace(/\.git$/i, '')
    .replace(/\/+$/, '');
  const isPath = host !== undefined && (/^[a-z]$/i.test(host) || host === 'localhost');
  return host === undefined || isPath || !clean || clean.split('/').includes('..')
    ? undefined
    : `${host.toLowerCase()}/${clean}`;
}

/** How Claude names the folder of a project. */
export function slugOf(path: string): string {
  return path.replaceAll(/[^A-Za-z0-9]/g, '-');
}

/** At most so many folders are looked into for one slug. */
const mostLooks = 500;

/** The folder that a slug stands for; undefined where there is none, or more than one. */
export function folderOfSlug(slug: string): string | undefined {
  const found: string[] = [];
  let looks = 0;
  const search = (folder: string, rest: string): void => {
    if (rest === '') {
      found.push(folder);
      return;
    }
    if (looks++ > mostLooks || found.length > 1) {
      return;
    }
    for (const name of foldersIn(folder === '' ? '/' : folder)) {
      const part = `-${slugOf(name)}`;
      if (rest === part || rest.startsWith(`${part}-`)) {
        search(`${folder}/${name}`, rest.slice(part.length));
      }
    }
  };
  search('', slug);
  return found.length === 1 && looks <= mostLooks ? found[0] : undefined;
}

/** No symbolic links: a project is called after its real path. */
export function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch {
    return [];
  }
}
