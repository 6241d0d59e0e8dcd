import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { assert } from '../../src/base/assert.ts';
import { createMemoryRelayStore } from '../../src/relay/memory-store.ts';
import type { RelayStore } from '../../src/relay/port.ts';
import { createSqliteRelayStore } from '../../src/relay/sqlite/create-sqlite-relay-store.ts';
import { deviceIdOf } from '../../src/crypto/keys.ts';
import { createWorld } from '../unit/membership/fixtures.ts';
import { relayStoreContract } from './relay-store.contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'relay-store-'));
let files = 0;

afterAll(() => rmSync(folder, { recursive: true }));

function openAt(path: string): RelayStore {
  const opened = createSqliteRelayStore(path);
  assert(opened.ok, 'the store opens');
  return opened.value;
}

relayStoreContract('memory', () => ({ store: createMemoryRelayStore() }));
relayStoreContract('sqlite', () => {
  const path = join(folder, `${files++}.sqlite`);
  const store = openAt(path);
  return {
    store,
    reopen: () => {
      store.close();
      return openAt(path);
    },
  };
});

describe('relay store: sqlite file', () => {
  it('is held by one relay at a time, and says so', () => {
    const path = join(folder, 'held.sqlite');
    const store = openAt(path);
    const second = createSqliteRelayStore(path);
    expect(second).toMatchObject({ ok: false, error: { kind: 'in_use' } });
    store.close();
    openAt(path).close();
  });

  it('of a newer version is refused and left alone', () => {
    const path = join(folder, 'newer.sqlite');
    const database = new Database(path);
    database.pragma('user_version = 99');
    database.close();
    expect(createSqliteRelayStore(path)).toMatchObject({ ok: false, error: { kind: 'newer' } });
  });

  it('of version 1 is brought to today, and lists the roots of its scopes', () => {
    const path = join(folder, 'old.sqlite');
    const { genesis, state, root, admin } = createWorld(71);
    const store = openAt(path);
    store.appendEntry(state.scopeId, 0, genesis);
    store.setMembers(state.scopeId, [admin.deviceId]);
    store.close();
    const database = new Database(path);
    database.exec('DROP TABLE token_use');
    database.pragma('user_version = 1');
    database.close();
    const again = openAt(path);
    const rootId = deviceIdOf({ sign: root.sign.publicKey, box: root.box.publicKey });
    expect([rootId, admin.deviceId].map((id) => again.scopesOf(id, 10))).toEqual([[state.scopeId], [state.scopeId]]);
    expect(again.tokenUses('00')).toBe(0);
    again.close();
    const reopened = new Database(path);
    expect(reopened.pragma('user_version', { simple: true })).toBe(2);
    reopened.close();
  });

  it('that is no database is a fault in words', () => {
    expect(createSqliteRelayStore(folder)).toMatchObject({ ok: false, error: { kind: 'unusable' } });
  });
});
