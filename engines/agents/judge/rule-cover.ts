/**
 * Which rules of Claude Code admit all that another one admits. Only where its documentation leaves no doubt, and whatever
 * earlier versions made of the same rule: each is taken for the least that it may admit where it covers, and for the most
 * where it is covered. Between those two one covers another, or says the same in the same letters.
 */
export function covers(wider: string, rule: string): boolean {
  if (wider === rule) {
    return true;
  }
  const [all, some] = [reachOf(wider), reachOf(rule)];
  return (
    all !== undefined && some !== undefined && all.tool === some.tool && some.most.every((one) => within(all, one))
  );
}

function within({ least }: Reach, pattern: string): boolean {
  return least.some((one) => matches(one, pattern));
}

/** Rules that may cover this one; what is not named here is not looked for. */
export function widerRules(rule: string): readonly string[] {
  const [, tool = '', content = ''] = callPattern.exec(rule) ?? [];
  const [, server] = serverPattern.exec(rule) ?? [];
  const named = [
    ...(server === undefined ? [] : [`mcp__${server}`, `mcp__${server}__*`]),
    ...(tool === 'Bash' ? commandsAround(content) : []),
    ...(fileTools.has(tool) ? foldersAbove(content).map((folder) => `${tool}(${folder}**)`) : []),
  ];
  return named.filter((one) => one !== rule && covers(one, rule));
}

const mostSteps = 24;

/** Each beginning with a star behind it, and with a star between it and an end. */
function commandsAround(content: string): readonly string[] {
  const words = content.replace(/:\*$/, '').split(' ').slice(0, mostSteps);
  return words.flatMap((_word, index) => {
    const beginning = words.slice(0, index + 1).join(' ');
    const ends = words.slice(index + 2).map((_end, rank) => words.slice(index + 2 + rank).join(' '));
    return [
      ...[`Bash(${beginning}:*)`, `Bash(${beginning} *)`, `Bash(${beginning}*)`],
      ...ends.map((end) => `Bash(${beginning} * ${end})`),
    ];
  });
}

function foldersAbove(path: string): readonly string[] {
  const steps = path.split('/').slice(0, mostSteps);
  return steps.map((_step, index) => steps.slice(0, index).join('/') + (index === 0 ? '' : '/'));
}

/** What a rule admits, as patterns in which `*` stands for anything: at least these, and at most those. */
interface Reach {
  readonly tool: string;
  readonly least: readonly string[];
  readonly most: readonly string[];
}

const callPattern = /^([A-Za-z]{1,20})\(([^()]{1,1000})\)$/;
const serverPattern = /^mcp__([A-Za-z0-9-]+(?:_[A-Za-z0-9-]+)*)(?:__(\*|[A-Za-z0-9-]+(?:_[A-Za-z0-9-]+)*))?$/;
const fileTools = new Set(['Read', 'Edit']);

/**
 * Undefined where it is not certain. So it is of a whole tool: some modes drop the rule `Bash` and keep `Bash(rm x)`, and
 * rules about paths and domains hold for more than the tool that they name (`Read(x)` for searches, `WebFetch(domain:x)`
 * for the network of commands).
 */
function reachOf(rule: string): Reach | undefined {
  const [, server, name] = serverPattern.exec(rule) ?? [];
  if (server !== undefined) {
    return serverReach(server, name);
  }
  const [, tool = '', content = ''] = callPattern.exec(rule) ?? [];
  if (tool === 'Bash') {
    return commandReach(content);
  }
  return fileTools.has(tool) ? pathReach(tool, content) : undefined;
}

/** Without a name it is all tools of the server and whatever else there is of it; a star is all of its tools. */
function serverReach(server: string, name: string | undefined): Reach {
  const said = [name === undefined ? '*' : `__${name}`];
  return { tool: `mcp__${server}`, least: said, most: said };
}

/**
 * Programs that run no others by themselves. Rules that let a program run anything are dropped in some modes, where the
 * narrower one that they cover would still hold.
 */
const runsNoOther = new Set(
  'git gh ls cat head tail wc grep rg sort uniq diff jq tree pwd echo date stat file du df mkdir touch cp mv which'.split(
    ' ',
  ),
);

/** A command in plain words: no shell could read more into it, and no path leads out of the folder that it runs in. */
const plainCommand =
  /^[A-Za-z0-9_-]+(?: (?:\*|[A-Za-z0-9_@=+,.:][A-Za-z0-9_@=+,./:*-]*|--?[A-Za-z0-9][A-Za-z0-9_@=+,./:*-]*))*\*?$/;

function commandReach(content: string): Reach | undefined {
  const [, beginning] = /^(.*):\*$/.exec(content) ?? [];
  const command = beginning ?? content;
  const [program = '', first = ''] = command.replace(/\*$/, '').split(' ');
  const isPlain =
    plainCommand.test(command) &&
    runsNoOther.has(program) &&
    !/\.\.|\*\*|:\*|[^A-Za-z0-9_.-]\//.test(command) &&
    !first.startsWith('-') &&
    !(beginning !== undefined && beginning.includes('*'));
  if (!isPlain) {
    return undefined;
  }
  if (beginning !== undefined) {
    return { tool: 'Bash', least: [beginning, `${beginning} *`], most: [`${beginning}*`] };
  }
  // Some versions took `git *` for the bare `git` too.
  const bare = command.endsWith(' *') ? [command.slice(0, -2)] : [];
  return { tool: 'Bash', least: [command], most: [command, ...bare] };
}

/** Folders and files in plain letters below one beginning; a name with a dot before it may be one that is guarded. */
const plainPath = /^(\/\/|\/|~\/|\.\/)?((?:[A-Za-z0-9_*][A-Za-z0-9_*.-]*\/)*[A-Za-z0-9_*][A-Za-z0-9_*.-]*)$/;

function pathReach(tool: string, content: string): Reach | undefined {
  const [, beginning = '', path] = plainPath.exec(content) ?? [];
  if (path === undefined || content.includes('..')) {
    return undefined;
  }
  const [, folder] = /^((?:[^*/]+\/)*)\*\*$/.exec(path) ?? [];
  return { tool: `${tool} ${beginning}`, least: folder === undefined ? [] : [`${folder}*`], most: [path] };
}

/** True where a pattern admits another: a star of the other is a letter that only a star admits. */
function matches(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) {
    return pattern === text;
  }
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) {
    return false;
  }
  let from = first.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at === -1) {
      return false;
    }
    from = at + part.length;
  }
  return from <= text.length - last.length;
}
