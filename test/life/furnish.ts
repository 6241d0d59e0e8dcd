import { save } from './acts.ts';
import { redirect } from './editors/shell.ts';
import type { Life } from './life.ts';
import { projectPath } from './people/programmer.ts';
import type { Device, FolderKind } from './product/port.ts';
import { bytesOf, dotfileText, noteText, sourceText, wordsOf } from './texts.ts';
import type { Random } from '../simulation/random.ts';

interface Furniture {
  readonly path: string;
  readonly text: string;
}

/** Puts into a folder what a person of some years has there. */
export async function furnish(life: Life, device: Device, folder: FolderKind): Promise<void> {
  for (const { path, text } of furnitureOf(life.random, folder)) {
    await save(life, { device, folder, path }, bytesOf(text), redirect);
  }
}

function furnitureOf(random: Random, folder: FolderKind): readonly Furniture[] {
  switch (folder) {
    case 'notes':
      return inFolders(random, 60, 'md', noteText);
    case 'workspace':
      return [...inFolders(random, 30, 'txt', noteText), ...project(random)];
    case 'shell':
      return dotfiles(random);
  }
}

function inFolders(
  random: Random,
  count: number,
  extension: string,
  textOf: (random: Random) => string,
): readonly Furniture[] {
  const folders = Array.from({ length: 6 }, () => wordsOf(random, 1 + random.below(2)));
  return Array.from({ length: count }, (_, number) => ({
    path: `${number % 7 === 0 ? '' : `${random.pick(folders)}/`}${wordsOf(random, 2)} ${number}.${extension}`,
    text: textOf(random),
  }));
}

function project(random: Random): readonly Furniture[] {
  return Array.from({ length: 24 }, (_, number) => ({
    path: `${projectPath}/${['src', 'src/parts', 'tests'][number % 3]}/module_${number}.py`,
    text: sourceText(random),
  }));
}

function dotfiles(random: Random): readonly Furniture[] {
  return [
    ...['.bashrc', '.profile', '.zshrc'].map((path) => ({ path, text: dotfileText(random) })),
    ...Array.from({ length: 20 }, (_, number) => ({ path: `conf.d/${number}.sh`, text: dotfileText(random) })),
  ];
}
