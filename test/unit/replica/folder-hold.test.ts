import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { FolderChange } from '../../../src/replica/folder-hold.ts';
import { setupPair } from '../../helpers/setup-pair.ts';

const gone: FolderChange = {
  what: 'gone',
  collection: 'workspace' as CollectionName,
  root: '/home/one/notes',
  ids: ['a', 'b', 'c', 'd'] as readonly string[] as readonly RecordId[],
  total: 4,
};

describe('files that are gone at once', () => {
  it('171 are asked about once, and stay held over a restart', () => {
    const { a } = setupPair();
    expect(a.replica.wordOnFolder(gone)).toBe('held');
    expect(a.replica.wordOnFolder({ ...gone, ids: [...gone.ids].reverse() })).toBe('held');
    a.restart();
    expect(a.replica.wordOnFolder(gone)).toBe('held');
    expect(a.reviews()).toMatchObject([{ kind: 'brake', recordId: '*', deviceId: a.replica.self, changes: [] }]);
    expect(a.reviews()[0]?.summary).toBe(
      'delete 4 of 4 records, whose files are gone from /home/one/notes: "a", "b", "c" …',
    );
    expect(a.events.filter(({ type }) => type === 'brake.held')).toHaveLength(1);
    expect(JSON.stringify(a.events)).not.toContain('notes');
    expect(a.replica.isBraking(gone.collection)).toBe(true);
  });

  it.each([
    ['accept', 'go'],
    ['reject', 'restore'],
  ] as const)('171 %s: %s, once', (decision, word) => {
    const { a } = setupPair();
    a.replica.wordOnFolder(gone);
    const id = a.reviews()[0]?.id ?? '';
    expect(a.replica.decide([id], decision)).toMatchObject([{ ok: true }]);
    expect(a.replica.wordOnFolder(gone)).toBe(word);
    expect(a.replica.isBraking(gone.collection)).toBe(false);
    expect(a.replica.wordOnFolder(gone)).toBe('held');
    expect(a.reviews()).toHaveLength(1);
  });

  it('171 a word for one set is none for another, which takes its place', () => {
    const { a } = setupPair();
    a.replica.wordOnFolder(gone);
    const more = { ...gone, ids: [...gone.ids, 'e' as RecordId], total: 5 };
    expect(a.replica.wordOnFolder(more)).toBe('held');
    expect(a.reviews().map(({ summary }) => summary.slice(0, 13))).toEqual(['delete 5 of 5']);
  });

  it('171 files that are back are asked about no longer', () => {
    const { a } = setupPair();
    a.replica.wordOnFolder(gone);
    a.replica.dropFolderChange(gone);
    a.replica.dropFolderChange({ ...gone, root: '/elsewhere' });
    expect(a.reviews()).toEqual([]);
    expect(a.replica.isBraking(gone.collection)).toBe(false);
  });

  it('171 are a question of their own beside files that were changed at once', () => {
    const { a } = setupPair();
    const changed: FolderChange = { ...gone, what: 'changed' };
    expect(a.replica.isFolderAsked(changed)).toBe(false);
    expect([a.replica.wordOnFolder(gone), a.replica.wordOnFolder(changed)]).toEqual(['held', 'held']);
    expect([a.replica.isFolderAsked(gone), a.replica.isFolderAsked(changed)]).toEqual([true, true]);
    const item = a.reviews().find(({ summary }) => summary.startsWith('change'));
    expect(item?.summary).toBe(
      'change 4 of 4 records, whose files were changed at once in /home/one/notes: "a", "b", "c" …',
    );
    expect(item?.alternatives.map(({ deleted }) => deleted)).toEqual([false, false, false, false]);
    a.replica.decide([item?.id ?? ''], 'accept');
    expect(a.replica.isFolderAsked(changed)).toBe(true);
    expect([a.replica.wordOnFolder(changed), a.replica.isFolderAsked(changed)]).toEqual(['go', false]);
    expect(a.replica.wordOnFolder(gone)).toBe('held');
  });
});
