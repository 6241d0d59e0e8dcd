import { describe, expect, it } from 'vitest';
import { lackingInUnit } from '../../../engines/shell/lacking.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { utf8 } from '../../../src/base/bytes.ts';
import type { PlaceCodec } from '../../../src/contract/place.ts';
import { textWith } from '../../../src/sources/places/text-with.ts';
import { codecs, unitsIn } from './place-files.ts';
import { processorMs } from '../../helpers/processor-ms.ts';

const codecOf = (shell: string): PlaceCodec => codecs[shell] as PlaceCodec;
const idsIn = (shell: string, text: string): readonly string[] => [...unitsIn(codecOf(shell), text).keys()];

describe('kinds of units', () => {
  it.each([
    ['bash', 'set -o vi', 'option/vi'],
    ['bash', 'umask 077', 'option/umask'],
    ['bash', `bind '"\\e[A": history-search-backward'`, 'bind/%5Ce[A'],
    ['bash', "bind 'set completion-ignore-case on'", 'bind/set completion-ignore-case'],
    ['bash', 'complete -F _x git', 'completion/git'],
    ['bash', "trap 'x' EXIT INT", 'trap/EXIT INT'],
    ['bash', '. ~/.aliases', 'source/~%2F.aliases'],
    ['bash', '[ -f ~/.aliases ] && . ~/.aliases', 'source/~%2F.aliases'],
    ['bash', '[[ -r "$HOME/.x" ]] && source "$HOME/.x"', 'source/$HOME%2F.x'],
    ['bash', "PS1='> '", 'prompt/PS1'],
    ['zsh', 'setopt AUTO_CD', 'option/autocd'],
    ['zsh', 'setopt no_beep', 'option/beep'],
    ['zsh', 'unsetopt beep', 'option/beep'],
    ['zsh', 'setopt nomatch', 'option/nomatch'],
    ['zsh', 'setopt autocd nobeep', 'option/autocd beep'],
    ['zsh', 'bindkey -e', 'bind/-e'],
    ['zsh', "bindkey '^R' history-incremental-search-backward", 'bind/^R'],
    ['zsh', "bindkey -M vicmd '^R' redo", 'bind/-M vicmd ^R'],
    ['zsh', "zstyle ':completion:*' menu select", 'option/zstyle :completion:* menu'],
    ['zsh', 'compdef g=git', 'completion/g=git'],
    ['zsh', "alias -g G='| grep'", 'alias/-g G'],
    ['zsh', "RPROMPT='%*'", 'prompt/RPROMPT'],
    ['readline', 'set editing-mode vi', 'option/editing-mode'],
    ['readline', '"\\e[A": history-search-backward', 'bind/"%5Ce[A"'],
  ])('5 of %s: %s', (shell, line, id) => {
    expect(idsIn(shell, `${line}\n`)).toEqual([`${shell}/${id}`]);
    const codec = codecOf(shell);
    expect(codec.unitOf(`${shell}/${id}`, codec.fieldsOf(`${shell}/${id}`, line))).toBe(line);
    expect(textWith(codec, '', `${shell}/${id}`, utf8(line))).toBe(`${line}\n`);
  });

  it.each([
    ['bash', '[ -r ~/.config/sourcesync/shell/bash ] && . ~/.config/sourcesync/shell/bash'],
    ['bash', '. "$HOME/.cargo/env"'],
    ['bash', 'export NVM_DIR="$HOME/.nvm"'],
    ['bash', '# Added by LM Studio CLI (lms)\nexport PATH="$PATH:/opt/lmstudio/bin"'],
    ['bash', '# added by Antigravity\nexport X=1\n# End of Antigravity section'],
    [
      'zsh',
      "# The following lines were added by compinstall\nzstyle ':completion:*' menu select\n# End of lines added by compinstall",
    ],
    ['bash', 'export GITHUB_TOKEN=ghp_0123456789abcdefghijklmnop'],
    ['bash', "export API_KEY='not to be told'"],
    ['bash', "alias db='mysql --password=hunter22'"],
    ['bash', 'export HTTPS_PROXY=http://ann:hunter2@proxy.example.org'],
    ['bash', 'alias api=\'curl -H "Authorization: Bearer abcdef0123456789" x\''],
    ['git', '[http]\n\textraheader = Authorization: Basic YW5uOmh1bnRlcjI='],
    ['git', '[github]\n\ttoken = 0123456789abcdef'],
    ['git', '[core]\n\texcludesfile = /home/ann/.gitignore'],
    ['git', '[core]\n\t; in /home/ann\n\tpager = less'],
    ['fish', 'set -gx AWS_SECRET_ACCESS_KEY abcdefgh'],
    ['fish', 'set -gx OPENAI_KEY abcdefgh'],
    ['bash', 'export OPENAI_KEY=abcdefgh'],
    ['bash', 'export MYSQL_PWD=abcdefgh'],
    ['bash', 'export STRIPE=rk_live_0123456789abcdef'],
    ['bash', 'export BOT=123456789:AAabcdefghijklmnopqrstuvwxyz01'],
    ['bash', 'export HOOK=https://hooks.slack.com/services/T0/B0/abcdef'],
    ['bash', "alias c='curl -u admin:hunter22 https://example.org'"],
    ['bash', 'gl() {\n  curl -H "PRIVATE-TOKEN: hunter22" https://example.org\n}'],
    ['bash', "alias s='sshpass -p hunter22 ssh ann@example.org'"],
    ['bash', "alias db='mysql -u root -phunter22 shop'"],
    ['bash', "alias r='redis-cli -a hunter22'"],
    ['git', '[url "https://ann:hunter22@example.org/"]\n\tinsteadOf = gh:'],
    ['git', '[url "/home/ann/mirror/"]\n\tinsteadOf = gh:'],
  ])('6 stays here and is counted, of %s: %s', (shell, text) => {
    const parsed = codecOf(shell).parse(`${text}\n`);
    expect(parsed).toMatchObject({ ok: true, value: { units: [], leftAlone: 1 } });
  });

  it.each([
    'export GPG_TTY=$(tty)',
    'export GITHUB_TOKEN=$(pass show github)',
    'export GITHUB_TOKEN="$OTHER"',
    "alias tokens='ls -l'",
    'export SSH_KEY_PATH=~/.ssh/id',
    'export DEPLOY_KEY=$HOME/.ssh/deploy',
    "alias d='docker run -u 1000:1000 x'",
    "alias db='mysql -u root -p shop'",
    "alias m='mkdir -p one/two'",
    "alias c='curl -fsSL https://example.org'",
    'alias c=\'curl -H "Accept: text/html" https://example.org\'',
    'export KEYTIMEOUT=1',
    'export REPO=https://ann@example.org/x',
    '# for the password manager\nexport X=1',
    'export TOKENIZERS_PARALLELISM=false',
    'export PASSWORD_STORE_DIR=$HOME/.pass',
    'alias d=\'docker ps --format "{{.Names}}"\'',
  ])('6 names no secret: %s', (line) => {
    expect(idsIn('bash', line)).toHaveLength(1);
  });

  it.each([
    '{{ if eq .chezmoi.os "linux" }}',
    '{{- if .work }}',
    'export X={{ .chezmoi.hostname }}',
    '{% if yadm.os == "Linux" %}',
  ])('7 takes nothing of a template: %s', (line) => {
    expect(codecOf('bash').parse(`alias a='ls'\n${line}\n`)).toMatchObject({
      ok: false,
      error: expect.stringContaining('template'),
    });
    expect(codecOf('git').parse(`[user]\n${line}\n`).ok).toBe(false);
  });

  it.each(['status = "auto', 'status = \\q', 'name Ann', 'ui # on', '[color'])(
    '6 takes nothing of settings that git would not read: %s',
    (line) => {
      const text = `[color]\n\tui = auto\n\t${line}\n\tdiff = auto\n`;
      expect(codecOf('git').parse(text).ok).toBe(false);
    },
  );

  it('5 leaves what stands in a condition of readline', () => {
    expect(idsIn('readline', 'set a on\n$if Bash\nset b on\n$else\nset c on\n$endif\n"x": y\n')).toEqual([
      'readline/option/a',
      'readline/bind/"x"',
    ]);
    expect(codecOf('readline').parse('$if Bash\nset a on\n')).toMatchObject({ ok: false });
  });
});

