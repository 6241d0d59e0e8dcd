import { describe, expect, it } from 'vitest';
import { scopeIdFromBytes } from '../../../src/base/ids.ts';
import type { MailboxInput } from '../../../src/relay/mailbox/connection.ts';
import { createTurnQueue } from '../../../src/relay/turn-queue.ts';

const scopeId = scopeIdFromBytes(new Uint8Array(32));
const push = (connectionId: number, batches: number): MailboxInput => ({
  connectionId,
  event: { type: 'push', scopeId, batches: Array.from({ length: batches }, () => new Uint8Array(0)) },
});
const ping = (connectionId: number): MailboxInput => ({ connectionId, event: { type: 'ping' } });

describe('turn queue', () => {
  it('8 small messages of one turn go together', () => {
    const queue = createTurnQueue();
    const inputs = [push(1, 1), push(2, 1), push(1, 1), ping(1)];
    inputs.forEach((input) => queue.put(input, 10));
    expect(queue.take()).toEqual(inputs);
    expect(queue.isEmpty).toBe(true);
  });

  it('15 one connection cannot fill a turn, keeps its order, and always gets on', () => {
    const queue = createTurnQueue();
    const [first, second, after, other] = [push(1, 300), push(1, 200), ping(1), push(2, 1)] as const;
    [first, second, after, other].forEach((input) => queue.put(input, 10));
    expect(queue.waitingBytes(1)).toBe(30);
    expect(queue.take()).toEqual([first, other]);
    expect(queue.waitingBytes(1)).toBe(20);
    expect(queue.take()).toEqual([second, after]);
    expect(queue.waitingBytes(1)).toBe(0);
    expect(queue.take()).toEqual([]);
  });
});
