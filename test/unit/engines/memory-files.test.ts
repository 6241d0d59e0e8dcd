import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import { claudeMemory, claudeRules } from '../../../engines/memory/places/memory-files.ts';
import {
  folderOfSlug,
  nameInConfig,
  nameOfAddress,
  repositoryAt,
  slugOf,
} from '../../../engines/memory/places/repositories.ts';
import { textWith } from '../../../src/sources/places/text-with.ts';
import { runs } from '../../helpers/suite.ts';

const home = realpathSync(mkdtempSync(join(tmpdir(), 'memory-')));
afterAll(() => rmSync(home, { recursive: true, force: true }));

function put(path: string, text: string): string {
  const whole = join(home, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, text);
  return whole;
}

const remote = (address: string): string => `[core]\n\tbare = false\n[remote "origin"]\n\turl = ${address}\n`;
put('src/my-app/.git/config', remote('git@GitHub.com:acme/my-app.git'));
put('src/scratch/readme', 'no repository');
mkdirSync(join(home, 'src/one.two'));
mkdirSync(join(home, 'src/one-two'));
const memoryOf = (project: string, file: string): string =>
  `.claude/projects/${slugOf(join(home, project))}/memory/${file}`;

const text = `---
name: user-role
description: The user is a data scientist  # so far
metadata:
  node_type: memory
  type: user
  originSessionId: 0f1e2d3c
---

The user works on forecasts.

- [[billing]] is older.
`;
const own = put(memoryOf('src/my-app', 'user_role.md'), text);
const lists = put(memoryOf('src/my-app', 'MEMORY.md'), '- [Role](user_role.md): who the user is\n');
const strange = put(memoryOf('src/scratch', 'x.md'), 'of no repository');
const plain = put(memoryOf('src/my-app', 'plain.md'), 'No front matter.\n');
const rule = put('.claude/rules/code/style.md', '---\npaths: "**/*.ts"\n---\nTwo spaces.\n');
const surroundings = { home, environment: {} };
const codec = await claudeMemory.open(surroundings);
const rules = await claudeRules.open(surroundings);
const id = 'claude-memory/github.com%2Facme%2Fmy-app/user-role';

function unitIn(path: string, content: string): readonly [string, string] {
  const parsed = codec.parse(content, path);
  const [unit] = parsed.ok ? parsed.value.units : [];
  return [unit?.id ?? '', unit?.text ?? ''];
}

