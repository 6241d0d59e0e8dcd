import fc from 'fast-check';
import ignore from 'ignore';
import { describe, expect, it } from 'vitest';
import { covers, widerRules } from '../../../engines/agents/judge/rule-cover.ts';

const covered: readonly (readonly [wider: string, rule: string])[] = [
  ['Bash(git:*)', 'Bash(git push)'],
  ['Bash(git:*)', 'Bash(git)'],
  ['Bash(git:*)', 'Bash(git push:*)'],
  ['Bash(git:*)', 'Bash(git *)'],
  ['Bash(git:*)', 'Bash(git push --force)'],
  ['Bash(git *)', 'Bash(git push)'],
  ['Bash(git *)', 'Bash(git push *)'],
  ['Bash(git *)', 'Bash(git log main:src/a.ts)'],
  ['Bash(git*)', 'Bash(git:*)'],
  ['Bash(git*)', 'Bash(git push:*)'],
  ['Bash(git push:*)', 'Bash(git push origin main)'],
  ['Bash(git * main)', 'Bash(git push origin main)'],
  ['Bash(git * main)', 'Bash(git push * main)'],
  ['Read(src/**)', 'Read(src/a.ts)'],
  ['Read(src/**)', 'Read(src/a/*.ts)'],
  ['Read(src/**)', 'Read(src/*/x/**)'],
  ['Read(**)', 'Read(src/**)'],
  ['Edit(//tmp/**)', 'Edit(//tmp/a)'],
  ['Edit(~/notes/**)', 'Edit(~/notes/a.md)'],
  ['Edit(/src/**)', 'Edit(/src/a/**)'],
  ['mcp__github', 'mcp__github__get_issue'],
  ['mcp__github', 'mcp__github__*'],
  ['mcp__github__*', 'mcp__github__get_issue'],
  // The same letters say the same, whatever they say.
  ['Bash(a; b && $(c))', 'Bash(a; b && $(c))'],
  ['gіt', 'gіt'],
];

