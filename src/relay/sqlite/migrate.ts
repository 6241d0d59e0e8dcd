import { readFileSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { assert } from '../../base/assert.ts';
import type { ScopeId } from '../../base/ids.ts';
import { deviceIdOf } from '../../crypto/keys.ts';
import { openScope } from '../../membership/log/scope-log.ts';

export const schemaVersion = 2;

/** Brings an empty or older database to the version of today, inside the caller's transaction. */
export function migrate(database: Database.Database): void {
  const version = database.pragma('user_version', { simple: true }) as number;
  if (version === 0) {
    database.exec(readFileSync(new URL('./sql/schema/001-relay.sql', import.meta.url), 'utf8'));
  }
  if (version === 1) {
    database.exec(readFileSync(new URL('./sql/migrations/002-token-use.sql', import.meta.url), 'utf8'));
    addRootReaders(database);
  }
  if (version < schemaVersion) {
    database.pragma(`user_version = ${schemaVersion}`);
  }
}

/** Version 1 listed members alone; recovery finds its scopes by the root. */
function addRootReaders(database: Database.Database): void {
  const genesis = database.prepare(
    'SELECT scope_key, scope_id, bytes FROM scope JOIN entry USING (scope_key) WHERE sequence = 0',
  );
  const addMember = database.prepare('INSERT OR IGNORE INTO member (device_id, scope_key) VALUES (?, ?)');
  const rows = genesis.all() as { readonly scope_key: number; readonly scope_id: ScopeId; readonly bytes: Buffer }[];
  for (const { scope_key: scopeKey, scope_id: scopeId, bytes } of rows) {
    const opened = openScope(new Uint8Array(bytes), scopeId);
    assert(opened.ok, 'a stored genesis was verified before it was stored');
    addMember.run(deviceIdOf(opened.value.rootKeys), scopeKey);
  }
}
