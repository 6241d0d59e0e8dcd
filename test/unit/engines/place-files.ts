import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlaceCodec } from '../../../src/contract/place.ts';
import { gitConfig } from '../../../engines/shell/places/git-config.ts';
import { readline } from '../../../engines/shell/places/readline.ts';
import { bash, fish, zsh } from '../../../engines/shell/places/start-files.ts';
import { rootFolder } from '../../tidy/run-tool.ts';

export const surroundings = { home: '/home/ann', environment: {} };

export function fixture(name: string): string {
  return readFileSync(join(rootFolder, 'test', 'fixtures', 'places', name), 'utf8');
}

export const codecs: Readonly<Record<string, PlaceCodec>> = {
  bash: await bash.open(surroundings),
  zsh: await zsh.open(surroundings),
  fish: await fish.open(surroundings),
  readline: await readline.open(surroundings),
  git: await gitConfig.open(surroundings),
};

/** Each unit of a text by its id; fails where it cannot be taken apart. */
export function unitsIn(codec: PlaceCodec, text: string): ReadonlyMap<string, string> {
  const parsed = codec.parse(text);
  if (!parsed.ok) {
    throw new Error(parsed.error);
  }
  return new Map(parsed.value.units.map((unit) => [unit.id, unit.text]));
}