const apart: readonly (readonly [why: string, wider: string, rule: string])[] = [
  ['the other way round', 'Bash(git push)', 'Bash(git:*)'],
  ['the other way round', 'Bash(git push:*)', 'Bash(git:*)'],
  ['the other way round', 'mcp__github__get_issue', 'mcp__github'],
  ['a star was not always the whole server', 'mcp__github__*', 'mcp__github'],
  ['a word that begins alike', 'Bash(git:*)', 'Bash(gitk)'],
  ['a word that begins alike', 'Bash(git push:*)', 'Bash(git pushx)'],
  ['a word that begins alike', 'Bash(git *)', 'Bash(git*)'],
  ['a star that may be empty', 'Bash(git *)', 'Bash(git:*)'],
  ['a star that may be empty', 'Bash(git push *)', 'Bash(git push:*)'],
  ['a star that may be empty', 'Bash(git * *)', 'Bash(git push *)'],
  ['a star in the middle', 'Bash(git * main)', 'Bash(git push:*)'],
  ['a star in the middle', 'Bash(git push main)', 'Bash(git * main)'],
  ['a star in the middle', 'Bash(git * main)', 'Bash(git main)'],
  ['a star in the middle', 'Bash(git *:*)', 'Bash(git push:*)'],
  ['a star for the program', 'Bash(* main)', 'Bash(git push main)'],
  ['two stars', 'Bash(git **)', 'Bash(git push)'],
  ['two commands', 'Bash(git:*)', 'Bash(git push; rm -rf x)'],
  ['two commands', 'Bash(git:*)', 'Bash(git push && rm x)'],
  ['two commands', 'Bash(git *)', 'Bash(git push | sh)'],
  ['two commands', 'Bash(git *)', 'Bash(git push\nrm x)'],
  ['two commands', 'Bash(git; rm:*)', 'Bash(git; rm x)'],
  ['a file that is written', 'Bash(git:*)', 'Bash(git log > x)'],
  ['what a shell puts in', 'Bash(git:*)', 'Bash(git log $HOME)'],
  ['what a shell puts in', 'Bash(git:*)', 'Bash(git log `x`)'],
  ['a quoted word', 'Bash(git:*)', "Bash(git log 'x')"],
  ['a variable before it', 'Bash(git:*)', 'Bash(LD_PRELOAD=x git log)'],
  ['a setting before it', 'Bash(git:*)', 'Bash(git -c core.pager=x log)'],
  ['a way out of the folder', 'Bash(cat:*)', 'Bash(cat ../x)'],
  ['a way out of the folder', 'Bash(cat:*)', 'Bash(cat /etc/passwd)'],
  ['a way out of the folder', 'Bash(git:*)', 'Bash(git log --output=/etc/x)'],
  ['a way out of the folder', 'Bash(cat:*)', 'Bash(cat ~/x)'],
  ['two spaces', 'Bash(git:*)', 'Bash(git  push)'],
  ['a space at the end', 'Bash(git:*)', 'Bash(git push )'],
  ['some modes drop the wider one', 'Bash', 'Bash(git push)'],
  ['some modes drop the wider one', 'Bash(*)', 'Bash(git push)'],
  ['some modes drop the wider one', 'Bash(python:*)', 'Bash(python x.py)'],
  ['some modes drop the wider one', 'Bash(npm run:*)', 'Bash(npm run build)'],
  ['some modes drop the wider one', 'Bash(sudo:*)', 'Bash(sudo ls)'],
  ['some modes drop the wider one', 'Agent', 'Agent(x)'],
  ['the same to a person, not to a program', 'Bash', 'Bash()'],
  ['the same to a person, not to a program', 'Bash(*)', 'Bash'],
  ['another tool', 'Bash(git:*)', 'PowerShell(git push)'],
  ['another tool', 'bash(git:*)', 'Bash(git push)'],
  ['another tool', 'Read(src/**)', 'Edit(src/a)'],
  ['another tool', 'Edit(src/**)', 'Write(src/a)'],
  ['a rule about paths holds for searches too', 'Read', 'Read(src/a)'],
  ['a rule about paths holds for other writers too', 'Edit', 'Edit(src/a)'],
  ['a domain is opened to commands too', 'WebFetch', 'WebFetch(domain:a.example)'],
  ['another host', 'WebFetch(domain:a.example)', 'WebFetch(domain:b.a.example)'],
  ['the folder itself', 'Read(src/**)', 'Read(src)'],
  ['the folder itself', 'Read(src/**)', 'Read(src/)'],
  ['a folder that begins alike', 'Read(src/**)', 'Read(srcs/a)'],
  ['one level alone', 'Read(src/*)', 'Read(src/a/b)'],
  ['one level alone', 'Read(src/*)', 'Read(src/a)'],
  ['files of one kind', 'Read(src/**/*.ts)', 'Read(src/a.ts)'],
  ['a way out of the folder', 'Read(src/**)', 'Read(src/../.env)'],
  ['a way out of the folder', 'Read(src/**)', 'Read(src/..)'],
  ['a way out of the folder', 'Read(~/a/**)', 'Read(~/a/../.ssh/id)'],
  ['another root', 'Read(/tmp/**)', 'Read(//tmp/a)'],
  ['another root', 'Read(//tmp/**)', 'Read(/tmp/a)'],
  ['another root', 'Read(//**)', 'Read(~/a)'],
  ['another root', 'Read(**)', 'Read(/a)'],
  ['another root', 'Read(**)', 'Read(./a)'],
  ['another root', 'Read(~/**)', 'Read(~other/a)'],
  ['an empty step', 'Read(src/**)', 'Read(src//a)'],
  ['an empty step', 'Read(//**)', 'Read(///a)'],
  ['a step that is guarded', 'Edit(/**)', 'Edit(/.claude/**)'],
  ['a step that is guarded', 'Edit(src/**)', 'Edit(src/.git/hooks/x)'],
  ['an exception', 'Read(src/**)', 'Read(!src/a)'],
  ['letters in brackets', 'Read(src/**)', 'Read(src/[ab])'],
  ['a backslash', 'Read(src/**)', String.raw`Read(src\a)`],
  ['another server', 'mcp__git', 'mcp__github__push'],
  ['another server', 'mcp__*', 'mcp__github__push'],
  ['a name that may be a server with a tool', 'mcp__a', 'mcp__a__b__c'],
  ['a name that may be a server with a tool', 'mcp__a', 'mcp__a___b'],
  ['a part of the tools', 'mcp__github__get_*', 'mcp__github__get_issue'],
  ['brackets behind a server', 'mcp__github', 'mcp__github(x)'],
  ['letters of other alphabets', 'Bash(git:*)', 'Bash(gіt push)'],
  ['letters of other alphabets', 'Bash(git:*)', 'Bash(git puѕh)'],
  ['what is not shown', 'Bash(git:*)', 'Bash(git\u200b push)'],
  ['a space that is none', 'Bash(git:*)', 'Bash(git\u00a0push)'],
  ['wide brackets', 'Bash(git:*)', 'Bash（git push）'],
  ['more behind the brackets', 'Bash(git:*)', 'Bash(git push) '],
  ['brackets within brackets', 'Bash(git:*)', 'Bash(git (push))'],
  ['nothing', 'Bash(git:*)', ''],
];