describe('a record that says it is a unit', () => {
  it.each([
    [{ shell: 'bash', kind: 'alias', name: 'll', body: "alias ll='ls'" }, undefined],
    [{ kind: 'alias', name: 'll', body: 'ls -l' }, undefined],
    [{ shell: 'bash', kind: 'file', path: 'x', body: '' }, undefined],
    [{ shell: 'bash', kind: 'virus', name: 'll', body: 'x' }, /kinds: abbr, alias/],
    [{ shell: 'fish', kind: 'alias', name: '', body: 'x' }, /a name and a body/],
    [{ shell: 'zsh', kind: 'alias', name: 'x', body: { a: 1 } }, /a name and a body/],
    [{ shell: 'zsh', kind: 'alias', name: 'x', body: 'a\0b' }, /a name and a body/],
  ])('13 lacks nothing, or it is said what: %j', (fields, words) => {
    const lacking = lackingInUnit(fields as JsonObject);
    expect(lacking ?? '').toMatch(words ?? /^$/);
  });
});

describe('a file that only zsh understands', () => {
  const zsh = codecOf('zsh');
  const tail = "for x (a b c) { print $x }\nalias la='ls -A'\nsetopt AUTO_CD\n";
  const text = `# one\nalias ll='ls -l'\nf() {\n  ls\n}\nexport EDITOR=vim\n${tail}`;
  const parsed = zsh.parse(text);

  it('7 has the simple lines before what cannot be read as its units', () => {
    expect(idsIn('zsh', text)).toEqual(['zsh/alias/ll', 'zsh/env/EDITOR']);
    expect(parsed).toMatchObject({ ok: true, value: { leftAlone: 2 } });
  });

  it.each([
    ['zsh/alias/la', true],
    ['zsh/option/autocd', true],
    ['zsh/alias/ll', true],
    ['zsh/alias/gs', false],
  ] as const)('7 may hold %s behind that: %s', (id, may) => {
    const whole = zsh.parse(id === 'zsh/alias/ll' ? `x=(\n${text}` : text);
    const part = whole.ok ? whole.value.mayHold?.(id) : true;
    expect(part ?? true).toBe(may);
  });

  it('9 a unit before it is changed in its place, and nothing behind', () => {
    expect(textWith(zsh, text, 'zsh/alias/ll', utf8("alias ll='ls -lh'"))).toBe(text.replace('ls -l', 'ls -lh'));
    expect(textWith(zsh, text, 'zsh/alias/ll', utf8("alias ll='ls -lh"))).toBeUndefined();
  });

  it('7 of bash nothing is taken of such a file', () => {
    expect(codecOf('bash').parse(text)).toMatchObject({ ok: false });
  });
});

