import { groupBy } from '../../base/group-by.ts';
import { looksOf } from '../../base/look-alike.ts';

/** Files that something runs without being asked, by what they are called: a path, anywhere below a folder, and why. */
interface Row {
  /** Names between `/`; `*` stands for any part of a name, `**` at the end for everything below. */
  readonly paths: readonly string[];
  /** Completes "runs by itself: ". */
  readonly why: string;
}

export const selfRunning: readonly Row[] = [
  { paths: ['.envrc'], why: 'direnv runs it when a shell enters its folder' },
  { paths: ['.autoenv', '.autoenv.zsh'], why: 'autoenv runs it when a shell enters its folder' },
  {
    paths: [
      ...['mise.toml', '.mise.toml', 'mise.*.toml', '.mise.*.toml', '.rtx.toml'],
      ...['.config/mise.toml', '.config/mise/**', 'mise/config.toml', '.mise/**'],
    ],
    why: 'mise takes variables and hooks from it when a shell enters its folder',
  },
  { paths: ['.git', '.git/**', 'git~1', 'git~1/**'], why: 'git runs the hooks and settings of a repository' },
  {
    paths: ['.githooks/**', '.git-hooks/**', 'githooks/**', 'git-hooks/**', '.hooks/**', '.husky/**', '.lefthook/**'],
    why: 'git runs what lies in a folder of hooks',
  },
  {
    paths: [
      ...['applypatch-msg', 'pre-applypatch', 'post-applypatch', 'pre-commit', 'pre-merge-commit'],
      ...['prepare-commit-msg', 'commit-msg', 'post-commit', 'pre-rebase', 'post-checkout', 'post-merge', 'pre-push'],
      ...['pre-receive', 'proc-receive', 'post-receive', 'post-update', 'reference-transaction', 'push-to-checkout'],
      ...['pre-auto-gc', 'post-rewrite', 'sendemail-validate', 'fsmonitor-watchman', 'post-index-change'],
    ],
    why: 'git runs a hook of this name',
  },
  {
    paths: ['lefthook.yml', 'lefthook.yaml', '.lefthook.yml', '.lefthook.yaml', '.pre-commit-config.yaml'],
    why: 'what it names is run with each commit',
  },
  { paths: ['.gitconfig', '.config/git/**'], why: 'git takes aliases, hooks and programs from it' },
  { paths: ['.ssh/**'], why: 'ssh lets in, and runs, what it says' },
  {
    paths: ['.vscode/tasks.json', '.vscode/launch.json', '.vscode/settings.json', '*.code-workspace'],
    why: 'an editor runs the tasks and programs that it names when its folder is opened',
  },
  { paths: ['.devcontainer/**', '.devcontainer.json'], why: 'an editor builds and starts the container of a folder' },
  { paths: ['.idea/startup.xml', '.idea/watchertasks.xml'], why: 'an editor runs what it names by itself' },
  {
    paths: [
      ...['.mcp.json', '.vscode/mcp.json', '.cursor/mcp.json', '.cursor/hooks.json', '.codex/config.toml'],
      ...['.claude/settings.json', '.claude/settings.local.json', '.claude/hooks/**', '.gemini/settings.json'],
      ...['opencode.json', 'opencode.jsonc'],
    ],
    why: 'an agent starts the servers and hooks that it names',
  },
  {
    paths: [
      ...['.bashrc', '.bash_profile', '.bash_login', '.bash_logout', '.bash_aliases', '.profile', '.bashrc.d/**'],
      ...['.bash_completion', '.bash_completion.d/**', '.zshenv', '.zprofile', '.zshrc', '.zlogin', '.zlogout'],
      ...['.config/fish/**', '.xprofile', '.xinitrc', '.xsession', '.xsessionrc', '.pam_environment'],
      ...['profile.ps1', '*_profile.ps1'],
    ],
    why: 'a shell or a session runs it when it starts',
  },
  {
    paths: [
      ...['.exrc', '.vimrc', '.nvimrc', '.nvim.lua', '.emacs', '.dir-locals.el', '.gdbinit', '.lldbinit'],
      ...['.rprofile', '.pryrc', '.irbrc', 'sitecustomize.py', 'usercustomize.py', '.tmux.conf'],
    ],
    why: 'a program runs it when it starts in its folder',
  },
  {
    paths: [
      ...['autostart/*.desktop', 'systemd/user/**', 'environment.d/*.conf', 'cron.d/**', 'crontab'],
      ...['launchagents/*.plist', 'launchdaemons/*.plist', 'startup/*.lnk', 'startup/*.bat', 'startup/*.cmd'],
      'autorun.inf',
    ],
    why: 'the system starts what it names',
  },
];

/** Why a file runs by itself, from how its path looks; undefined for one that waits to be asked. */
export function whyItRuns(path: string): string | undefined {
  const names = looksOf(path)
    .split(/[/\\]/)
    .map((name) => name.replace(/(?:(?<=.):.*|[. ]+)$/u, ''));
  const last = names.at(-1) ?? '';
  const candidates = [
    ...(files.get(last) ?? []),
    ...names.slice(0, -1).flatMap((name) => folders.get(name) ?? []),
    ...inexact,
  ];
  return candidates.find((pattern) => matches(pattern, names))?.why;
}

/** What a name begins and ends with, where anything may stand between; the whole name where `end` is undefined. */
interface Name {
  readonly start: string;
  readonly end: string | undefined;
}

interface Pattern {
  readonly names: readonly Name[];
  readonly isFolder: boolean;
  readonly why: string;
}

const patterns = selfRunning.flatMap(({ paths, why }) => paths.map((path) => compile(path, why)));
const isExact = ({ names }: Pattern): boolean => names.at(-1)?.end === undefined;
const lastName = ({ names }: Pattern): string => names.at(-1)?.start ?? '';
/** By their last name, so that a path is held against few of them: this is asked for each change of a file. */
const files = groupBy(
  patterns.filter((pattern) => isExact(pattern) && !pattern.isFolder),
  lastName,
);
const folders = groupBy(
  patterns.filter(({ isFolder }) => isFolder),
  lastName,
);
const inexact = patterns.filter((pattern) => !isExact(pattern));

function compile(path: string, why: string): Pattern {
  const names = path.split('/');
  const isFolder = names.at(-1) === '**';
  return { names: (isFolder ? names.slice(0, -1) : names).map(nameOf), isFolder, why };
}

function nameOf(name: string): Name {
  const [start = '', end] = name.split('*').map(looksOf);
  return { start, end };
}

/** At the end of the path, or anywhere before its end where everything below is meant. */
function matches({ names, isFolder }: Pattern, path: readonly string[]): boolean {
  const last = path.length - names.length;
  const isAt = (start: number): boolean => names.every((name, index) => isName(name, path[start + index] ?? ''));
  if (!isFolder) {
    return last >= 0 && isAt(last);
  }
  for (let start = 0; start < last; start++) {
    if (isAt(start)) {
      return true;
    }
  }
  return false;
}

function isName({ start, end }: Name, name: string): boolean {
  return end === undefined
    ? name === start
    : name.length >= start.length + end.length && name.startsWith(start) && name.endsWith(end);
}
