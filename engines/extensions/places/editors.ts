import { type PlaceSurroundings, settingsFolder } from '../../../src/contract/place.ts';

/** An editor of the family of VS Code, and where it keeps what a person set and installed. */
export interface Editor {
  /** The host of its records. */
  readonly host: string;
  /** Its command, by which extensions come and go. */
  readonly command: string;
  /** `User`, with settings and key bindings; undefined where the editor has none of its own. */
  readonly userFolder: ((surroundings: PlaceSurroundings) => string) | undefined;
  readonly extensionsFolder: (surroundings: PlaceSurroundings) => string;
  /** Where `gallery` in its list means: its own, or the open one. */
  readonly gallery: 'gallery' | 'openvsx';
}

function editorOf(
  host: string,
  command: string,
  [application, folder]: readonly [string, string],
  gallery: Editor['gallery'],
): Editor {
  return {
    host,
    command,
    userFolder: (surroundings) => `${applicationsFolder(surroundings)}/${application}/User`,
    extensionsFolder: ({ home }) => `${home}/${folder}/extensions`,
    gallery,
  };
}

const vscode = editorOf('vscode', 'code', ['Code', '.vscode'], 'gallery');

export const editors: readonly Editor[] = [
  {
    ...vscode,
    extensionsFolder: (surroundings) =>
      surroundings.environment['VSCODE_EXTENSIONS'] || vscode.extensionsFolder(surroundings),
  },
  editorOf('vscode-insiders', 'code-insiders', ['Code - Insiders', '.vscode-insiders'], 'gallery'),
  editorOf('vscodium', 'codium', ['VSCodium', '.vscode-oss'], 'openvsx'),
  editorOf('cursor', 'cursor', ['Cursor', '.cursor'], 'gallery'),
  editorOf('windsurf', 'windsurf', ['Windsurf', '.windsurf'], 'openvsx'),
  {
    host: 'vscode-server',
    command: 'code',
    userFolder: undefined,
    extensionsFolder: ({ home }) => `${home}/.vscode-server/extensions`,
    gallery: 'gallery',
  },
  {
    host: 'code-server',
    command: 'code-server',
    userFolder: (surroundings) => `${dataFolder(surroundings)}/code-server/User`,
    extensionsFolder: (surroundings) => `${dataFolder(surroundings)}/code-server/extensions`,
    gallery: 'openvsx',
  },
];

function applicationsFolder(surroundings: PlaceSurroundings): string {
  return process.platform === 'darwin'
    ? `${surroundings.home}/Library/Application Support`
    : settingsFolder(surroundings);
}

function dataFolder({ home, environment }: PlaceSurroundings): string {
  return environment['XDG_DATA_HOME'] || `${home}/.local/share`;
}
