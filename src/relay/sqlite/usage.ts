import type Database from 'better-sqlite3';
import type { RelayStore } from '../port.ts';

/** What devices and registration tokens have used of what they may. */
export function createUsage(
  database: Database.Database,
): Pick<RelayStore, 'usedOn' | 'charge' | 'tokenUses' | 'useToken'> {
  const sql = statementsOf(database);
  return {
    usedOn: (deviceId, day) => (sql.usedOn.pluck().get(deviceId, day) as number | undefined) ?? 0,
    charge: (deviceId, day, sizeBytes) => void sql.charge.run({ deviceId, day, sizeBytes }),
    tokenUses: (tokenId) => (sql.tokenUses.pluck().get(tokenId) as number | undefined) ?? 0,
    useToken: (tokenId) => void sql.useToken.run(tokenId),
  };
}

function statementsOf(database: Database.Database) {
  return {
    tokenUses: database.prepare('SELECT uses FROM token_use WHERE token_id = ?'),
    useToken: database.prepare(
      'INSERT INTO token_use (token_id, uses) VALUES (?, 1) ON CONFLICT (token_id) DO UPDATE SET uses = uses + 1',
    ),
    usedOn: database.prepare('SELECT size_bytes FROM usage WHERE device_id = ? AND day = ?'),
    charge: database.prepare(
      `INSERT INTO usage (device_id, day, size_bytes) VALUES (@deviceId, @day, @sizeBytes)
       ON CONFLICT (device_id) DO UPDATE SET day = excluded.day,
         size_bytes = CASE WHEN day = excluded.day THEN size_bytes ELSE 0 END + excluded.size_bytes`,
    ),
  };
}
