import ignore from 'ignore';
import { temporaryPattern } from './temporary-name.ts';

export const ignoreFileName = '.syncignore';

export interface IgnoreRules {
  /** A folder is asked for with `folder` true; what is below an ignored folder is ignored. */
  ignores(path: string, folder: boolean): boolean;
}

/** Never synced, whatever the folder's own rules say. The rules themselves belong to this device. */
const always: readonly string[] = [
  `/${ignoreFileName}`,
  temporaryPattern,
  '.git',
  'node_modules/',
  '.*.sw?',
  '*~',
  '.#*',
  '4913',
];

/** Rules from the text of a `.syncignore` (gitignore syntax); it cannot take back what is always ignored. */
export function createIgnoreRules(text: string, caseInsensitive: boolean): IgnoreRules {
  const fixed = ignore({ ignorecase: caseInsensitive }).add([...always]);
  const own = ignore({ ignorecase: caseInsensitive }).add(text);
  return {
    ignores(path, folder): boolean {
      const asked = folder ? `${path}/` : path;
      return fixed.ignores(asked) || own.ignores(asked);
    },
  };
}
