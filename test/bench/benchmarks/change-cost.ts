import type { CollectionName, RecordId, ScopeId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { Intent } from '../../../src/contract/strategy.ts';
import type { DeviceKeys } from '../../../src/crypto/keys.ts';
import { pooledRandom } from '../../../src/daemon/ground/pooled-random.ts';
import { createReplica } from '../../../src/replica/create-replica.ts';
import type { Replica } from '../../../src/replica/port.ts';
import type { Bindings } from '../../../src/replica/names/binding.ts';
import { createMemoryStore } from '../../../src/store/memory.ts';
import type { Store } from '../../../src/store/ground/port.ts';
import { type Household, householdOf, shippedBindings } from '../../helpers/household.ts';
import { secretKeeperOf } from '../../helpers/secret-keeper.ts';
import { type Benchmark, type Figure, timesTheFloor } from '../benchmark.ts';
import { floorOfTakingIn } from '../floor/take-in.ts';
import { sampleRecords } from '../records.ts';
import { createStoreOnDisk } from '../stage/store.ts';
import { demand } from '../stage/until.ts';
import { median } from '../statistics.ts';

/** Changes in one delivery, which is one transaction: its commit is shared as it is when devices catch up. */
const perDelivery = 100;
const fillAtOnce = 2_000;

export const changeCost: Benchmark = {
  name: 'change-cost',
  title: 'one change of another device, admitted and merged into an SQLite store, by strategy and by what it holds',
  run({ pick }) {
    const sizes = pick({ full: [1_000, 100_000], quick: [1_000, 20_000], shortest: [200, 400] });
    const deliveries = pick({ full: 31, quick: 9, shortest: 2 });
    const homes: Home[] = [];
    try {
      for (const size of sizes) {
        homes.push(createHome(size));
      }
      const floor = floorOfTakingIn(deliveries * perDelivery, perDelivery).taken;
      return Promise.resolve([
        { label: 'floor: one record verified, opened and inserted', value: floor, unit: 'µs' },
        ...works.flatMap((work) => figuresOf(work, homes, deliveries, floor)),
      ]);
    } finally {
      homes.forEach((home) => home.close());
    }
  },
};

interface Work {
  readonly strategy: string;
  readonly collection: string;
  readonly intentOf: (number: number, author: string) => { readonly id: string; readonly intent: Intent };
}

/** A device that holds so many records, and one that writes for it. */
interface Home {
  readonly held: number;
  readonly author: Peer;
  readonly receiver: Peer;
  close(): void;
}

/** Microseconds for each change. */
interface Cost {
  readonly all: number;
  /** Without what the disk is waited for. */
  readonly processor: number;
}

function createHome(held: number): Home {
  const { store, remove } = createStoreOnDisk();
  const household = householdOf(2);
  const author = createPeer(household, 0, createMemoryStore());
  const receiver = createPeer(household, 1, store);
  fill(author, receiver, held);
  return {
    held,
    author,
    receiver,
    close: remove,
  };
}

/** The homes take turns, so that what a busy machine costs falls on both alike. */
function figuresOf(work: Work, homes: readonly Home[], deliveries: number, floor: number): readonly Figure[] {
  const costs = homes.map((): Cost[] => []);
  for (let delivery = 0; delivery < deliveries; delivery++) {
    homes.forEach((home, index) => costs[index]?.push(costOf(home, work, delivery)));
  }
  const medians = costs.map((ofHome) => ({
    all: median(ofHome.map(({ all }) => all)),
    processor: median(ofHome.map(({ processor }) => processor)),
  }));
  const [few, many] = medians as [Cost, Cost];
  const [small, large] = homes.map(({ held }) => held.toLocaleString('en'));
  return [
    { label: `${work.strategy}, ${small} records held`, value: few.all, unit: 'µs' },
    { label: `${work.strategy}, ${large} records held`, value: many.all, unit: 'µs', goal: '≤ 100' },
    { label: `${work.strategy}, ${large} held: processor time`, value: many.processor, unit: 'µs' },
    { label: `${work.strategy}: ${large} ÷ ${small}`, value: many.all / few.all, unit: '×', goal: '≤ 1.3' },
    { label: `${work.strategy}, ${large} held ÷ floor`, value: many.all / floor, unit: timesTheFloor },
  ];
}

function costOf({ author, receiver }: Home, { collection, intentOf }: Work, delivery: number): Cost {
  const numbers = Array.from({ length: perDelivery }, (_, index) => delivery * perDelivery + index);
  const writes = numbers
    .map((number) => intentOf(number, author.replica.self))
    .map(({ id, intent }) => ({ id: id as RecordId, intent }));
  const results = author.replica.edit(collection as CollectionName, writes, true);
  demand(
    results.every(({ ok }) => ok),
    `every change of ${collection} is written`,
  );
  const before = process.cpuUsage();
  const elapsedMs = deliver(author, receiver);
  const { user, system } = process.cpuUsage(before);
  return { all: (elapsedMs * 1000) / perDelivery, processor: (user + system) / perDelivery };
}

interface Peer {
  readonly replica: Replica;
  /** Sealed since the last time it was asked. */
  takeBatches(): readonly { readonly scopeId: ScopeId; readonly bytes: Uint8Array }[];
}

function createPeer(household: Household, index: number, store: Store): Peer {
  const keys = household.devices[index] as DeviceKeys;
  let batches: { scopeId: ScopeId; bytes: Uint8Array }[] = [];
  const replica = createReplica({
    store,
    device: { keys, userId: household.userId, nowMs: Date.now, randomBytes: pooledRandom },
    bindings: inWorkspace(),
    settings: { isEnabled: () => true },
    secrets: secretKeeperOf(store, { keys }),
    listener: {
      appended: (scopeId, batch) => void batches.push({ scopeId, bytes: batch.bytes }),
      event: () => undefined,
    },
  });
  for (const { entries, epochKey } of [household.profile, household.workspace]) {
    demand(replica.adoptScope(entries, new Map([[1, epochKey]])).ok, 'a log that was just made is adopted');
  }
  return {
    replica,
    takeBatches() {
      const taken = batches;
      batches = [];
      return taken;
    },
  };
}

/** The shipped engines, with what belongs to an org in the workspace, as configuration may choose. */
function inWorkspace(): Bindings {
  const all = shippedBindings()
    .all()
    .map((binding) => (binding.scope === 'org' ? { ...binding, scope: 'workspace' as const } : binding));
  const byCollection = new Map(all.map((binding) => [binding.manifest.collection as string, binding]));
  return { all: () => all, ofCollection: (name) => byCollection.get(name) };
}

function fill(author: Peer, receiver: Peer, count: number): void {
  for (let from = 0; from < count; from += fillAtOnce) {
    const records = sampleRecords(Math.min(fillAtOnce, count - from), from);
    const writes = records.map(({ id, fields }) => ({ id: id as RecordId, intent: { kind: 'put' as const, fields } }));
    author.replica.edit('workspace' as CollectionName, writes, true);
    deliver(author, receiver);
  }
}

/** Milliseconds that the receiver took. */
function deliver(author: Peer, receiver: Peer): number {
  const batches = author.takeBatches();
  const startedMs = performance.now();
  for (const { scopeId, bytes: batch } of batches) {
    const report = receiver.replica.receive(scopeId, [batch]);
    demand(report.appended === 1 && report.refusals.length === 0, 'the batch is taken in');
  }
  return performance.now() - startedMs;
}

function put(fields: JsonObject): Intent {
  return { kind: 'put', fields };
}

const works: readonly Work[] = [
  {
    strategy: 'graph_merge',
    collection: 'workspace',
    intentOf: (number) => ({
      id: `task-${String(number % 1_000).padStart(7, '0')}`,
      intent: { kind: 'patch', patch: [{ op: 'add', path: '/title', value: `Title ${number}` }] },
    }),
  },
  {
    strategy: 'manual_review',
    collection: 'shell',
    intentOf: (number) => ({
      id: `alias-${number}`,
      intent: put({ kind: 'alias', name: `a${number}`, body: 'ls -l' }),
    }),
  },
  {
    strategy: 'append_only',
    collection: 'ledger',
    intentOf: (number) => ({ id: `event-${number}`, intent: put({ id: `${number}`, outcome: 'allow' }) }),
  },
  {
    strategy: 'quarantine',
    collection: 'inbox',
    intentOf: (number) => ({ id: `drop-${number}`, intent: put({ producer: 'bench', body: `Drop ${number}` }) }),
  },
  {
    strategy: 'signed_authority_required',
    collection: 'clients',
    intentOf: (number) => ({ id: `client-${number}`, intent: put(client(number)) }),
  },
  {
    strategy: 'strongest_policy_wins',
    collection: 'policy',
    intentOf: (number) => ({
      id: 'policy',
      intent: put({ layer: 'workspace', generation: number + 1, rules: {} }),
    }),
  },
];

function client(number: number): JsonObject {
  const publicKeys = { sign: 'A'.repeat(43), box: 'A'.repeat(43) };
  return { label: `Client ${number}`, platform: 'linux', appVersion: '0.1.0', publicKeys };
}
