import ignore from 'ignore';
import { markFolder } from '../disk/root-mark.ts';
import { temporaryPattern } from '../ground/temporary-name.ts';

/** Travels like any other file. */
export const ignoreFileName = '.syncignore';
/** Belongs to this device alone. */
export const localIgnoreFileName = '.syncignore.local';

export interface IgnoreRules {
  /** A folder is asked for with `folder` true; what is below an ignored folder is ignored. */
  ignores(path: string, folder: boolean): boolean;
  /** Which rule decides that a file is ignored, in words; undefined for a file that is not. */
  reasonFor(path: string): string | undefined;
  /** Both texts, to tell whether the rules are other ones. */
  readonly text: string;
  /** That of the file that belongs to this device alone. */
  readonly localText: string;
}

/** Never synced, whatever the folder's own rules say. */
export const builtInPatterns: readonly string[] = [
  `/${localIgnoreFileName}`,
  `/${markFolder}/`,
  temporaryPattern,
  '.git',
  'node_modules/',
  '.*.sw?',
  '*~',
  '.#*',
  '4913',
];

/**
 * Rules of the folder's two files (gitignore syntax); neither takes back what is built in, and what either ignores is
 * ignored.
 */
export function createIgnoreRules(shared: string, local: string, caseInsensitive: boolean): IgnoreRules {
  const matcher = (text: string | readonly string[]): ReturnType<typeof ignore> =>
    ignore({ ignorecase: caseInsensitive, allowRelativePaths: true }).add(typeof text === 'string' ? text : [...text]);
  const sets = [
    { name: undefined, text: builtInPatterns, matcher: matcher(builtInPatterns) },
    { name: ignoreFileName, text: shared, matcher: matcher(shared) },
    { name: localIgnoreFileName, text: local, matcher: matcher(local) },
  ];
  return {
    text: `${shared}\0${local}`,
    localText: local,
    ignores(path, folder): boolean {
      const asked = folder ? `${path}/` : path;
      return path !== '' && sets.some((set) => set.matcher.ignores(asked));
    },
    reasonFor(path): string | undefined {
      const deciding = sets.find((set) => set.matcher.ignores(path));
      if (deciding?.name === undefined || typeof deciding.text !== 'string') {
        return deciding && `${path} is never synced: the built-in rules leave it out`;
      }
      return `ignored by line ${decidingLine(deciding.text, path, matcher)} of ${deciding.name}`;
    },
  };
}

/** The last line without which the file would not be ignored: from the first on, the one that makes it so for good. */
function decidingLine(text: string, path: string, matcher: (text: string) => ReturnType<typeof ignore>): number {
  const lines = text.split('\n');
  let deciding = 1;
  for (let count = 1, was = false; count <= lines.length; count++) {
    const is = matcher(lines.slice(0, count).join('\n')).ignores(path);
    if (is && !was) {
      deciding = count;
    }
    was = is;
  }
  return deciding;
}