describe('a rule covers another', () => {
  it.each(covered)('15 %s admits all of %s', (wider, rule) => {
    expect(covers(wider, rule)).toBe(true);
  });

  it.each(apart)('15 not where it is uncertain: %s: %s, %s', (_why, wider, rule) => {
    expect(covers(wider, rule)).toBe(false);
  });

  it('15 wider ones are named from what is said, and each of them covers it', () => {
    expect(widerRules('Bash(git push)')).toEqual([
      ...['Bash(git:*)', 'Bash(git *)', 'Bash(git*)'],
      ...['Bash(git push:*)', 'Bash(git push*)'],
    ]);
    expect(widerRules('Read(src/a/b.ts)')).toEqual(['Read(**)', 'Read(src/**)', 'Read(src/a/**)']);
    expect(widerRules('mcp__github__push')).toEqual(['mcp__github', 'mcp__github__*']);
    expect(widerRules('Bash(git push origin main)')).toContain('Bash(git * main)');
    expect(widerRules('Bash(git push * main)')).toContain('Bash(git * main)');
    expect(widerRules('Bash(git log main)').filter((one) => / \* /.test(one))).toEqual(['Bash(git * main)']);
    expect(widerRules('Bash(git main)').filter((one) => / \* /.test(one))).toEqual([]);
    expect(widerRules('Bash(git push; rm x)')).toEqual([]);
    expect(widerRules(`Bash(${'a '.repeat(100_000)})`)).toEqual([]);
  });
});

/** How versions and modes of Claude Code differ in what a rule of `allow` admits. */
interface Version {
  /** `git:*` is any text that begins so, or only whole words. */
  readonly wholeWords: boolean;
  /** `git *` is the bare `git` too. */
  readonly bare: boolean;
  /** Rules that let anything be run are dropped. */
  readonly auto: boolean;
}

const versions: readonly Version[] = [true, false].flatMap((wholeWords) =>
  [true, false].flatMap((bare) => [true, false].map((auto) => ({ wholeWords, bare, auto }))),
);

/** Of a command line as the application has it: an exact rule admits it as a whole, others each of its commands. */
function admitsCommand(rule: string, line: string, version: Version): boolean {
  const [, content] = /^Bash(?:\(([\s\S]*)\))?$/.exec(rule) ?? [undefined, undefined];
  const isDropped = version.auto && (content === undefined || /^(\*|(npm|python|sudo)\b.*\*)$/.test(content));
  if (!rule.startsWith('Bash') || isDropped) {
    return false;
  }
  const parts = line.split(/\s*(?:;|&&|\||\n)\s*/);
  return content === undefined || content === line || parts.every((part) => admitsPart(content, part, version));
}

function admitsPart(content: string, command: string, { wholeWords, bare }: Version): boolean {
  const [, beginning] = /^(.*):\*$/.exec(content) ?? [];
  if (beginning !== undefined) {
    return wholeWords ? command === beginning || command.startsWith(`${beginning} `) : command.startsWith(beginning);
  }
  const escaped = content.split('*').map((part) => part.replaceAll(/[^\w ]/g, String.raw`\$&`));
  const isBare = bare && content.endsWith(' *') && command === content.slice(0, -2);
  return isBare || new RegExp(`^${escaped.join('.*')}$`).test(command);
}

