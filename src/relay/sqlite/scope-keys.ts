import type Database from 'better-sqlite3';
import type { ScopeId } from '../../base/ids.ts';

/** The short key by which the tables of a relay name a scope. */
export interface ScopeKeys {
  find(scopeId: ScopeId): number | undefined;
  /** Made where there is none. */
  ensure(scopeId: ScopeId): number;
}

export function createScopeKeys(database: Database.Database): ScopeKeys {
  const scopeKey = database.prepare('SELECT scope_key FROM scope WHERE scope_id = ?');
  const addScope = database.prepare(
    'INSERT INTO scope (scope_id, entry_count, entry_bytes, size_bytes) VALUES (?, 0, 0, 0)',
  );
  const find = (scopeId: ScopeId): number | undefined => scopeKey.pluck().get(scopeId) as number | undefined;
  return {
    find,
    ensure: (scopeId) => find(scopeId) ?? Number(addScope.run(scopeId).lastInsertRowid),
  };
}
