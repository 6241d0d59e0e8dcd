import { assert } from '../../src/base/assert.ts';
import type { CollectionName, EngineId, RecordId, ScopeId } from '../../src/base/ids.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { SyncEvent } from '../../src/contract/events.ts';
import type { PatchOperation } from '../../src/contract/patch-operation.ts';
import type { RecordRow } from '../../src/contract/record.ts';
import type { QuarantineItem, ReviewItem } from '../../src/contract/review.ts';
import type { Intent } from '../../src/contract/strategy.ts';
import type { DeviceKeys, RandomBytes } from '../../src/crypto/keys.ts';
import type { OwnBatch } from '../../src/replica/names/own-batch.ts';
import { createReplica } from '../../src/replica/create-replica.ts';
import type { Replica } from '../../src/replica/port.ts';
import type { Write, WriteResult } from '../../src/replica/names/write.ts';
import type { Bindings } from '../../src/replica/names/binding.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/ground/port.ts';
import { type FailingStore, createFailingStore } from './failing-store.ts';
import { secretKeeperOf } from './secret-keeper.ts';
import { type Household, type SharedScope, shippedBindings } from './household.ts';

export const everyItem: { readonly cursor: null; readonly limit: number } = { cursor: null, limit: 100_000 };

export type Place = readonly [collection: string, id: string];

/** A device with its disk, which a restart leaves as it is. */
export interface TestDevice {
  readonly index: number;
  readonly keys: DeviceKeys;
  /** Past every wrapper. */
  readonly disk: Store;
  readonly failing: FailingStore;
  readonly replica: Replica;
  /** Told so far; a restart keeps them. */
  readonly events: SyncEvent[];
  readonly appended: { readonly scopeId: ScopeId; readonly batch: OwnBatch }[];
  readonly disabled: Set<string>;
  bindings: Bindings;
  /** Policy of this device alone, by key. */
  floor: JsonObject;
  /** What is configured for raw secrets in its writes. */
  secretMode: 'redact' | 'refuse';
  /** Of the policy in force. */
  policyHash: string;
  /** How often it was told that something of what came is left. */
  toldPending: number;
  /** As many records of what comes are taken in by one transaction, more or less. */
  sliceRecords: number;
  /** Time passes and the device has no processor: others on its machine do. */
  isStarved: boolean;
  /** Called with each event as it is told. */
  onEvent: (event: SyncEvent) => void;
  /** A new process on the same disk. */
  restart(): void;
  /** A process beside the running one that knows nothing but the disk, to compare with. */
  beside(): Replica;

  write(place: Place, intent: Intent, more?: Omit<Write, 'id' | 'intent'>): WriteResult;
  /** These three assert that the write was accepted. */
  put(place: Place, fields: JsonObject): RecordRow;
  patch(place: Place, ...patch: readonly PatchOperation[]): RecordRow;
  remove(place: Place): RecordRow;
  row(place: Place): RecordRow | undefined;
  fields(place: Place): JsonObject | null | undefined;
  reviews(): readonly ReviewItem[];
  held(): readonly QuarantineItem[];
}

export interface TestDeviceDeps {
  readonly household: Household;
  readonly index: number;
  readonly nowMs: () => number;
  readonly randomBytes: RandomBytes;
  readonly wrapStore: (disk: Store, index: number) => Store;
}

export function createTestDevice({ household, index, nowMs, randomBytes, wrapStore }: TestDeviceDeps): TestDevice {
  const keys = household.devices[index] as DeviceKeys;
  const disk = createMemoryStore();
  const breaking = createFailingStore(wrapStore(disk, index));
  const events: SyncEvent[] = [];
  const appended: TestDevice['appended'] = [];
  const disabled = new Set<string>();
  let replica: Replica;
  let looks = 0;

  function start(): Replica {
    return createReplica({
      ...{ store: breaking.store, device: { keys, userId: household.userId, nowMs, randomBytes } },
      bindings: { ofCollection: (name) => device.bindings.ofCollection(name), all: () => device.bindings.all() },
      settings: {
        isEnabled: (engineId: EngineId) => !disabled.has(engineId),
        policyBundleHash: () => device.policyHash,
        policyFloor: () => device.floor,
      },
      slice: {
        elapsedMs: () => looks++,
        workedMs: () => (device.isStarved ? 0 : looks),
        get longestMs() {
          return device.sliceRecords;
        },
      },
      secrets: secretKeeperOf(breaking.store, { keys, mode: () => device.secretMode }),
      listener: {
        appended: (scopeId, batch) => appended.push({ scopeId, batch }),
        pending() {
          device.toldPending++;
        },
        event(event) {
          events.push(event);
          device.onEvent(event);
        },
      },
    });
  }

  const write: TestDevice['write'] = ([collection, id], intent, more = {}) =>
    replica.edit(collection as CollectionName, [{ id: id as RecordId, intent, ...more }])[0] as WriteResult;
  const row: TestDevice['row'] = ([collection, id]) => {
    const held = disk.records.get(collection as CollectionName, id as RecordId);
    assert(held !== 'damaged', 'the disk itself is whole');
    return held;
  };
  const device: TestDevice = {
    ...{ index, keys, disk, failing: breaking, events, appended, disabled, write, row },
    bindings: shippedBindings(),
    floor: {},
    secretMode: 'redact',
    toldPending: 0,
    sliceRecords: Number.POSITIVE_INFINITY,
    isStarved: false,
    policyHash: `sha256:${'ab'.repeat(32)}`,
    onEvent() {},
    get replica(): Replica {
      return replica;
    },
    beside: start,
    restart() {
      replica = start();
    },
    put: (place, fields) => accepted(write(place, { kind: 'put', fields })),
    patch: (place, ...patch) => accepted(write(place, { kind: 'patch', patch })),
    remove: (place) => accepted(write(place, { kind: 'remove' })),
    fields: (place) => row(place)?.fields,
    reviews: () => disk.reviews.listOpen(everyItem).items,
    held: () => disk.quarantine.listHeld(everyItem).items,
  };
  replica = start();
  join(replica, household.profile);
  join(replica, household.workspace);
  join(replica, household.local[index] as SharedScope, true);
  return device;
}

function accepted(result: WriteResult): RecordRow {
  assert(result.ok, `the write is accepted, but: ${result.ok ? '' : result.error.message}`);
  return result.value;
}

function join(replica: Replica, { entries, epochKey }: SharedScope, local = false): void {
  const adopted = replica.adoptScope(entries, new Map([[1, epochKey]]), { local });
  assert(adopted.ok, 'a log that was just made can be adopted');
}
