import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { diffPatch } from '../../../src/merge/json-patch.ts';
import { rebasePatch } from '../../../src/sources/field-patch.ts';
import { fingerprintOf } from '../../../src/sources/fingerprint.ts';
import { createIgnoreRules } from '../../../src/sources/ignore-rules.ts';
import { createNameTable } from '../../../src/sources/names.ts';
import { createProblemLog, problemCodeOf, type SourceProblem } from '../../../src/sources/problems.ts';
import { createRemovalBrake } from '../../../src/sources/removal-brake.ts';
import { checkRoot } from '../../../src/sources/root-checks.ts';
import { idFromPath, isSafePath } from '../../../src/sources/safe-path.ts';

describe('fields', () => {
  it('F6 a patch names only what differs', () => {
    const before = { text: 'a', keep: 1, gone: true, deep: { x: 1, y: [1] } };
    const after = { text: 'b', keep: 1, deep: { x: 1, y: [2] } };
    expect(diffPatch(before, after)).toEqual([
      { op: 'remove', path: '/gone' },
      { op: 'add', path: '/text', value: 'b' },
      { op: 'add', path: '/deep/y', value: [2] },
    ]);
  });

  it('F6 equal fields need no patch, whatever their names', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (fields) => {
        const parsed = JSON.parse(JSON.stringify(fields)) as JsonObject;
        expect(diffPatch(parsed, structuredClone(parsed))).toEqual([]);
      }),
    );
  });

  it('F3 text that was changed in two places is merged by lines', () => {
    const patch = diffPatch({ text: 'a\nb\nc\n' }, { text: 'A\nb\nc\n' });
    expect(rebasePatch(patch, { text: 'a\nb\nc\n' }, { text: 'a\nb\nC\n' }, ['/text'])).toEqual({
      patch: [{ op: 'add', path: '/text', value: 'A\nb\nC\n' }],
      overlaps: false,
    });
  });

  it('F3 text that both wrote at the same place keeps both; the same answer needs nothing', () => {
    const patch = diffPatch({ text: 'a\n' }, { text: 'b\n' });
    expect(rebasePatch(patch, { text: 'a\n' }, { text: 'c\n' }, ['/text'])).toEqual({
      patch: [{ op: 'add', path: '/text', value: 'c\nb\n' }],
      overlaps: false,
    });
    expect(rebasePatch(patch, { text: 'a\n' }, { text: 'b\n' }, ['/text'])).toEqual({ patch: [], overlaps: false });
  });

  it.each([
    ['nothing in common', 'b', 'c', 'cb'],
    ['mine goes on', 'bc', 'b', 'bc'],
    ['theirs goes on', 'b', 'bc', 'bc'],
    ['mine begins earlier', 'cb', 'b', 'cb'],
    ['one beginning', 'bc', 'bd', 'bdc'],
    ['one end', 'cb', 'db', 'dcb'],
    ['one beginning and end', 'xbz', 'xcz', 'xcbz'],
    ['a line repeated', 'bb', 'b', 'bb'],
  ])('F3 where both wrote the same place, what both begin or end with stays once: %s', (_, mine, theirs, merged) => {
    const text = (letters: string): JsonObject => ({ text: [...letters].map((letter) => `${letter}\n`).join('') });
    expect(rebasePatch(diffPatch(text('a'), text(`a${mine}`)), text('a'), text(`a${theirs}`), ['/text'])).toEqual({
      patch: merged === theirs ? [] : [{ op: 'add', path: '/text', value: text(`a${merged}`)['text'] }],
      overlaps: false,
    });
  });
});

