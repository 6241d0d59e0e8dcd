import { describe, expect, it } from 'vitest';
import type { RecordId } from '../../../src/base/ids.ts';
import type { FolderLosses, FolderWord } from '../../../src/replica/guard/folder-hold.ts';
import { setupPair } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { fill, idOf, laterMs, range, task, toldOf, workspace } from './setup-brake.ts';

const root = '/home/one/notes';
const hourMs = 3_600_000;

describe('losses of a linked folder', () => {
  it.each([
    // files in step, gone, emptied, replaced, held
    [60, 54, 0, 0, false],
    [60, 55, 0, 0, true],
    [60, 20, 20, 20, true],
    [11, 11, 0, 0, true],
    [10, 10, 0, 0, false],
    [1, 1, 0, 0, false],
  ])('171 of %i files %i gone, %i emptied and %i replaced are held: %s', (inStep, gone, emptied, replaced, isHeld) => {
    const { a } = filled(200);
    const word = ask(a, {
      removed: ids(0, gone),
      emptied: ids(gone, gone + emptied),
      replaced: ids(gone + emptied, gone + emptied + replaced),
      inStep,
    });
    const all = ids(0, gone + emptied + replaced);
    expect(word).toEqual(isHeld ? { go: [], restore: [], held: all } : { go: all, restore: [], held: [] });
    expect([a.replica.isBraking(workspace), a.replica.isFolderAsked(root)]).toEqual([isHeld, isHeld]);
  });

  it('171 too many for the whole collection are held, also where the folder has more', () => {
    const { a } = filled(200);
    for (const index of range(90)) {
      a.remove(['workspace', `r${index}`]);
    }
    expect(ask(a, { removed: ids(90, 105), inStep: 1_000 }).held).toHaveLength(15);
    expect(a.reviews()[0]?.summary).toContain(
      'delete 15 of 200 records, as the files of /home/one/notes say, after 90',
    );
  });

  it('171 are one question, told of once, and the same over a restart', () => {
    const { a } = filled(200);
    const all = { removed: ids(0, 40), replaced: ids(40, 58), emptied: ids(58, 60), inStep: 60 };
    ask(a, all);
    a.restart();
    expect(ask(a, all).held).toHaveLength(60);
    expect(a.reviews()).toMatchObject([{ kind: 'brake', recordId: '*', deviceId: a.replica.self, changes: [] }]);
    expect(a.reviews()[0]?.summary).toBe(
      'delete 40, empty 2 and replace 18 of 60 records, as the files of /home/one/notes say, at once, where 54 may go unasked: "r0", "r1", "r2" …',
    );
    expect(a.reviews()[0]?.alternatives[0]?.value).toMatchObject({
      record: 'r0',
      summary: expect.stringContaining('t0'),
    });
    expect(toldOf(a, 'brake.held')).toBe(1);
    expect(JSON.stringify(a.events)).not.toContain('notes');
  });

  it.each([
    ['accept', 'go'],
    ['reject', 'restore'],
  ] as const)('171 %s: %s, once for each, and what was lost since is judged by itself', (decision, answer) => {
    const { a } = filled(200);
    ask(a, { removed: ids(0, 60), inStep: 60 });
    expect(a.replica.decide([a.reviews()[0]?.id ?? ''], decision)).toMatchObject([{ ok: true }]);
    expect([a.replica.isBraking(workspace), a.replica.isFolderAsked(root)]).toEqual([false, true]);
    const some = ask(a, { removed: ids(0, 20), inStep: 60 });
    expect(some[answer]).toEqual(ids(0, 20));
    const rest = ask(a, { removed: ids(20, 63), inStep: 60, isWhole: true });
    expect(rest[answer]).toEqual(decision === 'accept' ? ids(20, 63) : ids(20, 60));
    expect(rest.go).toEqual(decision === 'accept' ? ids(20, 63) : ids(60, 63));
    expect(a.replica.isFolderAsked(root)).toBe(false);
    expect(ask(a, { removed: ids(0, 60), inStep: 60 }).held).toHaveLength(60);
  });

  it.each([
    ['a rejection', (a: TestDevice) => void a.replica.decide([a.reviews()[0]?.id ?? ''], 'reject')],
    ['the word that the folder is to be filled', (a: TestDevice) => a.replica.keepFolder(root)],
  ])('171 what followed within the minute before comes back with %s', (_, keep) => {
    const { a } = filled(60);
    const { go } = ask(a, { removed: ids(0, 30), inStep: 60 });
    a.replica.edit(
      workspace,
      go.map((id) => ({ id, intent: { kind: 'remove' } })),
      'looked_at',
    );
    ask(a, { removed: ids(30, 60), inStep: 30 });
    expect(a.reviews()[0]?.summary).toContain('delete 30 of 60 records');
    keep(a);
    expect([a.disk.records.counts(workspace).live, a.fields(['workspace', 'r0'])]).toEqual([60, task('t0')]);
    expect(a.reviews()).toEqual([]);
    expect(ask(a, { removed: ids(30, 60), inStep: 30, isWhole: true }).restore).toEqual(ids(30, 60));
  });

  it('171 where a file became a folder, or a folder a file, meanwhile, what was there stays away', () => {
    const { a } = filled(60);
    a.put(['workspace', 'folder/old'], task('old'));
    const went = [idOf(0), 'folder/old' as RecordId, idOf(1)];
    const { go } = ask(a, { removed: went, inStep: 61 });
    a.replica.edit(
      workspace,
      go.map((id) => ({ id, intent: { kind: 'remove' } })),
      'looked_at',
    );
    a.put(['workspace', `${idOf(0)}/first`], task('first'));
    a.put(['workspace', 'folder'], task('file'));
    ask(a, { removed: ids(2, 60), inStep: 60 });
    expect(a.replica.decide([a.reviews()[0]?.id ?? ''], 'reject')).toMatchObject([{ ok: true }]);
    expect(went.map((id) => a.row(['workspace', id])?.state)).toEqual(['tombstoned', 'tombstoned', 'live']);
  });

  it('171 the records that follow a word are not counted again', () => {
    const { a, b, exchange, clock } = filled(60);
    exchange();
    clock.nowMs += laterMs;
    ask(a, { removed: ids(0, 60), inStep: 60 });
    a.replica.decide([a.reviews()[0]?.id ?? ''], 'accept');
    const { go } = ask(a, { removed: ids(0, 60), inStep: 60, isWhole: true });
    a.replica.edit(
      workspace,
      go.map((id) => ({ id, intent: { kind: 'remove' } })),
      'looked_at',
    );
    exchange();
    b.replica.decide([b.reviews()[0]?.id ?? ''], 'accept');
    fill(b, 60);
    exchange();
    b.replica.edit(workspace, [{ id: idOf(0), intent: { kind: 'remove' } }], true);
    exchange();
    expect([a.reviews(), a.disk.records.counts(workspace).live]).toEqual([[], 59]);
  });

  it('171 more losses join what waits, and other folders go on', () => {
    const { a } = filled(200);
    ask(a, { removed: ids(0, 58), inStep: 60 });
    expect(ask(a, { removed: ids(58, 59), inStep: 60 }).held).toEqual(ids(58, 59));
    expect(a.reviews().map(({ summary }) => summary.slice(0, 15))).toEqual(['delete 59 of 60']);
    expect(ask(a, { removed: ids(100, 105), inStep: 60, root: '/home/one/other' }).go).toEqual(ids(100, 105));
  });

  it('171 files that are back are asked about no longer, when the whole folder was looked at', () => {
    const { a } = filled(200);
    ask(a, { removed: ids(0, 60), inStep: 60 });
    expect(ask(a, { inStep: 60 })).toEqual({ go: [], restore: [], held: [] });
    expect(a.reviews()).toHaveLength(1);
    expect(ask(a, { removed: ids(30, 60), inStep: 60, isWhole: true }).held).toEqual(ids(30, 60));
    expect(a.reviews()[0]?.summary).toMatch(/^delete 30 of 60 .*"r30"/);
    ask(a, { inStep: 60, isWhole: true });
    expect([a.reviews(), a.replica.isBraking(workspace), a.replica.isFolderAsked(root)]).toEqual([[], false, false]);
  });

  it('171 a folder that is linked no more asks nothing, and begins anew', () => {
    const { a } = filled(200);
    expect(ask(a, { removed: ids(60, 100), inStep: 60 }).go).toHaveLength(40);
    ask(a, { removed: ids(0, 20), inStep: 60 });
    expect(a.reviews()).toHaveLength(1);
    a.replica.dropFolder(root);
    a.replica.dropFolder('/home/one/elsewhere');
    expect([a.reviews(), ask(a, { removed: ids(0, 20), inStep: 60 }).go.length]).toEqual([[], 20]);
  });

  it('178 losses of a day count together, over restarts, and each record once', () => {
    const { a, clock } = filled(500);
    for (const step of range(5)) {
      expect(ask(a, { removed: ids(step * 10, step * 10 + 10), inStep: 60 }).go).toHaveLength(10);
      expect(ask(a, { removed: ids(step * 10, step * 10 + 10), inStep: 60 }).go).toHaveLength(10);
      clock.nowMs += 4 * hourMs;
      a.restart();
    }
    expect(ask(a, { removed: ids(50, 60), inStep: 10 }).held).toHaveLength(10);
    expect(a.reviews()[0]?.summary).toContain('after 50 others within the day');
    clock.nowMs += 26 * hourMs;
    a.replica.dropFolder(root);
    expect(ask(a, { removed: ids(50, 60), inStep: 10 }).go).toHaveLength(10);
  });

  it('177 before more than twenty files go back in one pass there is a restore point', () => {
    const { a } = filled(30);
    expect(a.replica.beforeGoingBack(workspace, 20)).toBeUndefined();
    expect(a.replica.beforeGoingBack(workspace, 21)).toMatchObject({ cause: 'going_back', collection: 'workspace' });
    expect([a.replica.restorePoints().length, toldOf(a, 'restore.written')]).toEqual([1, 1]);
  });
});

