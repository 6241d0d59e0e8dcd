import { describe, expect, it } from 'vitest';
import { noteSalvage } from '../../../src/daemon/disk/salvaged.ts';
import { laws, oldChanges } from '../../../src/replica/lists/old-changes.ts';
import { createMemoryStore } from '../../../src/store/memory.ts';
import { deviceOf, logRow, scopeOf } from '../../contract/store-rows.ts';

describe('a salvaged store', () => {
  it.each(Object.values(laws))('that lost %s takes nothing in its log for approved before there was a law', (law) => {
    const store = createMemoryStore();
    const row = logRow(1, 10, { scopeId: scopeOf(1), deviceId: deviceOf(1) });
    store.log.append(row);
    const scopes = { all: () => [{ scopeId: row.scopeId }] } as unknown as Parameters<typeof oldChanges>[1];
    noteSalvage(store, { keptAt: '/kept', damagedTables: ['setting'] });
    expect(oldChanges(store, scopes, law)(row)).toBe(false);
  });

  it('keeps what a home was upgraded with', () => {
    const store = createMemoryStore();
    const row = logRow(1, 10, { scopeId: scopeOf(1), deviceId: deviceOf(1) });
    store.log.append(row);
    const scopes = { all: () => [{ scopeId: row.scopeId }] } as unknown as Parameters<typeof oldChanges>[1];
    expect(oldChanges(store, scopes, laws.decisions)(row)).toBe(true);
    noteSalvage(store, { keptAt: '/kept', damagedTables: ['record'] });
    expect(oldChanges(store, scopes, laws.decisions)(row)).toBe(true);
  });
});
