import { describe, expect, it } from 'vitest';
import type { DeviceId } from '../../../src/base/ids.ts';
import type { Store } from '../../../src/store/ground/port.ts';
import { setupPair } from '../../helpers/setup-pair.ts';
import { mergedState } from './random-steps.ts';

/** A store whose log lacks batches that once were there: `device sequence`. */
function forgetful(disk: Store, gone: Set<string>): Store {
  const isHere = (deviceId: DeviceId, sequence: number): boolean => !gone.has(`${deviceId} ${sequence}`);
  return {
    ...disk,
    log: {
      ...disk.log,
      get: (scopeId, deviceId, sequence) =>
        isHere(deviceId, sequence) ? disk.log.get(scopeId, deviceId, sequence) : undefined,
      after: (scopeId, deviceId, sequence, limitBytes) =>
        disk.log.after(scopeId, deviceId, sequence, limitBytes).filter((row) => isHere(row.deviceId, row.sequence)),
      append(row) {
        gone.delete(`${row.deviceId} ${row.sequence}`);
        disk.log.append(row);
      },
    },
  };
}

function pairWithGaps() {
  const gone = new Set<string>();
  const pair = setupPair({ wrapStore: (disk) => forgetful(disk, gone) });
  return { ...pair, gone };
}

const node = (id: string) => ['workspace', id] as const;
const task = (title: string) => ({ kind: 'task', title });

describe('350 a log that lost batches', () => {
  it('of another device: the chain ends before the gap, and what follows comes again without effect of its own', () => {
    const { a, b, workspace, gone, exchange } = pairWithGaps();
    for (const number of [1, 2, 3, 4]) {
      a.put(node(`n${number}`), task(`title ${number}`));
    }
    exchange();
    gone.add(`${a.keys.deviceId} 2`);
    const before = [1, 2, 3, 4].map((number) => b.row(node(`n${number}`)));
    expect(b.replica.mendLog()).toBe(1);
    expect(b.disk.log.heads(workspace).get(a.keys.deviceId)?.sequence).toBe(1);
    gone.clear();
    exchange();
    expect(b.disk.log.heads(workspace).get(a.keys.deviceId)?.sequence).toBe(4);
    expect([1, 2, 3, 4].map((number) => b.row(node(`n${number}`)))).toEqual(before);
    expect(b.replica.mendLog()).toBe(0);
  });

  it('353 of its own: what no relay has is sealed again behind the gap, and what cannot be read is written once more', () => {
    const { a, b, workspace, gone, exchange } = pairWithGaps();
    for (const number of [1, 2, 3, 4]) {
      a.put(node(`n${number}`), task(`title ${number}`));
    }
    a.put(node('n2'), task('title 2, again'));
    a.put(node('n1'), task('title 1, again'));
    a.remove(node('n4'));
    gone.add(`${a.keys.deviceId} 3`).add(`${a.keys.deviceId} 5`).add(`${a.keys.deviceId} 7`);
    expect(a.replica.mendLog()).toBe(1);
    gone.clear();
    expect(a.disk.log.heads(workspace).get(a.keys.deviceId)?.sequence).toBe(3);
    const told = [...a.replica.writeAgain()];
    expect(told.length).toBeGreaterThan(0);
    exchange();
    const shown = [1, 2, 3, 4].map((number) => b.row(node(`n${number}`))?.fields?.['title']);
    expect(shown).toEqual(['title 1, again', 'title 2, again', 'title 3', undefined]);
    a.put(node('n3'), task('later'));
    exchange();
    expect(b.row(node('n3'))?.fields).toEqual(task('later'));
    expect(mergedState(b)).toBe(mergedState(a));
    const writes = a.replica.writeAgain();
    let answer = writes.next();
    while (answer.done !== true) {
      answer = writes.next();
    }
    expect(answer.value).toBe(0);
  });

  it('of its own that a relay has confirmed: it counts as confirmed no longer', () => {
    const { a, workspace, gone } = pairWithGaps();
    for (const number of [1, 2, 3]) {
      a.put(node(`n${number}`), task(`title ${number}`));
    }
    a.disk.log.acknowledge(workspace, 'wss://relay', 3);
    gone.add(`${a.keys.deviceId} 2`);
    expect(a.replica.mendLog()).toBe(1);
    expect(a.disk.log.acknowledgedAnywhere(workspace)).toBe(1);
    expect(a.disk.log.heads(workspace).get(a.keys.deviceId)?.sequence).toBe(1);
  });
});
