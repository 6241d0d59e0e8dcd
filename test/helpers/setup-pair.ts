import { assert } from '../../src/base/assert.ts';
import type { ScopeId } from '../../src/base/ids.ts';
import type { Role } from '../../src/membership/parse/state.ts';
import type { ReceiveReport } from '../../src/replica/names/reports.ts';
import type { Store } from '../../src/store/ground/port.ts';
import { type Random, createRandom } from '../simulation/random.ts';
import { type Household, householdOf, startMs } from './household.ts';
import { type TestDevice, createTestDevice } from './test-device.ts';
import { receiveAll } from './receive-all.ts';

/** Fresh devices of one person under one clock that only the test moves. */
export interface Devices {
  readonly household: Household;
  readonly all: readonly TestDevice[];
  readonly clock: { nowMs: number };
  readonly random: Random;
  readonly profile: ScopeId;
  readonly workspace: ScopeId;
  /** Hands over every batch that another device lacks, until all know all. */
  exchange(): void;
  /** Hands over what `to` lacks of what `from` holds, and nothing else. */
  send(from: TestDevice, to: TestDevice): readonly ReceiveReport[];
}

export interface Pair extends Devices {
  readonly a: TestDevice;
  readonly b: TestDevice;
}

export interface SetupOptions {
  readonly seed?: number;
  /** What the devices after the first may do. */
  readonly laterRole?: Role;
  /** Puts something between a device and its disk. */
  readonly wrapStore?: (disk: Store, index: number) => Store;
}

export function setupPair(options: SetupOptions = {}): Pair {
  const devices = setupDevices(2, options);
  const [a, b] = devices.all as readonly [TestDevice, TestDevice];
  return { ...devices, a, b };
}

export function setupDevices(count: number, options: SetupOptions = {}): Devices {
  const household = householdOf(count, options.laterRole);
  const clock = { nowMs: startMs };
  const random = createRandom(options.seed ?? 1, 'test');
  const all = household.devices.map((_, index) =>
    createTestDevice({
      ...{ household, index, nowMs: () => clock.nowMs },
      randomBytes: createRandom(options.seed ?? 1, `device ${index}`).bytes,
      wrapStore: options.wrapStore ?? ((disk) => disk),
    }),
  );
  const { profile, workspace } = household;
  const send = (from: TestDevice, to: TestDevice): readonly ReceiveReport[] =>
    [profile.scopeId, workspace.scopeId].flatMap((scopeId) => {
      const batches = batchesLacking(from, to, scopeId);
      return batches.length === 0 ? [] : [receiveAll(to.replica, scopeId, batches)];
    });
  return {
    ...{ household, all, clock, random, send },
    profile: profile.scopeId,
    workspace: workspace.scopeId,
    exchange() {
      let appended: number;
      do {
        appended = 0;
        for (const from of all) {
          for (const to of all) {
            appended += from === to ? 0 : send(from, to).reduce((sum, report) => sum + report.appended, 0);
          }
        }
      } while (appended > 0);
    },
  };
}

/** In the order of each device's chain. */
export function batchesLacking(from: TestDevice, to: TestDevice, scopeId: ScopeId): readonly Uint8Array[] {
  const held = to.disk.log.heads(scopeId);
  return [...from.disk.log.heads(scopeId).keys()].flatMap((deviceId) =>
    from.disk.log
      .after(scopeId, deviceId, held.get(deviceId)?.sequence ?? 0, Number.MAX_SAFE_INTEGER)
      .map(({ bytes }) => bytes),
  );
}

/** Every batch that a device wrote in a scope, oldest first. */
export function batchesBy(device: TestDevice, scopeId: ScopeId): readonly Uint8Array[] {
  return device.disk.log.after(scopeId, device.replica.self, 0, Number.MAX_SAFE_INTEGER).map(({ bytes }) => bytes);
}

export function last<T>(items: readonly T[]): T {
  const item = items.at(-1);
  assert(item !== undefined, 'there is a last one');
  return item;
}
