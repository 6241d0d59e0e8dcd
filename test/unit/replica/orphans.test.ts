import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { ChangeId, CollectionName, RecordId, ScopeId } from '../../../src/base/ids.ts';
import { changeIdOf } from '../../../src/log/change.ts';
import { craftBatch, craftChange } from '../../helpers/crafted-batch.ts';
import { setupDevices } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { mergedState } from './random-steps.ts';
import { runs } from '../../helpers/suite.ts';

const nodes = 'workspace' as CollectionName;
const record = 'n' as RecordId;

/** One version of the record by `a`. */
function version(number: number, parents: readonly ChangeId[]): Uint8Array {
  const stamp = `019b76da${(0x1000 + number).toString(16)}-0000`;
  return craftChange({ objectId: 'n', parents, value: { kind: 'task', title: `title ${number}` }, stamp });
}

function waitingOn({ disk }: TestDevice): readonly ChangeId[] {
  const rows = disk.history.list(nodes, record);
  return rows.flatMap(({ disposition, changeId }) => (disposition === 'waiting' ? [changeId] : []));
}

/** A batch that follows the ones before it in the chain of its device. */
function nextBatch(by: TestDevice, scopeId: ScopeId, records: readonly Uint8Array[]): Uint8Array {
  const { batchId, bytes } = craftBatch({ by, scopeId, records });
  const { deviceId } = by.keys;
  const sequence = (by.disk.log.heads(scopeId).get(deviceId)?.sequence ?? 0) + 1;
  by.disk.log.append({ scopeId, deviceId, sequence, batchId, bytes });
  return bytes;
}

/** How often a device looks through a record for what waits, while versions come that none of it waits for. */
function looksFor(orphans: number, versions: number): number {
  const devices = setupDevices(2);
  const [a, b] = devices.all as readonly [TestDevice, TestDevice];
  const never = changeIdOf(a.keys.deviceId, version(0xfff, []));
  const take = (records: readonly Uint8Array[]): void => {
    b.replica.receive(devices.workspace, [nextBatch(a, devices.workspace, records)]);
    for (let isMore = true; isMore; isMore = b.replica.takeInMore()) {
      // Goes on.
    }
  };
  let last = version(0, []);
  take([last, ...Array.from({ length: orphans }, (_, number) => version(1 + number, [never]))]);
  const looked = vi.spyOn(b.disk.history, 'list');
  for (let number = 0; number < versions; number++) {
    last = version(0x800 + number, [changeIdOf(a.keys.deviceId, last)]);
    take([last, version(0x400 + number, [never])]);
  }
  expect(b.row(['workspace', 'n'])?.fields).toMatchObject({ title: `title ${0x800 + versions - 1}` });
  expect(waitingOn(b)).toHaveLength(orphans + versions);
  return looked.mock.calls.length / versions;
}

describe('changes whose parents never come', () => {
  it('317 nobody looks at them again for a version that none of them waits for', () => {
    expect(looksFor(40, 10)).toBeLessThanOrEqual(looksFor(1, 10));
  });

  it('317 law: a device that remembers what is missing judges as one that looks through everything', () => {
    const graph = fc.array(fc.array(fc.nat({ max: 7 }), { maxLength: 2 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(graph, fc.array(fc.nat({ max: 7 }), { minLength: 8, maxLength: 14 }), (shape, order) => {
        const devices = setupDevices(3);
        const [a, remembers, forgets] = devices.all as readonly [TestDevice, TestDevice, TestDevice];
        const versions: Uint8Array[] = [];
        for (const [number, parents] of shape.entries()) {
          const known = [...new Set(parents.filter((parent) => parent < number))];
          versions.push(
            version(
              number,
              known.map((parent) => changeIdOf(a.keys.deviceId, versions[parent] as Uint8Array)),
            ),
          );
        }
        for (const index of order.filter((one) => one < versions.length)) {
          const records = [versions[index] as Uint8Array];
          const bytes = nextBatch(a, devices.workspace, records);
          remembers.replica.receive(devices.workspace, [bytes]);
          forgets.restart();
          forgets.replica.receive(devices.workspace, [bytes]);
          expect(waitingOn(remembers)).toEqual(waitingOn(forgets));
          expect(mergedState(remembers)).toEqual(mergedState(forgets));
        }
      }),
      { numRuns: runs(25, 100) },
    );
  });
});
