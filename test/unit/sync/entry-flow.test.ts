import { describe, expect, it } from 'vitest';
import { scopeIdFromBytes } from '../../../src/base/ids.ts';
import { type EntryFlow, createEntryFlow } from '../../../src/sync/scope/entry-flow.ts';
import type { SessionEffect } from '../../../src/sync/ground/session.ts';

const scopeId = scopeIdFromBytes(new Uint8Array(32).fill(1));
const entryAt = (sequence: number): Uint8Array => new Uint8Array([sequence]);

/** A flow whose disk has every entry that it is asked for, and what it did in short words. */
function setup(known: number): { flow: EntryFlow; did: string[] } {
  const did: string[] = [];
  const flow = createEntryFlow(scopeId, known, (effect) => did.push(wordOf(effect)), null);
  return { flow, did };
}

function wordOf(effect: SessionEffect): string {
  switch (effect.type) {
    case 'send':
      return effect.message.type === 'append_entry' ? `append ${effect.message.sequence}` : effect.message.type;
    case 'read_entries':
      return `read ${effect.from}`;
    case 'receive_entries':
      return `receive ${effect.from}+${effect.entries.length}`;
    case 'entry_settled':
      return `settled ${effect.sequence} ${effect.accepted}`;
    default:
      return effect.type;
  }
}

/** Asked and answered: the relay has what this device has. */
function open(flow: EntryFlow): void {
  flow.seed(flow.known);
  flow.sendWanted();
}

describe('entries that came from another relay', () => {
  it('25 are appended while connected, and what follows them is told as ever', () => {
    const { flow, did } = setup(2);
    open(flow);
    flow.held(4);
    expect(did).toEqual(['read 3']);
    flow.ownEntries(3, [entryAt(3), entryAt(4)]);
    flow.appended(3);
    flow.appended(4);
    expect([did, flow.isSeeding, flow.known]).toEqual([['read 3', 'append 3', 'append 4'], false, 4]);
    expect(flow.receive(5, [entryAt(5)])).toBe(true);
    expect(did.at(-1)).toBe('receive 5+1');
    flow.held(5);
    expect(did.at(-1)).toBe('receive 5+1');
  });

  it('25 that this relay tells of at the same time are handed out and end the seeding', () => {
    const { flow, did } = setup(2);
    open(flow);
    flow.held(3);
    expect(flow.receive(3, [entryAt(3)])).toBe(true);
    expect([did, flow.isSeeding]).toEqual([['read 3', 'receive 3+1'], false]);
    expect(flow.receive(3, [entryAt(3)])).toBe(false);
    expect(flow.receive(5, [entryAt(5)])).toBe(false);
  });

  it('25 wait until the scope is open', () => {
    const { flow, did } = setup(2);
    flow.seed(2);
    flow.held(3);
    expect([did, flow.known]).toEqual([[], 2]);
    flow.sendWanted();
    expect([did, flow.known]).toEqual([['read 3'], 3]);
  });

  it('16 25 an entry that is wanted waits for them, and they for one that was sent', () => {
    const { flow, did } = setup(2);
    open(flow);
    flow.held(3);
    flow.want(4, entryAt(4));
    flow.ownEntries(3, [entryAt(3)]);
    expect(did).toEqual(['read 3', 'append 3']);
    flow.appended(3);
    expect(did.at(-1)).toBe('append 4');
    flow.held(4);
    expect(did.at(-1)).toBe('append 4');
    expect(flow.refused()).toBe(true);
    expect(did.slice(-2)).toEqual(['settled 4 false', 'read 4']);
  });

  it('25 before the connection ended are part of what the next one begins with', () => {
    const { flow } = setup(2);
    flow.held(5);
    flow.reset(undefined);
    expect(flow.known).toBe(5);
  });
});
