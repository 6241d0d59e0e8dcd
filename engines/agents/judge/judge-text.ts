import { type JsonObject, isJsonObject, memberOf } from '../../../src/base/json.ts';
import { type Judgement, dangerous, harmless } from '../../../src/contract/judgement.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';
import { sameValue } from '../../../src/merge/values/json-patch.ts';
import { disguise, hides, shown } from './in-words.ts';
import { covers } from './rule-cover.ts';
import { type FrontMatter, frontMatterOf } from './front-matter.ts';

/** A text that agents are led by: an agent, a command, a skill with its files. */
export function judgeText(before: JsonObject | null, next: JsonObject | null): Judgement {
  if (next === null) {
    return { level: 'harmless', words: 'harmless: agents are told less' };
  }
  const [was, is] = [before === null ? undefined : partsOf(before), partsOf(next)];
  if (is === undefined) {
    return dangerous('what it says cannot be told');
  }
  const words = was === undefined ? newWords(next, is) : changeWords(was, is);
  const odd = hides(is.text) ? ['it has characters in it that are not shown'] : [];
  const all = [...words, ...odd];
  return all.length === 0 ? harmless : dangerous(all.join('; '));
}

interface Parts {
  readonly text: string;
  readonly head: FrontMatter;
  /** What lies beside it, by path: a fingerprint each. */
  readonly files: JsonObject;
}

function partsOf({ text, files }: JsonObject): Parts | undefined {
  return typeof text === 'string' && (files === undefined || isJsonObject(files))
    ? { text, head: frontMatterOf(text), files: files ?? {} }
    : undefined;
}

function newWords({ kind, name }: JsonObject, { text, head, files }: Parts): readonly string[] {
  const tools = head.members.get('tools') ?? head.members.get('allowed-tools');
  return [
    `agents are led by a new ${textOf(kind)}`,
    ...[disguise(String(name))].flatMap((words) => words ?? []),
    ...(kind === 'agent' && tools === undefined ? ['it may use every tool'] : []),
    ...(tools === undefined ? [] : [`it may use ${shown(tools)}`]),
    ...steps(head),
    ...scriptWords(Object.keys(files)),
    ...runWords(text),
  ];
}

/** Members of the head that are more than words. */
function steps({ members }: FrontMatter): readonly string[] {
  return ['permissionMode', 'hooks', 'mcpServers', 'skills', 'memory', 'isolation', 'background']
    .filter((name) => members.has(name))
    .map((name) => `${name} is ${shown(members.get(name))}`);
}

function changeWords(was: Parts, is: Parts): readonly string[] {
  const names = [...new Set([...was.head.members.keys(), ...is.head.members.keys()])];
  const changed = names.filter((name) => was.head.members.get(name) !== is.head.members.get(name));
  const paths = [...new Set([...Object.keys(was.files), ...Object.keys(is.files)])];
  const others = paths.filter((path) => !sameValue(memberOf(was.files, path), memberOf(is.files, path)));
  return [
    ...(was.head.isPlain && is.head.isPlain ? [] : was.text === is.text ? [] : ['its head cannot be told apart']),
    ...changed.flatMap((name) => memberWords(name, was.head.members.get(name), is.head.members.get(name)) ?? []),
    ...(was.head.body === is.head.body ? [] : ['what agents are told is changed', ...runWords(is.head.body)]),
    ...scriptWords(others.filter((path) => memberOf(is.files, path) !== undefined)),
  ];
}

/** Undefined where the change is known to be harmless. */
function memberWords(name: string, was: string | undefined, is: string | undefined): string | undefined {
  if (
    name === 'description' ||
    name === 'color' ||
    name === 'argument-hint' ||
    name === 'version' ||
    name === 'license'
  ) {
    return undefined;
  }
  if (name === 'tools' || name === 'allowed-tools') {
    const isLess =
      is !== undefined &&
      (was === undefined ? name === 'tools' && !is.includes('*') && is !== '' : isWithin(is, was, covers));
    const words = `it may use ${is === undefined ? 'every tool' : shown(is)} instead of ${was === undefined ? 'every tool' : shown(was)}`;
    return isLess || (name === 'allowed-tools' && is === undefined) ? undefined : words;
  }
  if (name === 'disallowedTools' && is !== undefined && isWithin(was ?? '', is, (denied, word) => denied === word)) {
    return undefined;
  }
  if (name === 'model') {
    return is === undefined
      ? `no model is named any more, was ${shown(was)}`
      : `model ${shown(is)} instead of ${shown(was)}`;
  }
  return `${textOf(name)} is ${shown(is)}, was ${shown(was)}`;
}

function isWithin(some: string, all: string, admits: typeof covers): boolean {
  const words = (text: string): readonly string[] =>
    text
      .replaceAll(/^\[|\]$/g, '')
      .split(/,(?![^(]*\))/)
      .map((word) => word.trim().replaceAll(/^["']|["']$/g, ''))
      .filter(Boolean);
  if (some.length + all.length > 20_000) {
    return false;
  }
  const [has, had] = [words(some), words(all)];
  const same = new Set(had);
  const others = has.filter((word) => !same.has(word));
  return (
    others.length * had.length <= 10_000 &&
    others.every((word) => had.some((one) => admits(one, word))) &&
    (has.length > 0 || had.length === 0)
  );
}

function scriptWords(paths: readonly string[]): readonly string[] {
  const first = paths.slice(0, 3).map(textOf).join(', ');
  return paths.length === 0
    ? []
    : [`${first}${paths.length > 3 ? ` and ${paths.length - 3} more` : ''} may be run by it`];
}

/** Claude Code runs lines that begin so before anybody is asked. */
function runWords(text: string): readonly string[] {
  const [, command] = /!`([^`]+)`/.exec(text) ?? [];
  return command === undefined ? [] : [`${textOf(command)} is run when it is used`];
}
