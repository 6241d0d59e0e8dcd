import ignore from 'ignore';

/** Rules of one folder: they hold for what lies below it. */
interface FolderRules {
  readonly folder: string;
  readonly matcher: ReturnType<typeof ignore>;
}

/** The rules in force in a folder, those of the outermost folder first. */
export type IgnoreChain = readonly FolderRules[];

export const ignoreFileNames: readonly string[] = ['.gitignore', '.sourceosignore'];

/** Never looked into: no repository keeps its own manifests there. */
const never: ReadonlySet<string> = new Set(['.git', 'node_modules']);

/** Adds the rules in a folder's own ignore file (gitignore syntax). */
export function withRules(chain: IgnoreChain, folder: string, text: string): IgnoreChain {
  return [...chain, { folder, matcher: ignore().add(text) }];
}

/** Whether a path is left out; the nearer file has the last word, as in git. Paths are relative, `/` between names. */
export function isIgnored(chain: IgnoreChain, path: string, isFolder: boolean): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (isFolder && never.has(name)) {
    return true;
  }
  let ignored = false;
  for (const { folder, matcher } of chain) {
    const below = folder === '' ? path : path.slice(folder.length + 1);
    const verdict = matcher.test(isFolder ? `${below}/` : below);
    ignored = verdict.ignored || (ignored && !verdict.unignored);
  }
  return ignored;
}
