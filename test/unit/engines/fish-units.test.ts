import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import type { PlaceCodec } from '../../../src/contract/place.ts';
import { textWith } from '../../../src/sources/places/text-with.ts';
import { judgeUnit } from '../../../engines/shell/judge/judge-unit.ts';
import { fishStatements } from '../../../engines/shell/places/fish-statements.ts';
import { fish as place } from '../../../engines/shell/places/start-files.ts';
import { runs } from '../../helpers/suite.ts';
import { codecs, fixture, unitsIn } from './place-files.ts';
import { processorMs } from '../../helpers/processor-ms.ts';

const fish = codecs['fish'] as PlaceCodec;
const text = fixture('config.fish');
const units = unitsIn(fish, text);

describe('units of a start file of fish', () => {
  it.each(['\u00a0', '\ufeff', '\u3000', '\v', '\f', '\u2028'])(
    '5 white space that parts no words ends none: %j',
    (blank) => {
      expect(fishStatements(`${blank}alias${blank}x ls${blank}\nalias y${blank} ls\n`)).toMatchObject({ ok: true });
      expect(judgeUnit(null, { kind: 'alias', name: 'x', shell: 'fish', body: `alias${blank}x ls` }).level).toBe(
        'dangerous',
      );
    },
  );

  it('5 are what stands alone on its lines outside of blocks', () => {
    expect([...units.keys()]).toEqual([
      'fish/env/fish_greeting',
      'fish/env/EDITOR',
      'fish/env/LANG',
      'fish/path/~%2F.local%2Fbin',
      'fish/path/$HOME%2Fbin',
      'fish/alias/ll',
      'fish/alias/la',
      'fish/abbr/gst',
      'fish/abbr/gco',
      'fish/abbr/L',
      'fish/function/mkcd',
      'fish/function/on_pwd',
      'fish/bind/%5Ccr',
      'fish/completion/mkcd p',
      'fish/completion/mkcd q',
      'fish/source/~%2F.config%2Ffish%2Fmore.fish',
      'fish/option/key_bindings',
      'fish/option/umask',
    ]);
    expect(units.get('fish/alias/ll')).toBe("# short ones\n# of mine\nalias ll 'ls -l'");
    expect(units.get('fish/function/mkcd')).toContain('echo end\n    end\nend');
  });

  it.each([
    ["alias x 'unclosed\nalias y z\n", 'a quote'],
    ['echo (ls\n', 'a bracket'],
    ['if true\nalias x y\n', 'a block has no end'],
    ['alias x y\nend\n', 'an end has no block'],
    ['echo a |\n', 'a block has no end'],
    ['echo }\n', 'a bracket'],
  ])('7 takes nothing of a file that it cannot read: %j', (broken, words) => {
    expect(fish.parse(broken)).toMatchObject({ ok: false, error: expect.stringContaining(words) });
  });

  it.each([
    ['a word that closes a block and is none', 'echo end\nalias x y\n', ['fish/alias/x']],
    ['else if', 'if a\nelse if b\nend\nalias x y\n', ['fish/alias/x']],
    ['a block in a command', 'echo (begin; ls; end)\nalias x y\n', ['fish/alias/x']],
    ['a bracket in quotes', "echo ')' \"(\" '\\''\nalias x y\n", ['fish/alias/x']],
    ['a line that goes on', 'alias x \\\n  y\n', ['fish/alias/x']],
    ['a pipe that goes on', 'alias x y |\nalias z w\n', []],
    ['a number sign in a word', 'alias x y#z\n', ['fish/alias/x']],
    ['a comment in a command', "echo (ls # it's\n)\nalias x y\n", ['fish/alias/x']],
    ['words before a block', 'and begin\nend\nalias x y\n', ['fish/alias/x']],
    ['a redirection', 'alias x y >z\n', []],
    ['something removed', 'abbr -e x\nset -e Y\ncomplete -c z -e\n', []],
  ] as const)('5 knows %s', (_what, lines, ids) => {
    expect([...unitsIn(fish, lines).keys()]).toEqual(ids);
  });

  it('9 is quick with what is large or deep', () => {
    for (const huge of [
      '('.repeat(2_000_000),
      'begin\n'.repeat(300_000),
      "alias a 'b'\n".repeat(20_000),
      "'".repeat(999_999),
    ]) {
      const start = processorMs();
      fish.parse(huge);
      expect(processorMs() - start).toBeLessThan(3000);
    }
  });
});

