import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import { type Keeping, keepingOf } from '../../life/checks/kept-texts.ts';
import { type Ledger, type SavedText, createLedger } from '../../life/ledger.ts';
import { hashOf } from '../../life/tree.ts';

const place = { device: 'desk', folder: 'notes', path: 'plan.md' } as const;

function save(ledger: Ledger, text: string, before?: string, where: typeof place = place): SavedText {
  const old = before === undefined ? undefined : utf8(before);
  return ledger.saved({ ...where, bytes: utf8(text), before: old, by: 'vim' });
}

const owed = (ledger: Ledger): readonly string[] => ledger.owed().map(({ hash }) => hash);
const hashes = (...texts: readonly string[]): readonly string[] => texts.map((text) => hashOf(utf8(text)));

describe('the ledger', () => {
  it('1 owes every text that was saved, each once, and counts every save', () => {
    const ledger = createLedger();
    for (const text of ['one', 'two', 'one']) {
      save(ledger, text);
    }
    expect([owed(ledger), ledger.saves]).toEqual([hashes('one', 'two'), 3]);
  });

  it('2 forgets what its own writer replaced before anybody saw it, and nothing else', () => {
    const ledger = createLedger();
    save(ledger, 'seen');
    ledger.seen('desk', 'notes', 'plan.md', hashOf(utf8('seen')));
    ledger.replacing('desk', 'notes', 'plan.md');
    save(ledger, 'unseen');
    save(ledger, 'of the other device', undefined, { ...place, device: 'laptop' } as never);
    ledger.replacing('desk', 'notes', 'plan.md');
    save(ledger, 'last');
    expect(owed(ledger)).toEqual(hashes('seen', 'of the other device', 'last'));
    ledger.rested();
    ledger.replacing('desk', 'notes', 'plan.md');
    expect(owed(ledger)).toEqual(hashes('seen', 'of the other device', 'last'));
  });

  it('3 knows every name that a file had, whichever it is asked by', () => {
    const ledger = createLedger();
    ledger.renamed('notes', 'a.md', 'b.md');
    ledger.renamed('notes', 'b.md', 'c.md');
    for (const name of ['a.md', 'b.md', 'c.md']) {
      expect(ledger.namesOf('notes', name).toSorted()).toEqual(['a.md', 'b.md', 'c.md']);
    }
    expect(ledger.namesOf('workspace', 'a.md')).toEqual(['a.md']);
    expect(ledger.namesOf('notes', 'cafe\u0301.md')).toEqual(['café.md']);
  });

  it('4 remembers which lines a save brought', () => {
    const ledger = createLedger();
    expect(save(ledger, 'a\nnew\nb\n', 'a\nb\n').brought).toEqual(['new']);
    expect(ledger.saved({ ...place, bytes: Uint8Array.of(0, 1), before: undefined, by: 'x' }).brought).toEqual([]);
  });
});

describe('where a text is', () => {
  const text = save(createLedger(), 'a\nmine\nb\n', 'a\nb\n');
  const merged = utf8('a\nmine\ntheirs\nb\n');
  const nowhere = { folderHashes: new Set<string>(), fileContents: [], itemContents: [], versions: async () => [] };

  it.each<[Keeping | undefined, Partial<typeof nowhere> | object]>([
    ['in the folder', { folderHashes: new Set([text.hash]) }],
    ['merged in the folder', { fileContents: [merged] }],
    ['in an open item', { itemContents: [utf8('a\nmine\nb\n')] }],
    ['in a version', { versions: async () => [utf8('x'), utf8('a\nmine\nb\n')] }],
    ['merged in a version', { versions: async () => [merged] }],
    [undefined, {}],
    [undefined, { folderHashes: new Set(['another']), fileContents: [utf8('a\nb\n')], itemContents: [merged] }],
    [undefined, { versions: async () => [utf8('a\nb\n')] }],
  ])('5 %s', async (keeping, holding) => {
    expect(await keepingOf(text, { ...nowhere, ...holding })).toBe(keeping);
  });

  it('5 a text that only took lines away is merged nowhere: it is there as it was, or lost', async () => {
    const shorter = save(createLedger(), 'a\n', 'a\nb\n');
    expect(await keepingOf(shorter, { ...nowhere, fileContents: [utf8('a\nb\nc\n')] })).toBeUndefined();
  });
});
