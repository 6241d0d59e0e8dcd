import type Database from 'better-sqlite3';
import { concat, equalBytes, utf8 } from '../../../base/bytes.ts';
import { keyedHash } from '../../../crypto/hash.ts';
import type { RandomBytes } from '../../../crypto/keys.ts';
import { nonceSizeBytes, openAead, sealAead } from '../../../crypto/seal.ts';

export interface StoreKeys {
  /** 32 bytes: seals every row but the vault's. */
  readonly dataKey: Uint8Array;
  /** 32 bytes: makes what rows are looked up by. */
  readonly indexKey: Uint8Array;
  /** 32 bytes: seals the vault. */
  readonly vaultKey: Uint8Array;
}

/** True when the store was made with these keys, all three; writes the check of a store that has none yet. */
export function checkKeys(database: Database.Database, keys: StoreKeys, randomBytes: RandomBytes): boolean {
  const stored = database.prepare<[], Uint8Array>('select payload from key_check where row = 1').pluck().get();
  // Nothing but a hash of the other two keys: what opens it is proven to be the first.
  const proof = concat([
    keyedHash(keys.indexKey, 'row', utf8('index')),
    keyedHash(keys.vaultKey, 'row', utf8('vault')),
  ]);
  const about = utf8('key_check');
  if (stored === undefined) {
    const nonce = randomBytes(nonceSizeBytes);
    const payload = concat([nonce, sealAead(keys.dataKey, nonce, about, proof)]);
    database.prepare('insert into key_check (row, payload) values (1, ?)').run(payload);
    return true;
  }
  const nonce = stored.subarray(0, nonceSizeBytes);
  const opened = openAead(keys.dataKey, nonce, about, stored.subarray(nonceSizeBytes));
  return opened !== undefined && equalBytes(opened, proof);
}
