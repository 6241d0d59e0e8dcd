import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CredentialFormat } from '../../contract/credentials.ts';

export interface CredentialPlace {
  readonly path: string;
  readonly format: CredentialFormat;
}

const named: readonly (readonly [CredentialFormat, ...string[]])[] = [
  ['shell', '.bashrc', '.bash_profile', '.bash_login', '.bash_aliases', '.profile'],
  ['shell', '.zshrc', '.zshenv', '.zprofile', '.zlogin', '.kshrc', '.cshrc', '.tcshrc', '.xprofile', '.xsessionrc'],
  ['shell', '.config/fish/config.fish', '.pam_environment'],
  ['netrc', '.netrc', '_netrc'],
  ['npmrc', '.npmrc'],
  ['aws', '.aws/credentials', '.aws/config'],
  ['gh', '.config/gh/hosts.yml'],
  ['docker', '.docker/config.json'],
  ['pgpass', '.pgpass'],
  ['git-credentials', '.git-credentials', '.config/git/credentials'],
  ['ini', '.pypirc', '.my.cnf'],
];

/** Folders of small files that a shell or a session reads, one level deep. */
const folders: readonly (readonly [CredentialFormat, string, RegExp])[] = [
  ['env', '', /^\.env(?:\.|$)|.\.env$/],
  ['shell', '.bashrc.d', /^[^.]/],
  ['shell', '.config/fish/conf.d', /\.fish$/],
  ['env', '.config/environment.d', /\.conf$/],
];
const mostInFolder = 64;

/** Where people and programs keep credentials below a home folder; whether anything is there is not asked yet. */
export function credentialPlaces(home: string, environment: NodeJS.ProcessEnv): readonly CredentialPlace[] {
  const zsh = environment['ZDOTDIR'];
  const ofZsh =
    zsh === undefined || zsh === '' ? [] : ['.zshrc', '.zshenv', '.zprofile'].map((name) => join(zsh, name));
  const places = [
    ...named.flatMap(([format, ...paths]) => paths.map((path) => ({ path: join(home, path), format }))),
    ...ofZsh.map((path) => ({ path, format: 'shell' as const })),
    ...folders.flatMap(([format, folder, fits]) =>
      namesIn(join(home, folder))
        .filter((name) => fits.test(name))
        .slice(0, mostInFolder)
        .map((name) => ({ path: join(home, folder, name), format })),
    ),
  ];
  return [...new Map(places.map((place) => [place.path, place])).values()];
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
