import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { CollectionName, RecordId, ScopeId } from '../../../src/base/ids.ts';
import type { Replica } from '../../../src/replica/port.ts';
import { type Pair, batchesLacking, last, setupPair } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { valueOf } from '../log/judge-proof.ts';
import { everythingOn } from './device-state.ts';

const node = ['workspace', 'w'] as const;
const alias = ['shell', 's'] as const;
const drop = ['inbox', 'd'] as const;

interface Action {
  readonly name: string;
  /** Brings both devices to where the action can be taken by `b`. */
  prepare(pair: Pair): void;
  act(pair: Pair): void;
}

const workspace = 'workspace' as CollectionName;
const write = (id: string, title: string) =>
  ({ id: id as RecordId, intent: { kind: 'put', fields: { kind: 'task', title } } }) as const;

/** One scope's delivery is one transaction; a visit to both would be two. */
const receiveOnly = ({ a, b }: Pair, scopeId: ScopeId): unknown =>
  b.replica.receive(scopeId, batchesLacking(a, b, scopeId));

const actions: readonly Action[] = [
  {
    name: 'edit',
    prepare: ({ b }) => b.put(node, { kind: 'task', title: 'before' }),
    act: ({ b }) => b.replica.edit(workspace, [write('w', 'after'), write('v', 'new')]),
  },
  {
    name: 'receive of a conflict',
    prepare({ a, b, exchange }) {
      a.put(node, { kind: 'task', title: 'before' });
      exchange();
      a.patch(node, { op: 'add', path: '/title', value: 'by a' });
      b.patch(node, { op: 'add', path: '/title', value: 'by b' });
    },
    act: (pair) => receiveOnly(pair, pair.workspace),
  },
  {
    name: 'receive of a proposal and of what is held',
    prepare({ a, exchange }) {
      a.put(alias, { kind: 'alias', name: 'll', body: 'ls -l' });
      exchange();
      a.patch(alias, { op: 'add', path: '/body', value: 'ls -la' });
      a.put(drop, { producer: 'p', body: 'x' });
    },
    act: (pair) => receiveOnly(pair, pair.profile),
  },
  {
    name: 'receive of a parent that others wait for',
    prepare({ a, b, send }) {
      a.put(node, { kind: 'task', title: 'one' });
      a.patch(node, { op: 'add', path: '/title', value: 'two' });
      // The second batch alone is a gap, so the parent waits behind an engine that is off.
      b.disabled.add('sourceos.sync.workspace');
      send(a, b);
      b.disabled.clear();
    },
    act: ({ b }) => b.replica.rejudge(workspace),
  },
  {
    name: 'decide',
    prepare({ a, exchange }) {
      a.put(alias, { kind: 'alias', name: 'll', body: 'ls -l' });
      exchange();
    },
    act: ({ b }) =>
      b.replica.decide(
        b.reviews().map(({ id }) => id),
        'accept',
      ),
  },
  {
    name: 'release',
    prepare({ a, exchange }) {
      a.put(drop, { producer: 'p', body: 'x' });
      a.patch(drop, { op: 'add', path: '/body', value: 'y' });
      exchange();
    },
    act: ({ b }) => b.replica.release(last(b.held()).id),
  },
  {
    name: 'drop',
    prepare({ a, exchange }) {
      a.put(drop, { producer: 'p', body: 'x' });
      a.patch(drop, { op: 'add', path: '/body', value: 'y' });
      exchange();
    },
    act: ({ b }) => b.replica.drop(last(b.held()).id),
  },
  {
    name: 'name a device',
    prepare: () => undefined,
    act: ({ a, b }) => b.replica.nameDevice(a.keys.deviceId, 'desk'),
  },
  {
    name: 'rename',
    prepare: ({ b }) => b.put(node, { kind: 'task', title: 'before' }),
    act: ({ b }) => b.replica.move(workspace, [{ from: 'w' as RecordId, to: 'v' as RecordId }]),
  },
  {
    name: 'rollback',
    prepare({ b }) {
      b.put(node, { kind: 'task', title: 'before' });
      b.patch(node, { op: 'add', path: '/title', value: 'after' });
    },
    act({ b }) {
      const [first] = b.replica.history(workspace, 'w' as RecordId);
      return b.replica.rollback(workspace, [
        { id: 'w' as RecordId, target: { kind: 'version', version: first?.change.changeId ?? '' } },
      ]);
    },
  },
  {
    name: 'a new key epoch',
    prepare({ a, exchange }) {
      a.put(node, { kind: 'task', title: 'before' });
      exchange();
    },
    act: ({ a, b, workspace: scopeId }) =>
      b.replica.receiveEntries(scopeId, 0, [valueOf(a.replica.draftRotation(scopeId, null)).entry]),
  },
  {
    name: 'an alarm',
    prepare: ({ b }) => b.put(node, { kind: 'task', title: 'before' }),
    act: ({ b, workspace: scopeId }) =>
      b.replica.raiseAlarm({ kind: 'relay_rewound', scopeId, relayUrl: 'wss://relay.example' }),
  },
  {
    name: 'a restore point',
    prepare: ({ b }) => b.put(node, { kind: 'task', title: 'before' }),
    act: ({ b }) => b.replica.createRestorePoint({ name: 'here', cause: 'person', collection: workspace }),
  },
];

