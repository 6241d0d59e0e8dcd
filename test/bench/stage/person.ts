import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** How much a person has in each place that is made for one. */
export interface Belongings {
  readonly lines: number;
  readonly bookmarks: number;
  readonly extensions: number;
}

/** Makes a home with a start file of zsh, the bookmarks of Chromium, and extensions and settings of an editor; answers their bytes. */
export async function makePerson(
  home: string,
  { lines, bookmarks, extensions }: Belongings,
): Promise<readonly string[]> {
  const list = Array.from({ length: extensions }, (_, index) => ({
    identifier: { id: `acme.ext${index}` },
    version: '1.0.0',
    relativeLocation: `acme.ext${index}-1.0.0`,
    metadata: { source: 'gallery' },
  }));
  const texts: readonly (readonly [path: string, text: string])[] = [
    ['.zshrc', Array.from({ length: lines }, (_, index) => startLine(index)).join('\n') + '\n'],
    ['.config/chromium/Default/Bookmarks', JSON.stringify(bookmarkList(bookmarks))],
    ['.config/Code/User/settings.json', settingsText(extensions)],
    ['.vscode/extensions/extensions.json', JSON.stringify(list)],
    ...list.map(
      ({ relativeLocation }, index) =>
        [`.vscode/extensions/${relativeLocation}/package.json`, manifestText(index)] as const,
    ),
  ];
  for (const [path, text] of texts) {
    await mkdir(dirname(join(home, path)), { recursive: true });
    await writeFile(join(home, path), text);
  }
  return texts.map(([path]) => join(home, path));
}

/** What people write in them, most of it one line a statement. */
function startLine(index: number): string {
  const kinds = [
    `alias a${index}='ls -l /srv/${index}'`,
    `# what follows is for project ${index}`,
    `export PROJECT_${index}=/srv/project/${index}`,
    `function go${index} { cd "/srv/${index}" && git status "$@"; }`,
    `[[ -r /etc/profile.d/${index}.sh ]] && . /etc/profile.d/${index}.sh`,
    `setopt auto_cd`,
    ``,
    `bindkey '^[[1;${index}C' forward-word`,
  ];
  return kinds[index % kinds.length] as string;
}

const perFolder = 100;

function bookmarkList(count: number): unknown {
  const folders = Array.from({ length: Math.ceil(count / perFolder) }, (_, folder) => ({
    ...{ type: 'folder', id: String(10 + folder), name: `Folder ${folder}`, guid: `f-${folder}` },
    children: Array.from({ length: Math.min(perFolder, count - folder * perFolder) }, (_one, index) => ({
      ...{ type: 'url', id: String(100_000 + folder * perFolder + index), guid: `b-${folder}-${index}` },
      ...{ name: `Page ${index} of ${folder}`, url: `https://example.org/${folder}/${index}?q=words+of+it` },
    })),
  }));
  const root = (name: string, children: readonly unknown[]): unknown => ({ type: 'folder', name, id: '1', children });
  return {
    roots: {
      bookmark_bar: root('Bookmarks bar', folders),
      other: root('Other bookmarks', []),
      synced: root('Mobile bookmarks', []),
    },
    version: 1,
  };
}

function settingsText(count: number): string {
  const lines = Array.from({ length: count }, (_, index) => `  "ext${index}.size": ${index},`);
  return `{\n  // mine\n${lines.join('\n')}\n  "editor.tabSize": 2\n}\n`;
}

function manifestText(index: number): string {
  return JSON.stringify({
    ...{
      name: `ext${index}`,
      publisher: 'acme',
      version: '1.0.0',
      engines: { vscode: '^1.80.0' },
      main: './out/main.js',
    },
    contributes: {
      commands: Array.from({ length: 20 }, (_, command) => ({
        command: `ext${index}.run${command}`,
        title: `Run ${command}`,
      })),
    },
  });
}
