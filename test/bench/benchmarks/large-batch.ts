import type { ChangeId } from '../../../src/base/ids.ts';
import type { JsonValue } from '../../../src/base/json.ts';
import type { DeviceKeys } from '../../../src/crypto/keys.ts';
import { slice } from '../../../src/daemon/engines/intake-host.ts';
import { changeIdOf } from '../../../src/log/change.ts';
import { pooledRandom } from '../../../src/daemon/ground/pooled-random.ts';
import { createReplica } from '../../../src/replica/create-replica.ts';
import type { Replica } from '../../../src/replica/port.ts';
import { createMemoryStore } from '../../../src/store/memory.ts';
import type { Store } from '../../../src/store/ground/port.ts';
import { craftBatch, craftChange } from '../../helpers/crafted-batch.ts';
import { type Household, householdOf, shippedBindings } from '../../helpers/household.ts';
import { secretKeeperOf } from '../../helpers/secret-keeper.ts';
import { type Benchmark, type Figure, timesTheFloor } from '../benchmark.ts';
import { floorOfTakingIn } from '../floor/take-in.ts';
import { createStoreOnDisk } from '../stage/store.ts';
import { demand } from '../stage/until.ts';

export const largeBatch: Benchmark = {
  name: 'large-batch',
  title: 'one batch of many records into an SQLite store: what each costs, and how long nobody else is answered',
  async run({ pick }) {
    const sizes = pick({ full: [1_000, 4_000], quick: [500, 2_000], shortest: [20, 40] });
    const records = Math.max(...sizes);
    const floor = floorOfTakingIn(records, Math.min(records, 100)).taken;
    const figures: Figure[] = [{ label: 'floor: one record verified, opened and inserted', value: floor, unit: 'µs' }];
    for (const kind of kinds) {
      const [few, many] = (await inTurn(sizes, (size) => measure(kind, size))) as [Measured, Measured];
      const [small, large] = sizes.map((size) => size.toLocaleString('en'));
      figures.push(
        { label: `${kind.name}: ${large}, each`, value: many.eachUs, unit: 'µs' },
        { label: `${kind.name}: ${large}, each ÷ floor`, value: many.eachUs / floor, unit: timesTheFloor },
        { label: `${kind.name}: ${large} ÷ ${small}`, value: many.eachUs / few.eachUs, unit: '×', goal: '≤ 1.3' },
        { label: `${kind.name}: ${large}, longest wait`, value: many.longestMs, unit: 'ms', goal: '≤ 50' },
      );
    }
    return figures;
  },
};

interface Kind {
  readonly name: string;
  readonly isAuthority?: true;
  /** Each stands upon the one that comes behind it, with an earlier stamp. */
  readonly isBackwards?: true;
  readonly change: (number: number) => {
    readonly collection: string;
    readonly objectId: string;
    readonly value: JsonValue;
  };
}

const node = (number: number): JsonValue => ({ kind: 'task', title: `Title ${number}` });

const kinds: readonly Kind[] = [
  {
    name: 'new records',
    change: (number) => ({ collection: 'workspace', objectId: `n${number}`, value: node(number) }),
  },
  {
    name: 'versions of one record beside each other',
    change: (number) => ({ collection: 'workspace', objectId: 'n', value: node(number) }),
  },
  {
    name: 'versions of one record, each before what it stands upon',
    isBackwards: true,
    change: (number) => ({ collection: 'workspace', objectId: 'n', value: node(number) }),
  },
  {
    name: 'proposals to a reviewed collection',
    change: (number) => ({
      ...{ collection: 'shell', objectId: `s${number}` },
      value: { kind: 'alias', name: `l${number}`, body: 'ls' },
    }),
  },
  {
    name: 'records that their schema refuses',
    change: (number) => ({ collection: 'workspace', objectId: `n${number}`, value: { kind: 5 } }),
  },
  ...[
    { name: 'policy without authority' },
    { name: 'policy of an authority that cannot be read', isAuthority: true as const },
  ].map((about) => ({
    ...about,
    change: (number: number) => ({
      ...{ collection: 'policy', objectId: `p${number}` },
      value: { layer: 'org', generation: number },
    }),
  })),
];

interface Measured {
  readonly eachUs: number;
  /** Between two turns of the event loop. */
  readonly longestMs: number;
}

async function measure(kind: Kind, size: number): Promise<Measured> {
  const { store, remove } = createStoreOnDisk();
  const household = householdOf(2);
  // The first founded the scopes, and holds authority over policy.
  const author = peer(household, kind.isAuthority === true ? 0 : 1, createMemoryStore());
  const receiver = peer(household, kind.isAuthority === true ? 1 : 0, store);
  const records = recordsOf(kind, size, author.keys);
  const scopeId = household.workspace.scopeId;
  const { bytes: batch } = craftBatch({ by: author, scopeId, records });
  try {
    return await takeIn(receiver.replica, () => {
      const report = receiver.replica.receive(scopeId, [batch]);
      demand(report.appended === 1, 'the batch is taken in');
    }).then(({ tookMs, longestMs }) => ({ eachUs: (tookMs * 1000) / size, longestMs }));
  } finally {
    remove();
  }
}

function recordsOf(kind: Kind, size: number, { deviceId }: DeviceKeys): readonly Uint8Array[] {
  const records: Uint8Array[] = [];
  let parents: readonly ChangeId[] = [];
  for (let number = 0; number < size; number++) {
    const time = kind.isBackwards ? 0xffff - number : 0xa801 + number;
    const record = craftChange({ ...kind.change(number), parents, stamp: `019b76da${time.toString(16)}-0000` });
    records.push(record);
    parents = kind.isBackwards ? [changeIdOf(deviceId, record)] : [];
  }
  return kind.isBackwards ? records.reverse() : records;
}

/** Receives, and goes on as the daemon does, until nothing is left. */
async function takeIn(replica: Replica, receive: () => void): Promise<{ tookMs: number; longestMs: number }> {
  const startedMs = performance.now();
  let longestMs = 0;
  let turnedMs = startedMs;
  const turn = async (): Promise<void> => {
    await new Promise<void>((resolve) => void setImmediate(resolve));
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - turnedMs);
    turnedMs = nowMs;
  };
  receive();
  for (let isMore = true; isMore; ) {
    await turn();
    isMore = replica.takeInMore();
  }
  await turn();
  return { tookMs: performance.now() - startedMs, longestMs };
}

function peer(household: Household, index: number, store: Store) {
  const keys = household.devices[index] as DeviceKeys;
  const replica = createReplica({
    store,
    device: { keys, userId: household.userId, nowMs: Date.now, randomBytes: pooledRandom },
    bindings: inWorkspace(),
    slice,
    settings: { isEnabled: () => true },
    secrets: secretKeeperOf(store, { keys }),
    listener: { appended: () => undefined, event: () => undefined },
  });
  for (const { entries, epochKey } of [household.profile, household.workspace]) {
    demand(replica.adoptScope(entries, new Map([[1, epochKey]])).ok, 'a log that was just made is adopted');
  }
  return { replica, keys, disk: store };
}

/** Everything in one scope, so that one batch may hold any of it. */
function inWorkspace(): ReturnType<typeof shippedBindings> {
  const all = shippedBindings()
    .all()
    .map((binding) => ({ ...binding, scope: 'workspace' as const }));
  const byCollection = new Map(all.map((binding) => [binding.manifest.collection as string, binding]));
  return { all: () => all, ofCollection: (name) => byCollection.get(name) };
}

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const done: R[] = [];
  for (const item of items) {
    done.push(await work(item));
  }
  return done;
}