const word = fc.constantFrom('git', 'ls', 'npm', 'push', 'pushx', 'main', '-f', 'a/b', '..', '/etc', 'x=1');
const join = fc.constantFrom(' ', ' ', ' ', ' ', '; ', ' && ', '  ');
const text = (part: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(part, fc.array(fc.tuple(join, part), { maxLength: 3 })).map(([first, more]) => first + more.flat().join(''));
const program = fc.constantFrom('git', 'git', 'git', 'ls', 'npm', '*');
const commandRule = fc
  .tuple(program, text(fc.oneof(word, word, fc.constant('*'))), fc.constantFrom('', '', ':*', ' *', '*'))
  .map(([first, rest, end]) => `Bash(${first} ${rest}${end})`);
const rule = fc.oneof(
  { weight: 8, arbitrary: commandRule },
  {
    weight: 4,
    arbitrary: fc.tuple(program, fc.constantFrom('', ':*', ' *', '*')).map((parts) => `Bash(${parts.join('')})`),
  },
  fc.constantFrom('Bash', 'Bash(*)', 'Bash(npm run:*)', 'Bash(sudo *)'),
);
/** Lines that a rule may admit: its stars filled in. */
const filled = fc.tuple(rule, fc.array(text(word), { minLength: 4, maxLength: 4 })).map(([one, texts]) => {
  const content = one.replace(/^Bash\(?|\)$/g, '').replace(/:\*$/, '*');
  return content.split('*').reduce((made, part, index) => `${made}${texts[index % 4]}${part}`);
});

describe('what is judged as covered', () => {
  it('15 never admits a command that the wider rule did not, in any version or mode', () => {
    let met = 0;
    fc.assert(
      fc.property(
        rule,
        rule,
        fc.array(fc.oneof(filled, text(word)), { minLength: 8, maxLength: 8 }),
        (wider, one, lines) => {
          const pairs = [[wider, one], ...widerRules(one).map((name) => [name, one])] as [string, string][];
          for (const [all, some] of pairs.filter((pair) => covers(...pair))) {
            for (const line of [some.replace(/^Bash\(|\)$/g, ''), ...lines]) {
              for (const version of versions.filter((which) => admitsCommand(some, line, which))) {
                met += all === some ? 0 : 1;
                expect([all, some, line, admitsCommand(all, line, version)]).toEqual([all, some, line, true]);
              }
            }
          }
        },
      ),
      { numRuns: 400 },
    );
    expect(met).toBeGreaterThan(50);
  });

  it('15 never admits a path that the wider rule did not, as files are matched', () => {
    const step = fc.constantFrom('src', 'a', 'b.ts', '*', '**', '*.ts', '.git', '..');
    const path = fc.array(step, { minLength: 1, maxLength: 4 }).map((steps) => steps.join('/'));
    const file = fc
      .array(fc.constantFrom('src', 'a', 'b.ts', 'c'), { minLength: 1, maxLength: 4 })
      .map((steps) => steps.join('/'));
    let met = 0;
    fc.assert(
      fc.property(path, path, fc.array(file, { minLength: 8, maxLength: 8 }), (wider, one, files) => {
        const pairs = [`Read(${wider})`, ...widerRules(`Read(${one})`)].filter((all) => covers(all, `Read(${one})`));
        for (const all of pairs) {
          const [few, many] = [ignore().add(one), ignore().add(all.slice(5, -1))];
          for (const name of files.filter((candidate) => few.ignores(candidate))) {
            met += 1;
            expect([all, one, name, many.ignores(name)]).toEqual([all, one, name, true]);
          }
        }
      }),
      { numRuns: 500 },
    );
    expect(met).toBeGreaterThan(50);
  });

  const any = fc.oneof(
    rule,
    fc.string(),
    fc.constantFrom(...covered.flat(), ...apart.flatMap(([, wider, one]) => [wider, one])),
  );

  it('15 each covers itself', () => {
    fc.assert(
      fc.property(any, (one) => {
        expect(covers(one, one)).toBe(true);
      }),
    );
  });

  it('15 what covers one that covers another covers that', () => {
    const known = [...new Set([...covered.flat(), ...apart.flatMap(([, wider, one]) => [wider, one])])];
    const below = new Map(known.map((one) => [one, known.filter((other) => covers(one, other))]));
    for (const [one, others] of below) {
      for (const third of others.flatMap((other) => below.get(other) ?? [])) {
        expect([one, third, covers(one, third)]).toEqual([one, third, true]);
      }
    }
    fc.assert(
      fc.property(any, (third) => {
        for (const other of widerRules(third)) {
          expect(widerRules(other).filter((one) => !covers(one, third))).toEqual([]);
        }
      }),
    );
  });
});
