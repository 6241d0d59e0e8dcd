import { describe, expect, it } from 'vitest';
import type { AuditEvent, AuditFacts, AuditRow } from '../../../src/contract/audit.ts';
import {
  emptyTree,
  signCheckpoint,
  verifyCheckpoints,
  withEvent,
  withLost,
} from '../../../src/log/audit-checkpoint.ts';
import type { Store } from '../../../src/store/ground/port.ts';
import { mendTheRest } from '../../simulation/mending.ts';
import { type BreakableStore, createBreakableStore } from '../../helpers/breakable-store.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { setupPair } from '../../helpers/setup-pair.ts';

/** A store whose log lacks batches, by their author, until they are appended again. */
function lacking(disk: Store, gone: Set<string>): Store {
  return {
    ...disk,
    log: {
      ...disk.log,
      get: (scopeId, deviceId, sequence) =>
        gone.has(`${deviceId} ${sequence}`) ? undefined : disk.log.get(scopeId, deviceId, sequence),
      after: (scopeId, deviceId, sequence, limitBytes) =>
        disk.log
          .after(scopeId, deviceId, sequence, limitBytes)
          .filter((row) => !gone.has(`${row.deviceId} ${row.sequence}`)),
      append(row) {
        gone.delete(`${row.deviceId} ${row.sequence}`);
        disk.log.append(row);
      },
    },
  };
}

const node = (number: number) => ['workspace', `w${number}`] as const;

it('352 what could not be made without a lost batch is made once it is back, with what waited for it', async () => {
  const gone = new Set<string>();
  const disks: BreakableStore[] = [];
  const stores: Store[] = [];
  const { a, b, exchange } = setupPair({
    wrapStore(disk, index) {
      const made = createBreakableStore(disk);
      disks[index] = made;
      stores[index] = index === 1 ? lacking(made.store, gone) : made.store;
      return stores[index];
    },
  });
  for (const number of [1, 2, 3]) {
    a.put(node(number), { kind: 'task', title: `title ${number}` });
  }
  exchange();
  gone.add(`${a.keys.deviceId} 2`);
  disks[1]?.breakRow(...node(2));
  const [damaged] = b.replica.verifyRecords({ cursor: null, limit: 10 }).damaged;
  expect(b.replica.rebuildRecord(damaged as never)).toMatchObject({ ok: false });
  expect(b.replica.mendLog()).toBe(1);
  a.patch(node(2), { op: 'add', path: '/title', value: 'later' });
  b.disk.settings.set('store.salvaged', {});
  exchange();
  expect(gone.size).toBe(0);
  expect(b.held()).toHaveLength(2);
  const health = { guard: (work: () => void) => (work(), true) };
  mendTheRest({ store: stores[1] as Store, replica: b.replica, health: health as never });
  await Promise.resolve();
  expect(b.held()).toEqual([]);
  expect(b.row(node(2))).toEqual(a.row(node(2)));
});

it('352 what was held for standing on a damaged record is judged once that is whole', () => {
  const disks: BreakableStore[] = [];
  const { a, b, exchange } = setupPair({
    wrapStore(disk, index) {
      const made = createBreakableStore(disk);
      disks[index] = made;
      return made.store;
    },
  });
  a.put(node(1), { kind: 'task', title: 'one' });
  exchange();
  disks[1]?.breakRow(...node(1));
  a.patch(node(1), { op: 'add', path: '/title', value: 'later' });
  exchange();
  expect(b.held().length).toBeGreaterThan(0);
  disks[1]?.mend(...node(1));
  b.disk.settings.set('store.salvaged', {});
  mendTheRest({ store: b.disk, replica: b.replica, health: { guard: (work: () => void) => (work(), true) } as never });
  expect([b.held(), b.fields(node(1))]).toEqual([[], { kind: 'task', title: 'later' }]);
});

const lastRoot = ({ replica }: TestDevice): string | undefined => replica.auditCheckpoints().at(-1)?.root;

