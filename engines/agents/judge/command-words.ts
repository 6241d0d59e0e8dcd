import { type JsonObject, type JsonValue, isJsonObject } from '../../../src/base/json.ts';
import { textOf } from '../../../src/merge/values/engine-words.ts';

/** The words of the command that a server is, however its application writes them. */
export function commandOf(server: JsonObject): readonly string[] {
  const { command, args } = server;
  const inner = isJsonObject(command) ? [command['path'], ...listOf(command['args'])] : listOf(command);
  return [...inner, ...listOf(args)].map((word) => (typeof word === 'string' ? word : textOf(word)));
}

function listOf(value: JsonValue | undefined): readonly (JsonValue | undefined)[] {
  return value === undefined ? [] : Array.isArray(value) ? (value as readonly JsonValue[]) : [value as JsonValue];
}

/** What of a command a person should know before it runs. */
export function commandWarnings(words: readonly string[]): readonly string[] {
  const plain = unwrapped(words);
  const program = programOf(plain[0]);
  return [
    ...(shells.has(program) && plain.length > 1 ? ['a shell reads what it runs'] : []),
    ...fetched(program, plain.slice(1)),
    ...(program === 'docker' || program === 'podman' ? containerWarnings(plain.slice(1)) : []),
    ...plain
      .slice(1)
      .filter((word) => wholeDisk.test(word))
      .map((word) => `it is given ${word}, all of it`),
  ];
}

const shells = new Set(['sh', 'bash', 'zsh', 'fish', 'dash', 'cmd', 'powershell', 'pwsh', 'osascript', 'eval']);
const wholeDisk = /^(\/|~\/?|[A-Za-z]:[\\/]?|\$HOME\/?|\$\{HOME\}\/?|%USERPROFILE%)$/;

/** Without what only starts another command: `env A=b`, `cmd /c`, `sh -c "npx x"`. */
function unwrapped(words: readonly string[]): readonly string[] {
  let rest = words.length === 1 ? (words[0] ?? '').trim().split(/\s+/) : words;
  for (let turn = 0; turn < 8; turn++) {
    const program = programOf(rest[0]);
    const inner = rest.findIndex((word, index) => index > 0 && !word.startsWith('-') && !word.includes('='));
    if (['env', 'sudo', 'nice', 'nohup', 'exec', 'time', 'xvfb-run'].includes(program) && inner > 0) {
      rest = rest.slice(inner);
    } else if (program === 'cmd' && /^\/[ck]$/i.test(rest[1] ?? '')) {
      rest = rest.slice(2);
    } else {
      break;
    }
  }
  return rest;
}

function programOf(word = ''): string {
  return (word.split(/[\\/]/).at(-1) ?? '').replace(/\.(cmd|exe|bat|ps1)$/i, '').toLowerCase();
}

/** How a program is told to fetch a package and run it: the words before the package. */
const runners: Readonly<Record<string, readonly (readonly string[])[]>> = {
  npx: [[]],
  pnpx: [[]],
  bunx: [[]],
  uvx: [[]],
  npm: [['exec'], ['x']],
  pnpm: [['dlx']],
  yarn: [['dlx']],
  bun: [['x']],
  pipx: [['run']],
  uv: [['tool', 'run'], ['run']],
  deno: [['run']],
  go: [['run']],
  dotnet: [['dnx']],
  dnx: [[]],
};

const packageOption = /^(-p|--package|--from|--with|--spec)$/;

function fetched(program: string, words: readonly string[]): readonly string[] {
  if (shells.has(program)) {
    const line = words.find((word) => /\s/.test(word)) ?? '';
    const inner = line.split(/&&|\|\||[;|&\n]/).map((part) => part.trim().split(/\s+/));
    return inner.flatMap((part) => fetched(programOf(part[0]), part.slice(1)));
  }
  const lead = (Object.hasOwn(runners, program) ? (runners[program] ?? []) : []).find((verbs) =>
    verbs.every((verb, index) => words.filter((word) => !word.startsWith('-'))[index] === verb),
  );
  return lead === undefined
    ? []
    : packagesIn(words, lead.length)
        .filter((name) => !isPinned(name))
        .map((name) => `${textOf(name)} is whatever version is newest`);
}

function packagesIn(words: readonly string[], verbs: number): readonly string[] {
  const options = words.flatMap((word, index) => {
    const [, joined] = /^(?:--package|--from|--with|--spec|-p)=(.*)$/.exec(word) ?? [];
    return joined !== undefined ? [joined] : packageOption.test(word) ? [words[index + 1] ?? ''] : [];
  });
  if (options.length > 0) {
    return options;
  }
  const plain = words.filter((word, index) => !word.startsWith('-') && !takesValue(words[index - 1]));
  return plain.slice(verbs, verbs + 1);
}

function takesValue(word = ''): boolean {
  return /^(--registry|--python|--index-url|--index|--cache|-c|--call)$/.test(word);
}

/** One version and no other can be meant. */
function isPinned(name: string): boolean {
  return (
    /.@v?\d+\.\d+\.\d+([-+.][\w.+-]*)?$/.test(name) ||
    /^[\w.[\],-]+==\d[\w.+!-]*$/.test(name) ||
    /[#@][0-9a-f]{40}$/.test(name) ||
    /^\.{0,2}\//.test(name)
  );
}

function containerWarnings(words: readonly string[]): readonly string[] {
  const mounts = words.flatMap((word, index) => {
    const [, joined] = /^(?:-v|--volume=|--mount=)(.+)$/.exec(word) ?? [];
    return joined !== undefined ? [joined] : /^(-v|--volume|--mount)$/.test(word) ? [words[index + 1] ?? ''] : [];
  });
  const wide = words.filter((word) =>
    /^--(privileged|cap-add|device|pid|ipc|userns|security-opt|network|net|group-add)(=|$)/.test(word),
  );
  const image = words[0] === 'run' ? imageIn(words.slice(1)) : undefined;
  return [
    ...mounts.map((mount) => `the container gets ${textOf(mount)} of this machine`),
    ...wide.map((word) => `the container is run with ${textOf(word)}`),
    ...(image === undefined || /@sha256:[0-9a-f]{64}$/.test(image) || /:(?!latest$)[\w.-]*\d[\w.-]*$/.test(image)
      ? []
      : [`${textOf(image)} is whatever version is newest`]),
  ];
}

const alone =
  /^(--rm|-i|-t|-it|-ti|-d|--init|--interactive|--tty|--detach|--privileged|--read-only|-P|--publish-all|--no-healthcheck|-[itd]{1,3}|--\w[\w-]*=.*|-[veulpwh][^\s].*)$/;

function imageIn(words: readonly string[]): string | undefined {
  let index = 0;
  while (index < words.length && words[index]?.startsWith('-')) {
    index += alone.test(words[index] ?? '') ? 1 : 2;
  }
  return words[index];
}