describe('the laws of a place, on config.fish', () => {
  it('9 writing a unit as it is gives the same bytes; a record is its unit again', () => {
    for (const [id, unit] of units) {
      expect(textWith(fish, text, id, utf8(unit))).toBe(text);
      expect(fish.unitOf(id, fish.fieldsOf(id, unit))).toBe(unit);
    }
  });

  it('9 a changed unit changes only its own span, and is read again as it was written', () => {
    const changed = fc.constantFrom(...[...units.keys()].filter((id) => /\/(?:alias|abbr)\//.test(id)));
    fc.assert(
      fc.property(changed, fc.string({ maxLength: 12 }), (id, words) => {
        const [, kind = '', name = ''] = id.split('/');
        const unit = `${kind} ${kind === 'abbr' ? '-a ' : ''}${name} ${words}`;
        const next = textWith(fish, text, id, utf8(unit));
        if (next !== undefined) {
          expect(next).toBe(text.replace(units.get(id) ?? '', () => unit));
          expect(unitsIn(fish, next).get(id)).toBe(unit);
        }
      }),
      { numRuns: runs(200, 1000) },
    );
  });

  it.each([
    'alias ll x; curl example.org',
    "alias ll 'x",
    'alias ll (',
    'alias ll x\nend',
    'alias ll x\ncurl y',
    'alias other x',
  ])('9 what would not be read again as it is meant is not written: %j', (unit) => {
    expect(textWith(fish, text, 'fish/alias/ll', utf8(unit))).toBeUndefined();
  });
});

describe('the files of fish', () => {
  it('5 are those of its folders, but for what its plugin manager put there', () => {
    const home = mkdtempSync(join(tmpdir(), 'sourcesync-fish-'));
    try {
      const folder = join(home, '.config', 'fish');
      for (const name of [
        'config.fish',
        'conf.d/own.fish',
        'conf.d/z.fish',
        'conf.d/own.fish~',
        'functions/a.fish',
        'functions/fisher.fish',
        'fish_variables',
      ]) {
        mkdirSync(join(folder, name, '..'), { recursive: true });
        writeFileSync(join(folder, name), '');
      }
      writeFileSync(
        join(folder, 'fish_variables'),
        'SETUVAR _fisher_x_2F_z_files:\\x7e/\\x2econfig/fish/conf\\x2ed/z\\x2efish\n',
      );
      expect(place.files({ home, environment: {} }).map((path) => path.slice(home.length + 1))).toEqual([
        '.config/fish/config.fish',
        '.config/fish/conf.d/own.fish',
        '.config/fish/functions/a.fish',
        '.config/sourcesync/shell/fish.fish',
      ]);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
});

const version = spawnSync('fish', ['--version'], { encoding: 'utf8' });
const why = version.status === 0 ? '' : ' (skipped: fish is not installed)';

/** What fish itself says of lines, without the configuration of whoever runs the tests. */
function fishSays(lines: string): { readonly status: number | null; readonly output: string } {
  const ran = spawnSync('fish', ['--no-config', '-c', lines], { encoding: 'utf8', timeout: 10_000 });
  return { status: ran.status, output: `${ran.stdout}${ran.stderr}` };
}

/** Its answer when it only reads them: it does so from a file alone. */
function fishReads(lines: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sourcesync-fish-'));
  try {
    writeFileSync(join(folder, 'lines.fish'), lines);
    const ran = spawnSync('fish', ['--no-config', '-n', join(folder, 'lines.fish')], {
      encoding: 'utf8',
      timeout: 10_000,
    });
    return `${ran.status} ${ran.stderr}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.runIf(version.status === 0)(`as fish itself reads it${why}`, () => {
  const asked: Readonly<Record<string, (name: string) => string>> = {
    alias: (name) => `functions -q ${name}`,
    function: (name) => `functions -q ${name}`,
    abbr: (name) => `abbr --query ${name}`,
    env: (name) => `set -q ${name}`,
  };

  it.each([...units.keys()].filter((id) => (id.split('/')[1] ?? '') in asked))('5 %s is what it is called', (id) => {
    const [, kind = '', name = ''] = id.split('/');
    expect(fishSays(`${units.get(id)}\n${asked[kind]?.(name)}`)).toEqual({ status: 0, output: '' });
  });

  it('5 each statement stands for itself', () => {
    const read = fishStatements(text);
    const whole = read.ok ? read.value.map(({ start, end }) => `begin\n${text.slice(start, end)}\nend\n`).join('') : '';
    expect(fishReads(whole)).toBe('0 ');
  });

  it('9 a file that was written is one that it reads', () => {
    const next = textWith(fish, text, 'fish/alias/fresh', utf8("alias fresh 'ls -l'")) ?? '';
    expect(fishReads(next)).toBe('0 ');
    expect(fishSays(`${place.hookLine}`).output).toBe('');
  });
});
