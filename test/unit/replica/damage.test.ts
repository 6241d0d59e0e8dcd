import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId } from '../../../src/base/ids.ts';
import { damagedCount } from '../../../src/replica/care/damage.ts';
import type { RecordRow } from '../../../src/contract/record.ts';
import type { DamagedRow } from '../../../src/store/ground/port.ts';
import { type BreakableStore, createBreakableStore } from '../../helpers/breakable-store.ts';
import { type Devices, type Pair, setupDevices, setupPair } from '../../helpers/setup-pair.ts';
import { type TestDevice, everyItem } from '../../helpers/test-device.ts';
import { converge, decideEverything, steps, take } from './random-steps.ts';
import { runs } from '../../helpers/suite.ts';

const firstPage = { cursor: null, limit: 100 } as const;
const node = ['workspace', 'w'] as const;
const other = ['workspace', 'v'] as const;
const workspace = 'workspace' as CollectionName;
const w = 'w' as RecordId;

/** A pair whose second device has a disk that can be damaged, and two records that both devices hold. */
function setup(): Pair & { readonly disk: BreakableStore } {
  const disks: BreakableStore[] = [];
  const pair = setupPair({
    wrapStore: (disk) => {
      const made = createBreakableStore(disk);
      disks.push(made);
      return made.store;
    },
  });
  pair.a.put(node, { kind: 'task', title: 'one' });
  pair.a.put(other, { kind: 'task', title: 'one' });
  pair.exchange();
  return { ...pair, disk: disks[1] as BreakableStore };
}

function damagedOn(device: TestDevice): ReturnType<TestDevice['replica']['verifyRecords']>['damaged'] {
  return device.replica.verifyRecords(firstPage).damaged;
}

describe('a damaged record', () => {
  it('92 §10.50 is named from the log, quarantined once, counted, audited and told of; others go on', () => {
    const { b, disk } = setup();
    disk.breakRow(...node);
    const { count } = b.disk.audit.head();
    const [damaged] = damagedOn(b);
    expect(damaged).toMatchObject({ row: { recordId: 'w' } });
    damagedOn(b);
    expect(b.held()).toMatchObject([
      { id: damaged?.quarantineId, recordId: 'w', reasonCode: 'signature_invalid', detail: 'row_damaged' },
    ]);
    expect(b.disk.records.counts(workspace)).toMatchObject({ quarantined: 1 });
    expect(damagedCount(b.disk, workspace)).toBe(1);
    expect(b.disk.audit.read(count, 10)).toMatchObject([
      { eventType: 'sync.record.quarantined', outcome: 'quarantine' },
    ]);
    expect(b.events.filter(({ type }) => type === 'quarantine.added')).toHaveLength(1);
    expect(b.write(node, { kind: 'remove' })).toMatchObject({ ok: false, error: { kind: 'damaged' } });
    expect(b.put(other, { kind: 'task', title: 'two' }).fields).toEqual({ kind: 'task', title: 'two' });
  });

  it('92 is noticed on reading, and a whole one is not', () => {
    const { b, disk } = setup();
    expect(b.replica.noteDamaged(workspace, w)).toBeUndefined();
    disk.breakRow(...node);
    expect(b.replica.noteDamaged(workspace, w)).toMatchObject({ row: { recordId: 'w', changes: [{}] } });
    expect(b.held()).toMatchObject([{ recordId: 'w', detail: 'row_damaged' }]);
  });

  it('93 is rebuilt from the log as it was, takes what waited, and its item is closed', () => {
    const { a, b, disk, exchange } = setup();
    disk.breakRow(...node);
    a.patch(node, { op: 'add', path: '/title', value: 'two' });
    exchange();
    const [damaged] = damagedOn(b);
    expect(b.held()).toHaveLength(2);
    expect(b.replica.rebuildRecord(damaged as never)).toEqual({ ok: true, value: undefined });
    expect(b.row(node)).toEqual(a.row(node));
    expect(b.held()).toEqual([]);
    expect(damagedCount(b.disk, workspace)).toBe(0);
    expect(b.events.map(({ type }) => type)).toEqual(expect.arrayContaining(['quarantine.released']));
    disk.breakRow(...node);
    damagedOn(b);
    expect(b.held()).toHaveLength(1);
  });

  it('94 is neither released nor dropped, because only mending it helps', () => {
    const { b, disk } = setup();
    disk.breakRow(...node);
    const id = damagedOn(b)[0]?.quarantineId ?? '';
    for (const answer of [b.replica.release(id), b.replica.drop(id)]) {
      expect(answer).toMatchObject({
        ok: false,
        error: { kind: 'damaged', message: expect.stringContaining('rebuild') },
      });
    }
    expect(b.replica.closeMended(b.held())).toBe(0);
    disk.mend(...node);
    expect(b.replica.closeMended(b.held())).toBe(1);
    expect(b.held()).toEqual([]);
  });

  it.each([
    ['of no history', (row: DamagedRow) => ({ ...row, changes: [] }), 'history is damaged too'],
    ['that nothing names', (row: DamagedRow) => ({ ...row, recordId: undefined }), 'which record it was'],
    ['of an unknown collection', (row: DamagedRow) => ({ ...row, collection: 'x' as CollectionName }), 'No engine'],
    [
      'whose log is gone',
      (row: DamagedRow) => ({ ...row, changes: row.changes.map((change) => ({ ...change, sequence: 99 })) }),
      '1 of its 1 changes',
    ],
  ])('95 %s is left as it is, in words', (_, spoil, words) => {
    const { b, disk } = setup();
    disk.breakRow(...node);
    const [damaged] = damagedOn(b);
    const spoilt = { quarantineId: 'qr_x', row: spoil(damaged?.row as DamagedRow) };
    expect(b.replica.rebuildRecord(spoilt)).toEqual({ ok: false, error: expect.stringContaining(words) });
    expect(b.held()).toHaveLength(1);
  });

  it('92 that nothing names is quarantined by its place', () => {
    const { b, disk } = setup();
    disk.breakRow('workspace', 'never-written');
    expect(damagedOn(b)).toMatchObject([{ row: { recordId: undefined } }]);
    expect(b.held()).toMatchObject([{ recordId: null, collection: 'workspace', detail: 'row_damaged' }]);
  });

  it('93 (invariant 9) any record, after any operations, is rebuilt to the identical row', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(steps, fc.boolean(), (taken, decided) => {
        const disks: BreakableStore[] = [];
        const world = setupDevices(3, {
          wrapStore: (disk) => {
            const made = createBreakableStore(disk);
            disks.push(made);
            return made.store;
          },
        });
        for (const step of taken) {
          take(world, step);
        }
        converge(world);
        if (decided) {
          decideEverything(world);
        }
        expectIdenticalRows(world, disks);
      }),
      { numRuns: runs(15, 60), seed: 20_260_401 },
    );
  });
});

function expectIdenticalRows({ all }: Devices, disks: readonly BreakableStore[]): void {
  for (const [index, device] of all.entries()) {
    for (const { manifest } of device.bindings.all()) {
      for (const row of rowsOf(device, manifest.collection)) {
        disks[index]?.breakRow(row.collection, row.id);
        const damaged = damagedOn(device).find(({ row: { recordId } }) => recordId === row.id);
        expect(damaged && device.replica.rebuildRecord(damaged)).toEqual({ ok: true, value: undefined });
        expect(disks[index]?.store.records.get(row.collection, row.id)).toEqual(row);
      }
    }
  }
}

function rowsOf({ disk }: TestDevice, collection: CollectionName): readonly RecordRow[] {
  return disk.records.list(collection, everyItem).items;
}