describe('memories of projects', () => {
  it('30 are files of folders that stand for a repository, all but their list', () => {
    expect(codec.each?.find()).toEqual([plain, own, strange].sort());
    expect(codec.each?.find()).not.toContain(lists);
    expect(unitIn(own, text)[0]).toBe(id);
    expect(unitIn(plain, 'No front matter.\n')[0]).toBe('claude-memory/github.com%2Facme%2Fmy-app/plain');
    expect(codec.parse('x', strange)).toMatchObject({ ok: true, value: { units: [], leftAlone: 1 } });
    expect(claudeMemory.files(surroundings)[0]).toBe(join(home, '.claude/projects'));
  });

  it('31 are records with their front matter by key; what an agent wrote is proposed, whatever it says', () => {
    const [, unit] = unitIn(own, text.replace('---\nname', '---\nlifecycle: promoted\nname'));
    expect(codec.fieldsOf(id, unit)).toEqual({
      ...{ kind: 'memory', app: 'claude-memory', name: 'user-role', memoryScope: 'project:github.com/acme/my-app' },
      ...{ provenance: 'place:claude-memory', writtenBy: 'agent', lifecycle: 'proposed' },
      head: {
        lifecycle: 'promoted',
        name: 'user-role',
        description: 'The user is a data scientist  # so far',
        metadata: '\n  node_type: memory\n  type: user\n  originSessionId: 0f1e2d3c',
      },
      text: 'The user works on forecasts.\n\n- [[billing]] is older.',
    });
    const [, mine] = unitIn(plain, 'No front matter.');
    expect(codec.fieldsOf(id, mine)['lifecycle']).toBe('observed');
    for (const head of [
      'author: Claude',
      'created_by: gpt-5',
      'metadata: {originSessionId: 1}',
      '"sessionId": 1',
      'ORIGIN_SESSION_ID: 1',
    ]) {
      const quoted = head.startsWith('"') ? `meta:\n  ${head}` : head;
      expect(codec.fieldsOf(id, unitIn(own, `---\n${quoted}\n---\nx`)[1])['lifecycle']).toBe('proposed');
    }
  });

  it('32 go where their project is on this machine; of others there is no file', () => {
    expect(codec.each?.fileOf(id)).toBe(own.replace('user_role', 'user-role'));
    const other = id.replace('my-app', 'other');
    const fields = codec.fieldsOf(id, unitIn(own, text)[1]);
    expect(codec.each?.fileOf(other)).toBeUndefined();
    expect(codec.unitOf(other, fields)).toBeUndefined();
    expect(codec.unitOf(id, fields)).toBe(unitIn(own, text)[1]);
    for (const bad of ['..', '.%2E', 'a%2F..%2Fb', '', '-x', 'a%00', 'x/y']) {
      expect(codec.each?.fileOf(id.replace('user-role', bad)) ?? join(home, '.claude/projects/x')).toContain(
        'projects/',
      );
      expect(codec.each?.fileOf(id.replace('user-role', bad)) ?? '').not.toMatch(/\.\.|\0/);
    }
    expect(codec.isOut?.(id, { ...fields, lifecycle: 'revoked' })).toBe(true);
    expect(codec.unitOf(id, { ...fields, lifecycle: 'revoked' })).toBeUndefined();
  });

  it.each([
    '---\n- a list\n---\nx',
    '---\na: 1\na: 2\n---\nx',
    '---\n? a\n: b\n---\nx',
    `---\ndescription: in ${home}/src\n---\nx`,
    'The password = hunter2hunter2',
  ])('33 that cannot be told apart, or are of this machine, are left alone: %j', (odd) => {
    expect(codec.parse(odd, own)).toMatchObject({ ok: true, value: { units: [], leftAlone: 1 } });
  });

  it('33 a folder that is gone takes nothing along, a file does', () => {
    expect(codec.each?.isRemoved(own)).toBe(true);
    expect(codec.each?.isRemoved(own.replace('my-app', 'gone'))).toBe(false);
  });
});

describe.each([
  ['with \\n', text],
  ['with \\r\\n', text.replaceAll('\n', '\r\n')],
  ['with a mark', `\uFEFF${text}`],
  ['without front matter', 'Some words.\n\nMore.\n'],
  ['with front matter alone', '---\nname: user-role\n---\n'],
  ['without a last line break', text.trimEnd()],
])('the laws of a file of one memory, %s', (_name, whole) => {
  const [name, unit] = unitIn(own, whole);
  const said = JSON.parse(unit) as { head: Record<string, string>; text: string };

  it('34 writing it as it is gives the same bytes', () => {
    expect(codec.set(whole, name, unit)).toBe(whole);
    expect(codec.unitOf(name, codec.fieldsOf(name, unit))).toBe(unit);
  });

  it('34 a changed key or body changes only its own lines, and is read again', () => {
    const word = fc.stringMatching(/^[a-z]{1,9}$/);
    fc.assert(
      fc.property(fc.constantFrom('title', ...Object.keys(said.head), 'text'), word, (key, value) => {
        if (key === 'name') {
          return;
        }
        const next =
          key === 'text'
            ? { ...said, text: `${value}\n\n${value}` }
            : { ...said, head: { ...said.head, [key]: value } };
        const written = textWith(codec, whole, name, utf8(JSON.stringify(sorted(next))), own);
        expect(written).toBeDefined();
        expect(unitIn(own, written ?? '')).toEqual([name, JSON.stringify(sorted(next))]);
        if (key !== 'text' && said.text !== '') {
          expect(written?.endsWith(whole.slice(whole.indexOf(said.text.slice(0, 12))))).toBe(true);
        }
        expect(written?.includes('\r')).toBe(whole.includes('\r'));
      }),
      { numRuns: runs(60, 400) },
    );
  });

  it('34 what would be read otherwise is not written', () => {
    for (const next of [
      { ...said, head: { ...said.head, 'x y': '1' } },
      { ...said, head: { ...said.head, x: 'a\n---\nevil' } },
      { ...said, head: { ...said.head, x: 'a\ntools: Bash' } },
      { ...said, head: { ...said.head, name: 'another' } },
    ]) {
      expect(textWith(codec, whole, name, utf8(JSON.stringify(sorted(next))), own)).toBeUndefined();
    }
  });
});