/** The root that this device would sign over these rows. */
function rootOver({ keys }: TestDevice, rows: readonly AuditRow[]): string {
  const tree = rows.reduce(
    (grown, row) => (typeof row === 'string' ? withLost(grown) : withEvent(grown, row)),
    emptyTree,
  );
  return signCheckpoint(tree, 0, keys).root;
}

describe('354 events of the own audit chain that are gone', () => {
  const facts: AuditFacts = {
    ...{ eventType: 'test.event', actorId: 'urn:srcos:user:a', subjectId: 'urn:srcos:user:b', policyDomain: 'test' },
    ...{ outcome: 'informational', reasonCode: 'none', details: {} },
  };

  function setup() {
    const gone = new Set<number>();
    const stores: Store[] = [];
    const failing = { isFull: false };
    const { a } = setupPair({
      wrapStore(disk) {
        const read: Store['audit']['read'] = (from, limit) =>
          disk.audit.read(from, limit).map((row, index) => {
            const place = from + index + 1;
            const isNoted = disk.audit.lost().some((lost) => lost.from <= place && place <= lost.to);
            return gone.has(place) ? (isNoted ? 'lost' : 'damaged') : row;
          });
        const append: Store['audit']['append'] = (event) => {
          if (failing.isFull) {
            throw new Error('full');
          }
          disk.audit.append(event);
        };
        const store = { ...disk, audit: { ...disk.audit, append, read } };
        stores.push(store);
        return store;
      },
    });
    const [disk] = stores as [Store];
    const audit = (times: number): void => {
      for (let time = 0; time < times; time++) {
        a.replica.audit(facts);
      }
    };
    const outcome = (): string => {
      const verified = verifyCheckpoints(disk.audit.read(0, 1000), disk.audit.head(), a.replica.auditCheckpoints());
      return verified.ok ? `${verified.value.count} events` : (verified.error.detail ?? '');
    };
    return { a, disk, gone, failing, audit, outcome };
  }

  it('are noted as lost, and an event says so', () => {
    const { a, disk, gone, audit, outcome } = setup();
    audit(6);
    a.replica.checkpointAudit(0);
    gone.add(2).add(3).add(5);
    const stretches = [
      { from: 2, to: 3 },
      { from: 5, to: 5 },
    ];
    expect(a.replica.mendAudit(false)).toMatchObject(stretches);
    expect([disk.audit.lost(), disk.audit.head().count]).toEqual([[], 6]);
    expect(a.replica.mendAudit(true)).toMatchObject(stretches);
    expect(disk.audit.lost()).toMatchObject(stretches);
    const said = disk.audit.read(6, 10) as readonly AuditEvent[];
    expect(said.map(({ eventType, details }) => ({ eventType, details }))).toEqual(
      stretches.map((details) => ({ eventType: 'sync.audit.lost', details })),
    );
    expect([a.replica.mendAudit(true), outcome()]).toEqual([[], '8 events']);
    // What was covered stands in the edge that was kept: the tree is that of the chain before it was damaged.
    a.replica.checkpointAudit(0);
    expect(lastRoot(a)).toBe(rootOver(a, a.disk.audit.read(0, 8)));
  });

  it('that no checkpoint covered leave nothing behind, and the tree goes on from its kept edge', () => {
    const { a, disk, gone, audit, outcome } = setup();
    audit(4);
    a.replica.checkpointAudit(0);
    audit(3);
    gone.add(6);
    a.replica.mendAudit(true);
    audit(1);
    a.replica.checkpointAudit(0);
    expect(a.replica.auditCheckpoints().map(({ n }) => n)).toEqual([4, 9]);
    expect(outcome()).toBe('9 events');
    expect(lastRoot(a)).toBe(rootOver(a, disk.audit.read(0, 9)));
  });

  it('are noted in one transaction with what says so', () => {
    const { a, disk, gone, failing, audit } = setup();
    audit(3);
    gone.add(2);
    failing.isFull = true;
    expect(() => a.replica.mendAudit(true)).toThrow('full');
    expect(disk.audit.lost()).toEqual([]);
    failing.isFull = false;
    expect(a.replica.mendAudit(true)).toHaveLength(1);
    expect(disk.audit.lost()).toHaveLength(1);
  });
});
