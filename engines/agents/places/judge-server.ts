import { type JsonObject, isJsonObject } from '../../../src/base/json.ts';
import { type Judgement, dangerous, harmless } from '../../../src/contract/judgement.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';
import { sameValue } from '../../../src/merge/values/json-patch.ts';

/** What is run, and where to: approval is of that, and never of a name. */
const running = ['command', 'args', 'cwd', 'url', 'type', 'env', 'headers'];

/** Dangerous unless it is known to be harmless. `next` is null for a removal. */
export function judgeServer(before: JsonObject | null, next: JsonObject | null): Judgement {
  const [was, is] = [serverOf(before), serverOf(next)];
  if (is === undefined) {
    return { level: 'harmless', words: 'harmless: a server less' };
  }
  const words = was === undefined ? [`a new server that runs ${commandOf(is)}`] : changesOf(was, is);
  const unpinned = unpinnedPackage(is);
  const all = [...words, ...(unpinned === undefined ? [] : [`${textOf(unpinned)} is whatever version is newest`])];
  return words.length === 0 ? harmless : dangerous(all.join('; '));
}

function changesOf(was: JsonObject, is: JsonObject): readonly string[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (name) => !sameValue(was[name], is[name]),
  );
  const isLess = (name: string): boolean => name === 'disabled' && is[name] === true;
  const risky = names.filter((name) => !isLess(name) && !['description', 'timeout'].includes(name));
  return risky.map((name) =>
    running.includes(name)
      ? `the same name, another ${name}: ${textOf(was[name] ?? 'nothing')} → ${textOf(is[name] ?? 'nothing')}`
      : `${textOf(name)} is changed`,
  );
}

/** A package that npx, uvx or the like fetches without a version; undefined where there is none. */
function unpinnedPackage({ command, args }: JsonObject): string | undefined {
  const program = String(command).split(/[\\/]/).at(-1) ?? '';
  if (!/^(npx|bunx|uvx|pnpm|pipx)(\.cmd)?$/.test(program) || !Array.isArray(args)) {
    return undefined;
  }
  const named = args.find(
    (word): word is string => typeof word === 'string' && !word.startsWith('-') && word !== 'dlx',
  );
  return named === undefined || /.@\d/.test(named) || /==\d/.test(named) ? undefined : named;
}

function commandOf({ command, args, url }: JsonObject): string {
  return typeof url === 'string'
    ? textOf(url)
    : textOf([command, ...(Array.isArray(args) ? args : [])].map(textOf).join(' '));
}

function serverOf(fields: JsonObject | null): JsonObject | undefined {
  const server = fields?.['server'];
  return isJsonObject(server) ? server : undefined;
}