describe('rules of what to ignore that would change much', () => {
  const place = { collection: workspace, root };
  const rules = { id: idOf(0), version: 'v1', shown: ids(1, 3), leftOut: [] };

  it('are one question for each version, and its answer holds', () => {
    const { a } = filled(30);
    expect([1, 2].map(() => a.replica.wordOnRules(place, rules))).toEqual(['held', 'held']);
    a.restart();
    expect(a.replica.wordOnRules(place, rules)).toBe('held');
    expect(a.reviews()).toMatchObject([
      {
        summary: 'rules of r0: 2 files more of /home/one/notes would be shared, 0 would be left out',
        alternatives: [{ value: { record: 'r1', effect: 'shared' } }, { value: { record: 'r2' } }],
      },
    ]);
    expect(toldOf(a, 'brake.held')).toBe(1);
    a.replica.decide([a.reviews()[0]?.id ?? ''], 'accept');
    expect(a.replica.wordOnRules(place, rules)).toBe('go');
    expect(a.replica.isBraking(workspace)).toBe(false);
    expect(a.replica.wordOnRules(place, { ...rules, version: 'v2' })).toBe('held');
    a.replica.decide([a.reviews()[0]?.id ?? ''], 'reject');
    expect(a.replica.wordOnRules(place, { ...rules, version: 'v2' })).toBe('restore');
  });

  it('are asked about no longer where newer rules change little, or the folder is linked no more', () => {
    const { a } = filled(30);
    a.replica.wordOnRules(place, rules);
    a.replica.wordOnRules(place, { ...rules, version: 'v2' });
    expect(a.reviews()).toHaveLength(1);
    a.replica.dropRules(root);
    expect(a.reviews()).toEqual([]);
    a.replica.dropRules(root);
  });
});

/** A device with so many records, and a link that the store knows of. */
function filled(records: number): ReturnType<typeof setupPair> {
  const pair = setupPair();
  fill(pair.a, records);
  pair.a.disk.links.put({ engineId: 'sourceos.sync.workspace' as never, root });
  return pair;
}

function ask(device: TestDevice, losses: Partial<FolderLosses>): FolderWord {
  return device.replica.wordOnFolder({
    ...{ collection: workspace, root, removed: [], emptied: [], replaced: [], inStep: 0, isWhole: false },
    ...losses,
  });
}

function ids(from: number, to: number): FolderLosses['removed'] {
  return range(to).slice(from).map(idOf);
}
