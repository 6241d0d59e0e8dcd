import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { applyPatch, diffPatch } from '../../../src/merge/values/json-patch.ts';
import { rebasePatch } from '../../../src/sources/ground/field-patch.ts';
import { fingerprintOf, plainMode } from '../../../src/sources/ground/fingerprint.ts';
import { createIgnoreRules } from '../../../src/sources/reconcile/ignore-rules.ts';
import { createNameTable } from '../../../src/sources/ground/names.ts';
import { createProblemLog, problemCodeOf, type SourceProblem } from '../../../src/sources/ground/problems.ts';
import { type RootEvidence, judgeRoot } from '../../../src/sources/ground/judge-root.ts';
import { checkRoot } from '../../../src/sources/ground/root-checks.ts';
import { idFromPath, isSafePath } from '../../../src/sources/ground/safe-path.ts';

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

  const bytes = (text: string): { text: string; encoding: string } => ({ text, encoding: 'base64' });
  it.each([
    ['text onto bytes', { text: 'a\n' }, bytes('YWM='), { text: 'b\n' }],
    ['bytes onto text', { text: 'a\n' }, { text: 'c\n' }, bytes('YWI=')],
    ['bytes onto other bytes', bytes('YWE='), bytes('YWM='), bytes('YWI=')],
    ['text onto bytes that were bytes before', bytes('YWE='), bytes('YWM='), { text: 'b\n' }],
    ['bytes onto text that was bytes before', bytes('YWE='), { text: 'c\n' }, bytes('YWI=')],
  ])('F3 contents bring with them what they are: %s', (_, base, current, mine) => {
    const { patch, overlaps } = rebasePatch(diffPatch(base, mine), base, current, ['/text']);
    expect(applyPatch(current, patch)).toEqual({ ok: true, value: mine });
    expect(overlaps).toBe(true);
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

  it('F10 the mode that travels is part of a fingerprint', () => {
    const executable = { executable: true, private: false };
    expect(fingerprintOf(utf8('abc'), plainMode)).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    expect(fingerprintOf(utf8('abc'), executable)).toMatch(/^[0-9a-f]{64}$/);
    expect(fingerprintOf(utf8('abc'), executable)).not.toBe(fingerprintOf(utf8('abc'), plainMode));
    expect(fingerprintOf(utf8('abc'), { executable: false, private: true })).not.toBe(
      fingerprintOf(utf8('abc'), executable),
    );
  });
});

describe('rules', () => {
  it('F40 what is always ignored cannot be taken back', () => {
    const rules = createIgnoreRules('!.git\n!*~\n*.log\n/build/\n!keep.log\n', '', false);
    for (const path of [
      '.git',
      '.git/config',
      'a/.git/x',
      'node_modules/x',
      '.a.swp',
      'a/b~',
      '.#a',
      '4913',
      '.syncignore.local',
      '.sourcesync/link-0',
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

describe('the root', () => {
  const known: RootEvidence = {
    ...{ sight: 'folder', hasOwnMark: true, hasOtherMarks: false, noted: 5, unchanged: 0, wasMarked: true },
    ...{ paused: undefined, isAsked: false },
  };
  const unmarked: RootEvidence = { ...known, hasOwnMark: false };

  it.each([
    ['its mark', known, 'known'],
    ['its mark, after a strange one', { ...known, paused: 'root_unknown' }, 'known'],
    ['its mark among others', { ...known, hasOtherMarks: true }, 'known'],
    ['nothing there', { ...known, sight: 'missing' }, 'root_missing'],
    ['what cannot be read', { ...known, sight: 'unreadable' }, 'root_unreadable'],
    ['a new link', { ...unmarked, noted: 0, wasMarked: false }, 'mark'],
    ['no mark any more, nothing noted', { ...unmarked, noted: 0 }, 'root_unknown'],
    ['the same, and a person says so', { ...unmarked, noted: 0, isAsked: true }, 'mark'],
    ['no mark, most as noted', { ...unmarked, unchanged: 0.6 }, 'mark'],
    ['no mark, half as noted', { ...unmarked, unchanged: 0.5 }, 'root_unknown'],
    ['no mark, empty', unmarked, 'root_unknown'],
    ['no mark, most as noted, after it was missing', { ...unmarked, unchanged: 1, paused: 'root_missing' }, 'mark'],
    [
      'no mark, most as noted, after a strange one',
      { ...unmarked, unchanged: 1, paused: 'root_unknown' },
      'root_unknown',
    ],
    ['the same, and a person asks', { ...unmarked, unchanged: 1, paused: 'root_unknown', isAsked: true }, 'mark'],
    ['no mark, empty, and a person asks', { ...unmarked, isAsked: true }, 'root_unknown'],
    ['the mark of another', { ...unmarked, hasOtherMarks: true, unchanged: 1 }, 'root_of_another'],
  ] satisfies readonly (readonly [string, RootEvidence, string])[])('F25 %s', (_name, evidence, expected) => {
    const judged = judgeRoot(evidence);
    expect(judged.kind === 'strange' ? judged.fault : judged.mark ? 'mark' : 'known').toBe(expected);
  });
});

describe('problems', () => {
  it('F12 one problem is reported once, and again after it was solved', () => {
    const seen: SourceProblem[] = [];
    const log = createProblemLog(
      (problem) => seen.push(problem),
      () => 0,
    );
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
