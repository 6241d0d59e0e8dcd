import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import { isKeptCopy } from '../../life/checks/copies.ts';
import { differencesOf } from '../../life/checks/differences.ts';
import { editors } from '../../life/editors/all.ts';
import { isReplaced } from '../../life/lines.ts';
import { losses } from '../../life/losses/all.ts';
import { createLossBook } from '../../life/loss-book.ts';
import { createTally } from '../../life/tally.ts';
import { createTreeReader } from '../../life/tree.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sourcesync-life-test-'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function put(path: string, text: string, mode = 0o644): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
  chmodSync(join(root, path), mode);
}

describe('two folders', () => {
  it('6 differ in what one lacks, in content, and in who may run or read a file', () => {
    for (const side of ['desk', 'laptop']) {
      put(`${side}/same.md`, 'x');
      put(`${side}/cafe\u0301.md`.normalize(side === 'desk' ? 'NFC' : 'NFD'), 'x');
      put(`${side}/content.md`, side);
      put(`${side}/run`, 'x', side === 'desk' ? 0o755 : 0o644);
      put(`${side}/diary`, 'x', side === 'desk' ? 0o600 : 0o644);
      put(`${side}/.git/HEAD`, side);
      put(`${side}/.sourcesync-root`, side);
    }
    put('desk/only here.md', 'x');
    const trees = createTreeReader();
    const differences = differencesOf(trees.read(join(root, 'desk')), trees.read(join(root, 'laptop')));
    expect(differences.map(({ path }) => path)).toEqual(['content.md', 'diary', 'only here.md', 'run']);
    put('laptop/content.md', 'desk');
    expect(differencesOf(trees.read(join(root, 'desk')), trees.read(join(root, 'laptop')))).toHaveLength(3);
  });

  it('7 a copy beside a file is known by its name', () => {
    expect(['a.kept-1a2b3c4d.md', 'conf.d/x.kept-1a2b3c4d.fish'].every(isKeptCopy)).toBe(true);
    expect(['kept.md', 'a.kept.md', 'well-kept-garden.md'].some(isKeptCopy)).toBe(false);
  });
});

describe('what was found', () => {
  it('8 is told once, and each counter counts its own', () => {
    const said: string[] = [];
    const tally = createTally(({ subject }) => void said.push(subject));
    expect([tally.found('copy', 'a', ''), tally.found('copy', 'a', ''), tally.found('lostText', 'a', '')]).toEqual([
      true,
      false,
      true,
    ]);
    expect(said).toEqual(['a', 'a']);
    expect(tally.faults).toMatchObject({ copy: 1, lostText: 1, difference: 0, missedLoss: 0 });
  });

  it('9 people stay below what the brake stops for cause, and a file counts once a day', () => {
    const book = createLossBook();
    for (let number = 0; number < 200; number++) {
      book.lost('notes', `${number % 70}.md`);
    }
    expect([book.mayLose('notes', 10), book.mayLose('notes', 11), book.mayLose('shell', 8)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it.each([
    ['accept', false, true],
    ['accept', true, false],
    ['reject', false, false],
  ] as const)(
    '9 a mass loss that was meant (%s) and stopped (%s) counts with the next ones: %s',
    (answer, isStopped, counts) => {
      const book = createLossBook();
      book.plant('shell', 'desk');
      book.answer(answer);
      if (isStopped) {
        book.stopDecided('shell');
      }
      book.over();
      expect([book.isAlmostGone('shell'), book.isAlmostGone('notes')]).toEqual([counts, false]);
      book.stopDecided('shell');
      expect(book.isAlmostGone('shell')).toBe(false);
    },
  );

  it.each([
    ['emptied', 'a\nb\n', '', true],
    ['another text', 'a\nb\n', 'c\nd', true],
    ['one line of many', 'a\nb\nc\n', 'a\nx\nc\n', false],
    ['bytes', '\0', '\0\0', true],
  ])('9 %s is a loss, or not', (_name, before, after, expected) => {
    expect(isReplaced(utf8(before), utf8(after))).toBe(expected);
  });
});

describe.each(editors)('$name', (editor) => {
  it('10 leaves the text, its mode and nothing else', async () => {
    const path = join(root, 'note.md');
    await editor.save(path, utf8('one\n'));
    chmodSync(path, 0o640);
    await editor.save(path, utf8('one\ntwo\n'));
    await editor.save(path, utf8('three\n'));
    expect(readFileSync(path, 'utf8')).toBe('three\n');
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readdirSync(root)).toEqual(['note.md']);
  });
});

describe.each(losses)('$name', (loss) => {
  it('11 leaves nothing of any file in the folder, and gives the folder back where it took it', async () => {
    const folder = join(root, 'files');
    const names = Array.from({ length: 20 }, (_, number) => `part ${number % 3}/${number}.md`);
    names.forEach((name) => put(`files/${name}`, `text of ${name}\nand more\n`));
    const trees = createTreeReader();
    const before = trees.read(folder);
    await loss.inflict(folder);
    const after = trees.read(folder);
    expect([...before].filter(([path, { hash }]) => after.get(path)?.hash === hash)).toEqual([]);
    await loss.undo?.(folder);
    await loss.undo?.(folder);
    expect(loss.undo === undefined || trees.read(folder).size === names.length).toBe(true);
  });
});