describe('paths', () => {
  it.each([
    '/etc/passwd',
    '../x',
    'a/../../x',
    'a//b',
    '.',
    'a/.',
    'a\\b',
    '',
    'a/',
    'e\u0301',
    'x\0',
    'n'.repeat(256),
  ])('F11 %j is no safe path', (path) => expect(isSafePath(path)).toBe(false));

  it('F11 Windows refuses devices, streams and trailing dots', () => {
    for (const path of ['con', 'a/NUL.txt', 'a:b', 'dot.', 'space ']) {
      expect(isSafePath(path, 'win32')).toBe(false);
      expect(isSafePath(path, 'linux')).toBe(true);
    }
  });

  it('F13 an id is composed, and control characters make none', () => {
    expect(idFromPath('cafe\u0301.md')).toBe('caf\u00e9.md');
    expect(idFromPath('a\nb')).toBeUndefined();
  });

  it('F13 a name table keeps the form of the disk and finds collisions', () => {
    const names = createNameTable(false);
    expect(names.claim('\u00e9', 'e\u0301', () => true)).toBe(true);
    expect(names.diskPathOf('\u00e9/new')).toBe('e\u0301/new');
    expect(names.claim('\u00e9', '\u00e9', () => true)).toBe(false);
    expect(names.claim('\u00e9', '\u00e9', () => false)).toBe(true);
    const folding = createNameTable(true);
    expect(folding.claim('A', 'A', () => true)).toBe(true);
    expect(folding.claim('a', 'a', () => true)).toBe(false);
    expect(folding.isShadowed('a')).toBe(true);
    folding.forget('A');
    expect(folding.claim('a', 'a', () => true)).toBe(true);
  });

  it('F10 the executable bit is part of a fingerprint', () => {
    expect(fingerprintOf(utf8('abc'), false)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(fingerprintOf(utf8('abc'), true)).toMatch(/^[0-9a-f]{64}$/);
    expect(fingerprintOf(utf8('abc'), true)).not.toBe(fingerprintOf(utf8('abc'), false));
  });
});

describe('rules', () => {
  it('F40 what is always ignored cannot be taken back', () => {
    const rules = createIgnoreRules('!.git\n!*~\n*.log\n/build/\n!keep.log\n', false);
    for (const path of [
      '.git',
      '.git/config',
      'a/.git/x',
      'node_modules/x',
      '.a.swp',
      'a/b~',
      '.#a',
      '4913',
      '.syncignore',
    ]) {
      expect([path, rules.ignores(path, false)]).toEqual([path, true]);
    }
    expect(rules.ignores('.sourcesync-0a.tmp', false)).toBe(true);
    expect(rules.ignores('x.log', false)).toBe(true);
    expect(rules.ignores('keep.log', false)).toBe(false);
    expect(rules.ignores('build/a', false)).toBe(true);
    expect(rules.ignores('a/build', false)).toBe(false);
  });
});

describe('removals', () => {
  it.each([
    ['few of many', 20, 1000, true, true],
    ['the share', 100, 1000, true, true],
    ['over the share', 101, 1000, true, false],
    ['nineteen of a few', 19, 100, true, true],
    ['twenty of a few', 20, 100, true, false],
    ['all of several', 2, 2, true, false],
    ['the only file', 1, 1, true, true],
    ['the only file of a folder not seen before', 1, 1, false, false],
  ] as const)('F21 %s', (_name, removals, total, familiar, allowed) => {
    expect(createRemovalBrake(() => ({ policyClass: 'high' })).allows(removals, total, 0, familiar)).toBe(allowed);
  });

  it('F21 many small steps within a minute are one large one', () => {
    const brake = createRemovalBrake(() => ({ policyClass: 'high' }));
    expect(brake.allows(15, 100, 0, true)).toBe(true);
    brake.note(15, 0);
    expect(brake.allows(15, 85, 1000, true)).toBe(false);
    expect(brake.allows(15, 85, 61_000, true)).toBe(true);
  });
});

describe('problems', () => {
  it('F12 one problem is reported once, and again after it was solved', () => {
    const seen: SourceProblem[] = [];
    const log = createProblemLog((problem) => seen.push(problem));
    log.report('symlink', 'a');
    log.report('symlink', 'a');
    expect(seen).toHaveLength(1);
    log.mark();
    log.sweep();
    expect(log.list()).toEqual([]);
    log.report('symlink', 'a');
    expect(seen).toHaveLength(2);
    expect(seen[0]?.remedy).not.toBe('');
  });

  it.each([
    ['EACCES', true, 'not_writable'],
    ['EACCES', false, 'unreadable'],
    ['ENOSPC', true, 'disk_full'],
    ['EMFILE', false, 'too_many_open_files'],
    ['EIO', false, 'input_output'],
    [undefined, true, 'input_output'],
  ] as const)('F14 %s is a problem in words', (errno, writing, code) => {
    expect(problemCodeOf(errno, writing)).toBe(code);
  });
});

describe('F41 roots', () => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'sourcesync-roots-')));
  afterAll(() => rmSync(base, { recursive: true }));
  const at = (name: string): string => join(base, name);
  for (const name of ['home/notes/deep', 'home/state/store', 'home/other', 'home/linked']) {
    mkdirSync(at(name), { recursive: true });
  }
  writeFileSync(at('home/file'), '');
  symlinkSync(at('home/notes'), at('home/link-to-notes'));
  symlinkSync('/', at('home/link-to-all'));
  const surroundings = { home: at('home'), stateFolder: at('home/state'), otherRoots: [at('home/linked')] };

  it('F41 a folder below home is fine, and a link to it means the folder', () => {
    expect(checkRoot(at('home/notes'), surroundings)).toEqual({ ok: true, value: at('home/notes') });
    expect(checkRoot(at('home/link-to-notes'), surroundings)).toEqual({ ok: true, value: at('home/notes') });
  });

  it.each([
    ['notes', 'absolute'],
    ['/', 'whole disk'],
    [at('home/link-to-all'), 'whole disk'],
    [at('home'), 'home folder'],
    [base, 'home folder'],
    [at('home/missing'), 'not a folder'],
    [at('home/file'), 'not a folder'],
    [at('home/state'), "daemon's own data"],
    [at('home/state/store'), "daemon's own data"],
    [at('home/linked'), 'linked already'],
  ])('F41 %s is refused', (root, words) => {
    const checked = checkRoot(root, surroundings);
    expect(checked.ok ? '' : checked.error).toContain(words);
  });

  it('F41 a root around another is refused', () => {
    const inside = { ...surroundings, otherRoots: [at('home/notes/deep')] };
    expect(checkRoot(at('home/notes'), inside).ok).toBe(false);
  });
});
