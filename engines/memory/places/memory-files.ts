import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { nameOfPart } from '../../../src/base/coded-name.ts';
import type { Place, UnitFiles } from '../../../src/contract/place.ts';
import { claudeFolder } from './instruction-files.ts';
import { memoryCodec } from './memory-codec.ts';
import { partOf } from './part-names.ts';
import { type RepositoryName, folderOfSlug, foldersIn, repositoryAt } from './repositories.ts';

/** What Claude keeps of a project, each in a file; the list of them, `MEMORY.md`, is its own affair. */
export const claudeMemory: Place = {
  name: 'claude-memory',
  files: (surroundings) => {
    const projects = join(claudeFolder(surroundings), 'projects');
    return [projects, ...memoryFolders(projects).map(({ folder }) => join(folder, listFile))];
  },
  newUnits: (surroundings) => join(claudeFolder(surroundings), 'projects'),
  hookLine: undefined,
  async open(surroundings) {
    const projects = createProjects(join(claudeFolder(surroundings), 'projects'));
    const prefix = 'claude-memory/';
    return memoryCodec({
      ...{ name: 'claude-memory', kind: 'memory', home: surroundings.home, files: projects },
      idOf(path, name) {
        const repository = projects.repositoryOf(path);
        const own = name !== undefined && plainName.test(name) ? name : basename(path, '.md');
        return repository && `${prefix}${partOf(repository)}/${partOf(own.normalize('NFC'))}`;
      },
      heldIn(path, name) {
        const names = [basename(path, '.md'), name ?? ''].map((one) => partOf(one.normalize('NFC')));
        const repository = projects.repositoryOf(path);
        const [isOurs, why] =
          repository === undefined
            ? [() => true, 'its project cannot be told']
            : [(part = '') => part === partOf(repository), 'it cannot be told apart'];
        return (id) => {
          const [, project, own = ''] = id.split('/');
          return id.startsWith(prefix) && isOurs(project) && names.includes(own) ? why : undefined;
        };
      },
      fieldsOf: (id) => ({
        name: nameOfPart(id.split('/')[2] ?? ''),
        memoryScope: `project:${nameOfPart(id.split('/')[1] ?? '')}`,
      }),
    });
  },
};

/** What Claude reads beside CLAUDE.md, each file by itself. */
export const claudeRules: Place = {
  name: 'claude-rules',
  files: (surroundings) => [
    join(claudeFolder(surroundings), 'rules'),
    ...foldersBelow(rulesOf(surroundings)).map((folder) => join(folder, 'README.md')),
  ],
  newUnits: (surroundings) => rulesOf(surroundings),
  hookLine: undefined,
  async open(surroundings) {
    const root = rulesOf(surroundings);
    const prefix = 'claude-rules/';
    const files: UnitFiles = {
      find: () => foldersBelow(root).flatMap(memoriesIn),
      fileOf(id) {
        const names = id.slice(prefix.length).split('/').map(nameOfPart);
        return id.startsWith(prefix) && names.every((name) => plainName.test(name))
          ? `${join(root, ...names)}.md`
          : undefined;
      },
      isRemoved: () => existsSync(dirname(root)),
    };
    const idOf = (path: string): string =>
      prefix +
      path
        .slice(root.length + 1, -'.md'.length)
        .split('/')
        .map((name) => partOf(name.normalize('NFC')))
        .join('/');
    return memoryCodec({
      ...{ name: 'claude-rules', kind: 'rule', home: surroundings.home, files },
      idOf,
      heldIn: (path) => (id) => (id === idOf(path) ? 'it cannot be told apart' : undefined),
      fieldsOf: (id) => ({ name: nameOfPart(id.slice(prefix.length)), memoryScope: 'user' }),
    });
  },
};

const listFile = 'MEMORY.md';
/** A name that is one file everywhere. */
const plainName = /^[\p{L}\p{N}_][\p{L}\p{N}_ .+-]{0,99}$/u;
const deepest = 6;

function rulesOf(surroundings: Parameters<typeof claudeFolder>[0]): string {
  return join(claudeFolder(surroundings), 'rules');
}

function foldersBelow(root: string, depth = 0): readonly string[] {
  const inner = depth < deepest ? foldersIn(root).flatMap((name) => foldersBelow(join(root, name), depth + 1)) : [];
  return [root, ...inner];
}

/** Files of one memory each, by their names. */
function memoriesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.md') && entry.name !== listFile)
      .map(({ name }) => join(folder, name))
      .filter((path) => plainName.test(basename(path, '.md').normalize('NFC')))
      .sort();
  } catch {
    return [];
  }
}

interface MemoryFolder {
  readonly slug: string;
  readonly folder: string;
}

function memoryFolders(projects: string): readonly MemoryFolder[] {
  return foldersIn(projects)
    .map((slug) => ({ slug, folder: join(projects, slug, 'memory') }))
    .filter(({ folder }) => existsSync(folder));
}

/** The folders of projects; each of those that are repositories is known by that name on every machine. */
function createProjects(projects: string): UnitFiles & { repositoryOf(path: string): RepositoryName | undefined } {
  const known = new Map<string, RepositoryName | undefined>();
  const nameOf = (slug: string): RepositoryName | undefined => {
    if (!known.has(slug)) {
      const folder = folderOfSlug(slug);
      known.set(slug, folder === undefined ? undefined : repositoryAt(folder));
    }
    return known.get(slug);
  };
  /** What was no repository is looked for again when there is another project. */
  let slugs = '';
  const found = (): readonly MemoryFolder[] => {
    const folders = memoryFolders(projects);
    const now = folders.map(({ slug }) => slug).join('\0');
    if (now !== slugs) {
      slugs = now;
      [...known].filter(([, name]) => name === undefined).forEach(([slug]) => known.delete(slug));
    }
    return folders;
  };
  const slugOfFile = (path: string): string => basename(dirname(dirname(path)));
  return {
    find: () => found().flatMap(({ folder }) => memoriesIn(folder)),
    fileOf(id) {
      const [place, repository = '', name = ''] = id.split('/').map(nameOfPart);
      const slug =
        place === 'claude-memory' &&
        plainName.test(name) &&
        foldersIn(projects).find((one) => nameOf(one) === repository);
      return slug ? join(projects, slug, 'memory', `${name}.md`) : undefined;
    },
    isRemoved: (path) => existsSync(dirname(dirname(path))),
    repositoryOf: (path) => nameOf(slugOfFile(path)),
  };
}
