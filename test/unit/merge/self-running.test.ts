import { describe, expect, it } from 'vitest';
import { selfRunning, whyItRuns } from '../../../src/merge/values/self-running.ts';

describe('26 what runs by its name', () => {
  it.each([
    ['.envrc', 'direnv'],
    ['deep/below/.envrc', 'direnv'],
    ['mise.toml', 'mise'],
    ['.mise.local.toml', 'mise'],
    ['a/.config/mise/conf.d/x.toml', 'mise'],
    ['.git/hooks/post-checkout', 'git'],
    ['repo/.git/config', 'git'],
    ['repo/.git', 'git'],
    ['.githooks/anything.sh', 'hooks'],
    ['.husky/_/x', 'hooks'],
    ['tools/post-merge', 'hook of this name'],
    ['lefthook.yml', 'with each commit'],
    ['.pre-commit-config.yaml', 'with each commit'],
    ['.gitconfig', 'git'],
    ['home/.ssh/authorized_keys', 'ssh'],
    ['.ssh/rc', 'ssh'],
    ['.vscode/tasks.json', 'editor'],
    ['app/.vscode/settings.json', 'editor'],
    ['team.code-workspace', 'editor'],
    ['.devcontainer/devcontainer.json', 'container'],
    ['.devcontainer/post-create.sh', 'container'],
    ['.devcontainer.json', 'container'],
    ['.idea/watcherTasks.xml', 'editor'],
    ['.mcp.json', 'agent'],
    ['.claude/settings.local.json', 'agent'],
    ['.cursor/mcp.json', 'agent'],
    ['.bashrc', 'shell'],
    ['home/.bashrc.d/99-x.sh', 'shell'],
    ['.config/fish/conf.d/x.fish', 'shell'],
    ['Documents/PowerShell/Microsoft.PowerShell_profile.ps1', 'shell'],
    ['.exrc', 'program'],
    ['sub/.dir-locals.el', 'program'],
    ['sitecustomize.py', 'program'],
    ['.config/autostart/x.desktop', 'system'],
    ['.config/systemd/user/x.service', 'system'],
    ['Library/LaunchAgents/com.x.plist', 'system'],
    ['autorun.inf', 'system'],
  ])('%s', (path, why) => {
    expect(whyItRuns(path)).toContain(why);
  });

  it.each([
    ['another case', '.ENVRC'],
    ['another case of a folder', '.GIT/hooks/post-checkout'],
    ['a Cyrillic letter', '.еnvrc'],
    ['a fullwidth letter', '.ｖｓcode/tasks.json'],
    ['a space of no width', '.g\u200cit/config'],
    ['a mark of direction', '.ssh\u202e/rc'],
    ['a dot at the end, which one system drops', '.envrc.'],
    ['spaces at the end, which one system drops', '.git /hooks/x'],
    ['a stream of a file', '.git::$INDEX_ALLOCATION/config'],
    ['a short name', 'GIT~1/config'],
    ['another separator', '.vscode\\tasks.json'],
    ['a separator of another alphabet', '.vscode⁄tasks.json'],
    ['an l for an i', '.glt/config'],
  ])('27 %s: %s', (_how, path) => {
    expect(whyItRuns(path)).toBeDefined();
  });

  it.each([
    ...['README.md', 'src/main.ts', 'package.json', 'package-lock.json', 'Makefile', 'Dockerfile', '.gitignore'],
    ...[
      '.gitattributes',
      '.gitmodules',
      '.editorconfig',
      '.github/workflows/ci.yml',
      '.gitlab-ci.yml',
      'tsconfig.json',
    ],
    ...['.vscode/extensions.json', '.env', '.env.example', 'docs/pre-commit.md', 'pre-commit.sh', 'notes/ssh.md'],
    ...[
      '.claude/CLAUDE.md',
      'CLAUDE.md',
      'AGENTS.md',
      'startup/plan.md',
      'systemd.md',
      '.envrc.md',
      'my.envrc',
      'mise.md',
    ],
    ...['settings.json', 'tasks.json', 'launch.json', 'config.toml', 'Cargo.toml', 'pyproject.toml', 'run.sh', 'a.py'],
    ...['git/notes.md', '.gitkeep', 'profile.md', 'crontab.md', 'x.desktop', '', '/', '...'],
  ])('%s waits to be asked', (path) => {
    expect(whyItRuns(path)).toBeUndefined();
  });

  it('each row says why, and no path stands in two', () => {
    const all = selfRunning.flatMap(({ paths }) => paths);
    expect(new Set(all).size).toBe(all.length);
    expect(selfRunning.every(({ why }) => /^[a-z].+[^.]$/.test(why))).toBe(true);
    const example = (path: string): string => path.replace(/\*\*$/, 'x').replace('*', 'x');
    expect(selfRunning.filter(({ paths }) => paths.some((path) => whyItRuns(example(path)) === undefined))).toEqual([]);
  });
});
