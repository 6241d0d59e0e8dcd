import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import { textWith } from '../../../src/sources/places/text-with.ts';
import { runs } from '../../helpers/suite.ts';
import { codecs, fixture, unitsIn } from './place-files.ts';

const { bash, git } = codecs as { bash: (typeof codecs)[string]; git: (typeof codecs)[string] };
const places = [
  { name: 'bash', codec: bash, file: 'bashrc' },
  { name: 'bash', codec: bash, file: 'bash-aliases' },
  { name: 'git', codec: git, file: 'gitconfig' },
] as const;

describe('units of a start file of bash', () => {
  const units = unitsIn(bash, fixture('bashrc'));

  it('5 are what stands alone on its lines, with the comment above it', () => {
    expect([...units.keys()]).toEqual([
      'bash/env/HISTCONTROL',
      'bash/env/HISTSIZE',
      'bash/option/histappend',
      'bash/path/$HOME%2Fbin',
      'bash/path/%2Fopt%2Ftools%2Fbin',
      'bash/env/LANG',
      'bash/alias/ll',
      'bash/alias/%2E%2E',
      'bash/alias/gs',
      'bash/alias/week',
      'bash/alias/ll[2]',
      'bash/alias/tabbed',
      'bash/alias/öl',
      'bash/function/mkcd',
      'bash/function/up',
      'bash/prompt/PS1',
      'bash/env/LAST',
    ]);
    expect(units.get('bash/path/$HOME%2Fbin')).toBe('# where my own programs are\nexport PATH="$HOME/bin:$PATH"');
    expect(units.get('bash/function/up')).toContain("alias not='a unit'");
  });

  it('6 leaves what installers wrote, and what names the home folder of this machine', () => {
    expect(units.has('bash/env/CONDA_EXE')).toBe(false);
    expect([...unitsIn(bash, "alias here='cd /home/ann/src'\nalias there='cd /srv'\n").keys()]).toEqual([
      'bash/alias/there',
    ]);
  });

  it.each(["alias x='unclosed\nalias y=z\n", 'if true; then\n', 'function f {\n', 'foo() ( \n'])(
    '7 takes nothing of a file that it cannot read: %j',
    (text) => {
      expect(bash.parse(text)).toMatchObject({ ok: false });
    },
  );
});

describe('settings of git', () => {
  const units = unitsIn(git, fixture('gitconfig'));

  it('8 are named by section, subsection and key, the second of a key by its number', () => {
    expect([...units.keys()]).toEqual([
      'git/user.name',
      'git/user.email',
      'git/core.editor',
      'git/core.autocrlf',
      'git/core.excludesfile',
      'git/alias.st',
      'git/alias.lg',
      'git/alias.boom',
      'git/color.Branch.current',
      'git/color.Branch.current[2]',
      'git/url.git@github.com:.insteadof',
      'git/remote.a.b"c.fetch',
      'git/push.default',
    ]);
    expect(units.get('git/alias.lg')).toBe('\tlg = log --graph \\\n\t\t--oneline');
  });

  it('8 a new one stands in its section, or begins it', () => {
    const [withKey, withSection] = ['git/push.followtags', 'git/filter.lfs.clean'].map((id) =>
      textWith(
        git,
        fixture('gitconfig'),
        id,
        utf8(id === 'git/push.followtags' ? '\tfollowTags = true' : '\tclean = git-lfs'),
      ),
    );
    expect(withKey).toMatch(/\[push\]\n\tdefault = simple\n\tfollowTags = true\n$/);
    expect(withSection).toMatch(/\[filter "lfs"\]\n\tclean = git-lfs\n$/);
  });
});

describe.each(places)('the laws of a place, on $file', ({ name, codec, file }) => {
  const text = fixture(file);
  const ids = [...unitsIn(codec, text).keys()];

  it('9 writing a unit as it is gives the same bytes', () => {
    for (const [id, unit] of unitsIn(codec, text)) {
      expect(textWith(codec, text, id, utf8(unit))).toBe(text);
    }
  });

  it('9 a changed, new or removed unit leaves every other byte', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ids), fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/), (id, word) => {
        const before = unitsIn(codec, text).get(id) ?? '';
        const gone = textWith(codec, text, id, undefined);
        if (gone !== undefined) {
          expect(gone).toBe(text.replace(text.endsWith(before) ? before : `${before}\n`, () => ''));
        }
        const fresh = name === 'bash' ? `bash/alias/${word}` : `git/fresh.${word}`;
        const line = name === 'bash' ? `alias ${word}='ls'` : `\t${word} = 1`;
        const longer = textWith(codec, text, fresh, utf8(line));
        if (longer !== undefined && !ids.includes(fresh)) {
          const shorter = textWith(codec, longer, fresh, undefined) ?? '';
          expect(longer).toContain(line);
          expect(shorter.startsWith(text)).toBe(true);
        }
      }),
      { numRuns: runs(60, 400) },
    );
  });

  it('9 what would not be read again as it is meant is not written', () => {
    for (const id of ids) {
      expect(
        textWith(codec, text, id, utf8(`${unitsIn(codec, text).get(id)}\nrm -rf x; alias sneaked='in`)),
      ).toBeUndefined();
    }
    expect(textWith(codec, text, `${name}/alias/x`, utf8("alias y='other'"))).toBeUndefined();
  });

  it('10 a record is its unit again', () => {
    for (const [id, unit] of unitsIn(codec, text)) {
      expect(codec.unitOf(id, codec.fieldsOf(id, unit))).toBe(unit);
      expect(codec.unitOf(`else/${id}`, codec.fieldsOf(id, unit))).toBeUndefined();
    }
  });
});