describe('a store that fails', () => {
  it.each(actions)('1 leaves no trace of $name, whichever operation fails, and the next try works', (action) => {
    const wanted = outcome(action);
    let struck = 0;
    for (let operation = 1; ; operation++) {
      const pair = prepared(action);
      const before = everythingOn(pair.b);
      pair.b.failing.arm(operation);
      const failed = threw(() => action.act(pair));
      pair.b.failing.disarm();
      expect(failed, `operation ${operation} is not swallowed`).toBe(pair.b.failing.hasStruck);
      if (!failed) {
        break;
      }
      struck++;
      expect(everythingOn(pair.b), `operation ${operation}`).toEqual(before);
      expect(told(pair.b), `2 operation ${operation}`).toEqual([]);
      const remembered = answersOf(pair, pair.b.replica);
      expect(remembered, `memory after operation ${operation}`).toBe(answersOf(pair, pair.b.beside()));
      action.act(pair);
      expect(liveOf(pair.b), `operation ${operation}`).toEqual(wanted);
    }
    expect(struck).toBeGreaterThan(5);
  });

  it('1 forgets a woken change with its transaction: the parent that comes again wakes it', () => {
    const pair = waitingForParent();
    for (let operation = 1; operation < 400; operation++) {
      pair.b.failing.arm(operation);
      const failed = threw(() => pair.send(pair.a, pair.b));
      pair.b.failing.disarm();
      if (!failed) {
        break;
      }
    }
    expect(pair.b.fields(node)).toEqual({ kind: 'task', title: 'two' });
  });

  it('1 forgets a batch that was read and rolled back: another one may take its sequence', () => {
    const { a, b, exchange } = setupPair();
    a.put(node, { kind: 'task', title: 'zero' });
    exchange();
    a.patch(node, { op: 'add', path: '/title', value: 'by a' });
    b.patch(node, { op: 'add', path: '/title', value: 'by b' });
    exchange();
    const many = Array.from({ length: 30 }, (_, index) => write('w', `${index} ${'x'.repeat(40_000)}`));
    for (let operation = 100; operation < 1_400; operation += 211) {
      a.failing.arm(operation);
      threw(() => a.replica.edit(workspace, many));
      a.failing.disarm();
    }
    a.put(node, { kind: 'task', title: 'last' });
    exchange();
    expect(b.fields(node)).toEqual({ kind: 'task', title: 'last' });
    expect(a.fields(node)).toEqual(b.fields(node));
  });

  it('2 tells of a write once it is durable, and of its batch last', () => {
    const { b } = setupPair();
    b.put(node, { kind: 'task', title: 't' });
    expect(b.events.map(({ type }) => type)).toEqual(['record.changed']);
    expect(b.appended.map(({ batch }) => batch.sequence)).toEqual([1]);
  });
});

/** A change of b's that rests on a's second one, at a third device's hand: here b is that device. */
function waitingForParent(): Pair {
  const pair = setupPair();
  const { a, b } = pair;
  a.put(node, { kind: 'task', title: 'one' });
  pair.send(a, b);
  b.patch(node, { op: 'add', path: '/title', value: 'two' });
  // b loses everything but its own log: its own change now waits for a's.
  const own = b.disk.log.after(pair.workspace, b.replica.self, 0, 1e9).map(({ bytes }) => bytes);
  const fresh = setupPair();
  fresh.b.replica.receive(fresh.workspace, own);
  const put = a.disk.log.after(pair.workspace, a.replica.self, 0, 1e9);
  for (const row of put) {
    fresh.a.disk.log.append(row);
  }
  expect(fresh.b.row(node)).toBeUndefined();
  return fresh;
}

function prepared(action: Action): Pair {
  const pair = setupPair();
  action.prepare(pair);
  pair.b.events.length = 0;
  pair.b.appended.length = 0;
  return pair;
}

function outcome(action: Action): unknown {
  const pair = prepared(action);
  action.act(pair);
  return liveOf(pair.b);
}

/** What a device says out of memory and disk: no more than a new process on the same disk says. */
function answersOf({ workspace: scopeId, profile }: Pair, replica: Replica): string {
  const scopes = [scopeId, profile];
  const answers = {
    scopes: replica.scopes(),
    alarms: replica.alarms(),
    announced: replica.announcedScopes(),
    labels: replica.scopes().flatMap(({ state }) => [...state.members.keys()].map((id) => replica.givenLabel(id))),
    restorePoints: replica.restorePoints(),
    policy: replica.policy(),
    revocations: replica.revocations(),
    checkpoints: replica.auditCheckpoints(),
    pending: scopes.map((scope) => replica.pendingBatches(scope)),
    tombstones: scopes.map((scope) => replica.tombstones(scope)),
    own: scopes.map((scope) => replica.ownChangesAfter(scope, 0)),
    history: [node, alias, drop].map(([collection, id]) =>
      replica.history(collection as CollectionName, id as RecordId),
    ),
  };
  return inspect(answers, { depth: null, maxArrayLength: null });
}

function liveOf(device: TestDevice): unknown {
  return [node, ['workspace', 'v'] as const, alias, drop].map((place) => device.fields(place));
}

function told({ events, appended }: TestDevice): readonly unknown[] {
  return [...events, ...appended];
}

function threw(work: () => unknown): boolean {
  try {
    work();
    return false;
  } catch {
    return true;
  }
}
