import { textNow } from '../../shared/small-file.ts';

const mostBytes = 4 * 1024 * 1024;

/** The files below fish's folder that its plugin manager fisher put there, as it notes them among fish's variables. */
export function pluginFiles(folder: string): ReadonlySet<string> {
  const noted = [...variablesOf(folder).matchAll(/^SETUVAR _fisher_\w+_files:(.*)$/gm)].flatMap(([, value = '']) =>
    value
      .replaceAll(/\\x([0-9a-f]{2})/g, (_whole, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
      .split('\u001e'),
  );
  const inFolder = noted.map((path) => /(?:conf\.d|functions)\/[^/]+$/.exec(path)?.[0]);
  return new Set(['functions/fisher.fish', ...inFolder.filter((path) => path !== undefined)]);
}

function variablesOf(folder: string): string {
  return textNow(`${folder}/fish_variables`, mostBytes) ?? '';
}
