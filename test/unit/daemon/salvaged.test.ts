import { describe, expect, it } from 'vitest';
import { type Salvaged, noteSalvage, readSalvaged, salvagedWords } from '../../../src/daemon/disk/salvaged.ts';
import { laws, oldChanges } from '../../../src/replica/lists/old-changes.ts';
import { createMemoryStore } from '../../../src/store/memory.ts';
import { deviceOf, logRow, scopeOf } from '../../contract/store-rows.ts';

describe('a salvaged store', () => {
  it('that was gone is not said to be kept anywhere', () => {
    const store = createMemoryStore();
    noteSalvage(store, { keptAt: '/kept', damagedTables: ['record', 'vault'], wasGone: true });
    const salvaged = readSalvaged(store);
    expect(salvaged).toMatchObject({ wasGone: true });
    const said = salvagedWords({ ...(salvaged as Salvaged), isMended: true });
    expect(said.message).toMatch(
      /^The database was gone or empty on .* none to keep\..*Secrets of this device may be gone/,
    );
    expect(said).toMatchObject({ ok: false, remedy: 'To be told no more of it: rm /kept*' });
  });

  it('of which an earlier version has told was damaged', () => {
    const store = createMemoryStore();
    store.settings.set('store.salvaged', { atMs: 0, keptAt: '/kept', tables: [], isMended: false });
    expect(salvagedWords(readSalvaged(store) as Salvaged).message).toContain('the damaged one is kept at /kept');
  });

  it.each(Object.values(laws))('that lost %s takes nothing in its log for approved before there was a law', (law) => {
    const store = createMemoryStore();
    const row = logRow(1, 10, { scopeId: scopeOf(1), deviceId: deviceOf(1) });
    store.log.append(row);
    const scopes = { all: () => [{ scopeId: row.scopeId }] } as unknown as Parameters<typeof oldChanges>[1];
    noteSalvage(store, { keptAt: '/kept', damagedTables: ['setting'], wasGone: false });
    expect(oldChanges(store, scopes, law)(row)).toBe(false);
  });

  it('keeps what a home was upgraded with', () => {
    const store = createMemoryStore();
    const row = logRow(1, 10, { scopeId: scopeOf(1), deviceId: deviceOf(1) });
    store.log.append(row);
    const scopes = { all: () => [{ scopeId: row.scopeId }] } as unknown as Parameters<typeof oldChanges>[1];
    expect(oldChanges(store, scopes, laws.decisions)(row)).toBe(true);
    noteSalvage(store, { keptAt: '/kept', damagedTables: ['record'], wasGone: false });
    expect(oldChanges(store, scopes, laws.decisions)(row)).toBe(true);
  });
});
