import { type Result, err } from '../../../src/base/result.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { type Place, type PlaceCodec, type PlaceSurroundings, settingsFolder } from '../../../src/contract/place.ts';
import { bashParser } from './bash-grammar.ts';
import { unitsOf } from './bash-units.ts';
import { filesIn } from '../../shared/files-in.ts';
import { fishUnitsOf } from './fish-units.ts';
import { pluginFiles } from './fish-plugins.ts';
import { type LineUnits, lineUnits, withLine } from './line-span.ts';
import { namesOf } from './may-hold.ts';

export const bash: Place = startFiles({
  shell: 'bash',
  ownFile: 'bash',
  hookLine: '[ -r ~/.config/sourcesync/shell/bash ] && . ~/.config/sourcesync/shell/bash',
  files: ({ home }) => [
    ...['.bashrc', '.bash_aliases', '.bash_profile', '.bash_login', '.profile'].map((name) => `${home}/${name}`),
    ...filesIn(`${home}/.bashrc.d`, /^[^.]+$|\.(?:ba)?sh$/),
  ],
  open: withBash,
});

/** Read with bash's grammar: what only zsh understands is left as it is. */
export const zsh: Place = startFiles({
  shell: 'zsh',
  ownFile: 'zsh',
  hookLine: '[ -r ~/.config/sourcesync/shell/zsh ] && . ~/.config/sourcesync/shell/zsh',
  files: ({ home, environment }) => [
    ...['.zshrc', '.zshenv', '.zprofile', '.zlogin'].map((name) => `${environment['ZDOTDIR'] || home}/${name}`),
    ...filesIn(environment['ZSH_CUSTOM'] || `${home}/.oh-my-zsh/custom`, /\.zsh$/),
  ],
  open: withBash,
});

/** `fish_variables` belongs to fish, and what its plugin manager put there to that. */
export const fish: Place = startFiles({
  shell: 'fish',
  ownFile: 'fish.fish',
  hookLine: 'test -r ~/.config/sourcesync/shell/fish.fish; and source ~/.config/sourcesync/shell/fish.fish',
  files(surroundings) {
    const folder = `${settingsFolder(surroundings)}/fish`;
    const installed = pluginFiles(folder);
    const found = ['conf.d', 'functions'].flatMap((name) => filesIn(`${folder}/${name}`, /\.fish$/));
    return [`${folder}/config.fish`, ...found.filter((path) => !installed.has(path.slice(folder.length + 1)))];
  },
  open:
    async ({ home }) =>
    (text) =>
      fishUnitsOf(home, text),
});

type Read = (text: string) => Result<LineUnits, string>;

interface StartFiles {
  readonly shell: string;
  readonly ownFile: string;
  readonly hookLine: string;
  files(surroundings: PlaceSurroundings): readonly string[];
  open(surroundings: PlaceSurroundings, shell: string): Promise<Read>;
}

async function withBash({ home }: PlaceSurroundings, shell: string): Promise<Read> {
  const reading = { parser: await bashParser(), shell, home };
  return (text) => unitsOf(reading, text);
}

function startFiles({ shell, ownFile, hookLine, files, open }: StartFiles): Place {
  const own = (surroundings: PlaceSurroundings): string =>
    `${settingsFolder(surroundings)}/sourcesync/shell/${ownFile}`;
  return {
    name: shell,
    files: (surroundings) => [...files(surroundings), own(surroundings)],
    newUnits: own,
    hookLine,
    open: async (surroundings) => codecOf(shell, await open(surroundings, shell)),
  };
}

/** A record says what its id says, and is of this shell: another shell reads the same words as something else. */
export function codecOf(shell: string, read: Read): PlaceCodec {
  return {
    ...lineUnits(
      (text) => (text.includes('\0') ? err('It holds bytes that are no text.') : read(text)),
      (text, _id, unit) => withLine(text, unit),
    ),
    fieldsOf: (id, unit): JsonObject => ({ ...namesOf(id), body: unit, shell }),
    unitOf: (id, fields) => {
      const { kind, name } = namesOf(id);
      const isOfId = fields['kind'] === kind && fields['name'] === name && fields['shell'] === shell;
      return id.startsWith(`${shell}/`) && isOfId && typeof fields['body'] === 'string' ? fields['body'] : undefined;
    },
  };
}
