import { describe, expect, it } from 'vitest';
import type { RecordId } from '../../../src/base/ids.ts';
import { createMemoryStore } from '../../../src/store/memory.ts';
import { type Vault, createVault } from '../../../src/vault/vault.ts';

const id = 'k' as RecordId;
const word = 'xylophone';

function setup(): { vault: Vault; stored: () => unknown } {
  const { vault: table } = createMemoryStore();
  return { vault: createVault(table), stored: () => table.get(id) };
}

describe('the vault', () => {
  it('keeps the value and gives out its description alone', () => {
    const { vault, stored } = setup();
    const put = vault.put(id, { label: 'house', value: word, kind: 'password' });
    expect(put).toEqual({ ok: true, value: { label: 'house', kind: 'password' } });
    expect(vault.describe(id)).toEqual({ label: 'house', kind: 'password' });
    expect(vault.list()).toEqual([{ id, fields: { label: 'house', kind: 'password' } }]);
    expect(stored()).toEqual({ label: 'house', value: word, kind: 'password' });
  });

  it('a new label leaves the value as it is', () => {
    const { vault, stored } = setup();
    vault.put(id, { label: 'house', value: word });
    expect(vault.put(id, { label: 'garden' })).toMatchObject({ ok: true });
    expect(stored()).toEqual({ label: 'garden', value: word });
  });

  it.each([
    {},
    { label: 'x' },
    { value: word },
    { label: 1, value: word },
    { label: 'x', value: null },
    { label: 'x', value: { value: word } },
  ])('%j is refused without quoting it, and nothing is kept', (fields) => {
    const { vault, stored } = setup();
    const put = vault.put(id, fields);
    expect(put).toMatchObject({ ok: false });
    expect(JSON.stringify(put)).not.toContain(word);
    expect(stored()).toBeUndefined();
    expect(vault.list()).toEqual([]);
  });

  it('what is removed is gone; removed again: false', () => {
    const { vault } = setup();
    vault.put(id, { label: 'house', value: word });
    expect([vault.remove(id), vault.remove(id)]).toEqual([true, false]);
    expect(vault.describe(id)).toBeUndefined();
  });
});