describe('rules', () => {
  it('35 are named by their path, and new ones go there', () => {
    expect(rules.each?.find()).toEqual([rule]);
    const parsed = rules.parse('---\npaths: "**/*.ts"\n---\nTwo spaces.\n', rule);
    expect(parsed.ok && parsed.value.units.map((unit) => unit.id)).toEqual(['claude-rules/code/style']);
    expect(rules.each?.fileOf('claude-rules/code/style')).toBe(rule);
    expect(rules.each?.fileOf('claude-rules/../x')).toBeUndefined();
    const fresh = JSON.stringify({ head: { paths: '"*"' }, text: 'The x is y.' });
    expect(textWith(rules, '', 'claude-rules/new', utf8(fresh), join(home, '.claude/rules/new.md'))).toBe(
      '---\npaths: "*"\n---\n\nThe x is y.\n',
    );
  });
});

describe('names of repositories', () => {
  it.each([
    ['git@GitHub.com:acme/app.git', 'github.com/acme/app'],
    ['https://user:secret@GITHUB.com/acme/app.git/', 'github.com/acme/app'],
    ['ssh://git@host.example:2222/acme/app', 'host.example/acme/app'],
    ['host.example:acme/app', 'host.example/acme/app'],
    ['/srv/git/app.git', undefined],
    ['file:///srv/git/app.git', undefined],
    ['C:\\repos\\app', undefined],
    ['c:/repos/app', undefined],
    ['../app', undefined],
    ['https://github.com/', undefined],
    ['ext::sh -c x', undefined],
  ])('36 %s is %s', (address, name) => {
    expect(nameOfAddress(address)).toBe(name);
  });

  it('36 are of the first remote, and found from a slug where one folder is meant', () => {
    expect(
      nameInConfig('[remote "a"]\n\tfetch = x\n\turl = h.example:a/b # c\n[remote "b"]\n\turl = h.example:c/d\n'),
    ).toBe('h.example/a/b');
    expect(nameInConfig('[url "git@x:"]\n\turl = h.example:a/b\n')).toBeUndefined();
    expect(folderOfSlug(slugOf(join(home, 'src/my-app')))).toBe(join(home, 'src/my-app'));
    expect(folderOfSlug(slugOf(join(home, 'src/one-two')))).toBeUndefined();
    expect(folderOfSlug('-nowhere-at-all')).toBeUndefined();
    expect(repositoryAt(join(home, 'src/scratch'))).toBeUndefined();
  });

  it('36 of a worktree are those of its repository', () => {
    put('src/my-app/.git/worktrees/w/commondir', '../..\n');
    put('trees/w/.git', `gitdir: ${join(home, 'src/my-app/.git/worktrees/w')}\n`);
    expect(repositoryAt(join(home, 'trees/w'))).toBe('github.com/acme/my-app');
  });
});

function sorted(value: unknown): unknown {
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([left], [right]) => (left < right ? -1 : 1))
          .map(([key, inner]) => [key, sorted(inner)]),
      )
    : value;
}
