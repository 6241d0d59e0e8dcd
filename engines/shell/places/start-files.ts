import type { JsonObject } from '../../../src/base/json.ts';
import { type Place, type PlaceCodec, type PlaceSurroundings, settingsFolder } from '../../../src/contract/place.ts';
import { bashParser } from './bash-grammar.ts';
import { unitsOf } from './bash-units.ts';
import { lineUnits, withLine } from './line-span.ts';
import { nameOfPart } from '../../../src/base/coded-name.ts';

export const bash: Place = startFiles('bash', ({ home }) =>
  ['.bashrc', '.bash_aliases', '.bash_profile', '.bash_login', '.profile'].map((name) => `${home}/${name}`),
);

/** Read with bash's grammar: a file that only zsh understands is said, and left as it is. */
export const zsh: Place = startFiles('zsh', ({ home, environment }) =>
  ['.zshrc', '.zshenv', '.zprofile', '.zlogin'].map((name) => `${environment['ZDOTDIR'] || home}/${name}`),
);

function startFiles(shell: string, filesOf: (surroundings: PlaceSurroundings) => readonly string[]): Place {
  const own = (surroundings: PlaceSurroundings): string => `${settingsFolder(surroundings)}/sourcesync/shell/${shell}`;
  return {
    name: shell,
    files: (surroundings) => [...filesOf(surroundings), own(surroundings)],
    newUnits: own,
    hookLine: `[ -r ~/.config/sourcesync/shell/${shell} ] && . ~/.config/sourcesync/shell/${shell}`,
    async open(surroundings): Promise<PlaceCodec> {
      const parser = await bashParser();
      return {
        ...lineUnits(
          (text) => unitsOf(parser, shell, surroundings.home, text),
          (text, _id, unit) => withLine(text, unit),
        ),
        fieldsOf: (id, unit): JsonObject => ({ ...namesOf(id), body: unit, shell }),
        unitOf: (id, fields) => {
          const { kind, body } = fields;
          return id.startsWith(`${shell}/`) && kind === namesOf(id).kind && typeof body === 'string' ? body : undefined;
        },
      };
    },
  };
}

function namesOf(id: string): { readonly kind: string; readonly name: string } {
  const [, kind = '', name = ''] = /^[^/]+\/([^/]+)\/(.*?)(?:\[\d+\])?$/.exec(id) ?? [];
  return { kind, name: nameOfPart(name) };
}
