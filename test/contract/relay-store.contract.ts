import { describe, expect, it } from 'vitest';
import { batchIdFromBytes, deviceIdFromBytes, scopeIdFromBytes } from '../../src/base/ids.ts';
import type { BatchId, DeviceId, ScopeId } from '../../src/base/ids.ts';
import type { RelayStore } from '../../src/relay/port.ts';

const filled = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const scope: ScopeId = scopeIdFromBytes(filled(1));
const other: ScopeId = scopeIdFromBytes(filled(2));
const alice: DeviceId = deviceIdFromBytes(filled(3));
const bob: DeviceId = deviceIdFromBytes(filled(4));
const idOf = (device: DeviceId, sequence: number): BatchId =>
  batchIdFromBytes(new Uint8Array(32).fill(sequence, 1).fill(device === alice ? 1 : 2, 0, 1));

/** What every relay store promises. `reopen` gives the same data through a new object, where the kind can do that. */
export function relayStoreContract(
  name: string,
  open: () => { readonly store: RelayStore; readonly reopen?: () => RelayStore },
): void {
  describe(`relay store: ${name}`, () => {
    const append = (store: RelayStore, deviceId: DeviceId, sequence: number, sizeBytes = 10, scopeId = scope) =>
      store.appendBatch({
        scopeId,
        deviceId,
        sequence,
        batchId: idOf(deviceId, sequence),
        bytes: new Uint8Array(sizeBytes).fill(sequence),
      });

    it('knows nothing at first', () => {
      const { store } = open();
      expect(store.entryCount(scope)).toBe(0);
      expect(store.entries(scope, 0, 1000)).toEqual([]);
      expect(store.head(scope, alice)).toBeNull();
      expect(store.headCursor(scope)).toBe(0);
      expect(store.cursorBefore(scope, new Map())).toBe(0);
      expect(store.arrivals(scope, 0, 10)).toEqual([]);
      expect(store.sizeBytes(scope)).toBe(0);
      expect(store.entryBytes(scope)).toBe(0);
      expect(store.scopesOf(alice, 10)).toEqual([]);
      expect(store.usedOn(alice, 1)).toBe(0);
      store.close();
    });

    it('§10.35 appends an entry only at exactly the next position', () => {
      const { store } = open();
      expect(store.appendEntry(scope, 1, filled(9))).toBe(false);
      expect(store.appendEntry(scope, 0, filled(9))).toBe(true);
      expect(store.appendEntry(scope, 0, filled(8))).toBe(false);
      expect(store.appendEntry(scope, 1, filled(8))).toBe(true);
      expect(store.entries(scope, 0, 1000).map((entry) => entry[0])).toEqual([9, 8]);
      expect(store.entries(scope, 1, 1000).map((entry) => entry[0])).toEqual([8]);
      expect(store.entries(scope, 0, 1)).toHaveLength(1);
      expect(store.entryCount(scope)).toBe(2);
      expect(store.entryBytes(scope)).toBe(64);
      expect(store.sizeBytes(scope)).toBe(64);
      expect(store.entryCount(other)).toBe(0);
      store.close();
    });

    it('appends a batch only as the next of its chain', () => {
      const { store } = open();
      expect(append(store, alice, 2)).toBeUndefined();
      const first = append(store, alice, 1);
      const second = append(store, alice, 2);
      expect(first).toBeGreaterThan(0);
      expect(second).toBeGreaterThan(first as number);
      expect(append(store, alice, 2)).toBeUndefined();
      expect(store.head(scope, alice)).toEqual({ sequence: 2, batchId: idOf(alice, 2) });
      expect(store.head(other, alice)).toBeNull();
      expect(store.batchIdAt(scope, alice, 1)).toBe(idOf(alice, 1));
      expect(store.batchIdAt(scope, alice, 3)).toBeUndefined();
      expect(store.bytesAt(scope, alice, 2)).toEqual(store.read(second as number));
      expect(store.bytesAt(scope, alice, 3)).toBeUndefined();
      expect(store.bytesAt(other, alice, 1)).toBeUndefined();
      expect(store.sizeBytes(scope)).toBe(20);
      store.close();
    });

    it('hands out arrivals of one scope in order, above a cursor', () => {
      const { store } = open();
      const cursors = [append(store, alice, 1), append(store, bob, 1), append(store, alice, 2)] as number[];
      append(store, alice, 1, 10, other);
      expect(store.arrivals(scope, 0, 10).map((row) => [row.deviceId, row.sequence, row.sizeBytes])).toEqual([
        [alice, 1, 10],
        [bob, 1, 10],
        [alice, 2, 10],
      ]);
      expect(store.arrivals(scope, cursors[0] as number, 1).map((row) => row.cursor)).toEqual([cursors[1]]);
      expect(store.headCursor(scope)).toBe(cursors[2]);
      expect([...store.read(cursors[2] as number)]).toEqual(Array.from({ length: 10 }, () => 2));
      store.close();
    });

    it('finds the cursor below everything a device lacks', () => {
      const { store } = open();
      const cursors = [1, 2, 3].map((sequence) => append(store, alice, sequence)) as number[];
      const bobs = append(store, bob, 1) as number;
      expect(store.cursorBefore(scope, new Map())).toBe((cursors[0] as number) - 1);
      expect(
        store.cursorBefore(
          scope,
          new Map([
            [alice, 2],
            [bob, 1],
          ]),
        ),
      ).toBe((cursors[2] as number) - 1);
      expect(store.cursorBefore(scope, new Map([[alice, 3]]))).toBe(bobs - 1);
      expect(
        store.cursorBefore(
          scope,
          new Map([
            [alice, 9],
            [bob, 9],
          ]),
        ),
      ).toBe(bobs);
      store.close();
    });

    it('replaces members and finds the scopes of a device', () => {
      const { store } = open();
      store.setMembers(scope, [alice, bob]);
      store.setMembers(other, [bob]);
      expect(store.scopesOf(alice, 10)).toEqual([scope]);
      expect([...store.scopesOf(bob, 10)].sort()).toEqual([scope, other].sort());
      expect(store.scopesOf(bob, 1)).toHaveLength(1);
      expect([alice, bob].map((device) => store.mayRead(scope, device))).toEqual([true, true]);
      expect([alice, bob].map((device) => store.mayRead(other, device))).toEqual([false, true]);
      store.setMembers(scope, [bob]);
      expect(store.scopesOf(alice, 10)).toEqual([]);
      expect([alice, bob].map((device) => store.mayRead(scope, device))).toEqual([false, true]);
      store.close();
    });

    it('§10.34 counts what a device pushed today and forgets yesterday', () => {
      const { store } = open();
      store.charge(alice, 10, 5);
      store.charge(alice, 10, 6);
      expect(store.usedOn(alice, 10)).toBe(11);
      store.charge(alice, 11, 7);
      expect(store.usedOn(alice, 11)).toBe(7);
      expect(store.usedOn(bob, 11)).toBe(0);
      store.close();
    });

    it('§10.33 counts what was founded with each token', () => {
      const { store, reopen } = open();
      expect(store.tokenUses('00')).toBe(0);
      store.useToken('00');
      store.useToken('00');
      store.useToken('01');
      expect(() =>
        store.transaction(() => {
          store.useToken('00');
          store.useToken('02');
          throw new Error('disk full');
        }),
      ).toThrow('disk full');
      const again = reopen?.() ?? store;
      expect(['00', '01', '02'].map((tokenId) => again.tokenUses(tokenId))).toEqual([2, 1, 0]);
      again.close();
    });

    it('a transaction that throws leaves no trace', () => {
      const { store } = open();
      append(store, alice, 1);
      store.appendEntry(scope, 0, filled(1));
      store.setMembers(scope, [alice]);
      const before = store.sizeBytes(scope);
      expect(() =>
        store.transaction(() => {
          append(store, alice, 2);
          append(store, bob, 1);
          store.appendEntry(scope, 1, filled(2));
          store.appendEntry(other, 0, filled(2));
          store.setMembers(scope, [bob]);
          store.charge(alice, 1, 100);
          store.transaction(() => void append(store, bob, 2));
          throw new Error('disk full');
        }),
      ).toThrow('disk full');
      expect(store.head(scope, alice)?.sequence).toBe(1);
      expect(store.head(scope, bob)).toBeNull();
      expect(store.entryCount(scope)).toBe(1);
      expect(store.entryCount(other)).toBe(0);
      expect(store.sizeBytes(scope)).toBe(before);
      expect(store.scopesOf(alice, 10)).toEqual([scope]);
      expect(store.usedOn(alice, 1)).toBe(0);
      expect(store.arrivals(scope, 0, 10)).toHaveLength(1);
      expect(store.transaction(() => append(store, alice, 2))).toBeGreaterThan(0);
      store.close();
    });

    it('keeps copies, not the buffers it was given', () => {
      const { store } = open();
      const bytes = new Uint8Array([1, 2, 3]);
      const cursor = store.appendBatch({
        scopeId: scope,
        deviceId: alice,
        sequence: 1,
        batchId: idOf(alice, 1),
        bytes,
      });
      bytes.fill(0);
      expect([...store.read(cursor as number)]).toEqual([1, 2, 3]);
      store.close();
    });

    it('holds everything after it was opened again', () => {
      const { store, reopen } = open();
      append(store, alice, 1);
      store.appendEntry(scope, 0, filled(1));
      const again = reopen?.() ?? store;
      expect(again.head(scope, alice)).toEqual({ sequence: 1, batchId: idOf(alice, 1) });
      expect(again.entryCount(scope)).toBe(1);
      again.close();
    });
  });
}