describe('a large file', () => {
  const lines = Array.from(
    { length: 800 },
    (_, i) => `# ${i}\nalias a${i}='ls -l ${i}'\nexport V${i}="v ${i}"\nf${i}() { echo "$1" | grep ${i}; }\n`,
  );

  it('9 is taken apart once when a unit of it is written', () => {
    const bash = codecOf('bash');
    const text = lines.join('\n');
    expect(unitsIn(bash, text).size).toBe(2400);
    const start = processorMs();
    expect(textWith(bash, text, 'bash/alias/a400', utf8("# 400\nalias a400='pwd'"))).toBeDefined();
    // Two of them would be what it was before; the bound leaves room for a busy machine.
    expect(processorMs() - start).toBeLessThan(1500);
  });
});

describe('a hostile file', () => {
  const shells = ['bash', 'zsh', 'fish', 'readline', 'git'];
  const pieces = [
    'TOKEN',
    '-',
    'eyJ-',
    " # '",
    '"',
    ' ',
    '# >>> x >>>\n',
    'x=',
    '{{',
    '[a]\n',
    'alias a=b;',
    '\\\n',
    '((((',
    'a\n',
    '__proto__ = x\n',
  ];

  it.each(pieces)('7 is read, or not, in a moment: many of %j', (piece) => {
    for (const shell of shells) {
      const start = processorMs();
      codecOf(shell).parse(`[s]\n${piece.repeat(100_000 / piece.length)}`);
      codecOf(shell).parse(`alias x='${piece.repeat(100_000 / piece.length)}'\n`);
      expect(processorMs() - start, shell).toBeLessThan(4000);
    }
  });
});
