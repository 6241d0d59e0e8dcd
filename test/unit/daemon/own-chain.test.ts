import { describe, expect, it } from 'vitest';
import type { CollectionName } from '../../../src/base/ids.ts';
import { createOutbox } from '../../../src/daemon/relays/outbox.ts';
import { createOwnChain } from '../../../src/daemon/relays/own-chain.ts';
import { setupPair } from '../../helpers/setup-pair.ts';

const url = 'wss://relay.test';

describe('own batches that come back', () => {
  it('count as confirmed; what was sealed behind them is what the outbox still holds, and every relay is told once', () => {
    const { a, b, workspace } = setupPair();
    a.put(['workspace', 'one'], { kind: 'task', title: 'came back' });
    a.put(['workspace', 'two'], { kind: 'task', title: 'sealed again' });
    const outbox = createOutbox();
    const collection = 'workspace' as CollectionName;
    outbox.appended(workspace, { sequence: 1, changes: new Map([[collection, 5]]) });
    const moved: string[] = [];
    const back: string[] = [];
    const chain = createOwnChain({
      ...{ url, outbox, replica: a.replica, store: a.disk },
      ownChainMoved: (scopeId) => moved.push(scopeId),
      ownCameBack: (scopeId) => back.push(scopeId),
    });
    chain.received(workspace, new Map([[b.keys.deviceId, 9]]));
    expect(chain.finished(workspace)).toBe(false);
    expect(back).toEqual([]);
    chain.received(workspace, new Map([[a.keys.deviceId, 1]]));
    chain.received(workspace, new Map([[a.keys.deviceId, 1]]));
    expect(back).toEqual([workspace]);
    expect(chain.finished(workspace)).toBe(true);
    expect(chain.finished(workspace)).toBe(false);
    expect(a.disk.log.acknowledged(workspace, url)).toBe(1);
    expect(outbox.changes(collection)).toBe(1);
    expect(outbox.batches(workspace)).toBe(1);
    expect(moved).toEqual([workspace]);
  });
});
