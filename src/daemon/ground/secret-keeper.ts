import { base32FromBytes, utf8 } from '../../base/bytes.ts';
import type { EngineId, RecordId } from '../../base/ids.ts';
import { keyedHash } from '../../crypto/hash.ts';
import { findSecrets } from '../../redaction/find-secrets.ts';
import type { SecretKeeper } from '../../replica/kernel/deps.ts';
import type { Vault } from '../../vault/vault.ts';

export interface SecretKeeperDeps {
  readonly vault: Pick<Vault, 'describe' | 'put'>;
  /** Known to this device alone: an id travels in references, and nobody shall test guesses against it. */
  readonly key: Uint8Array;
  readonly modeOf: (engineId: EngineId) => 'redact' | 'refuse';
}

/** Keeps raw secrets out of records by what the rules know, and in the vault of this device. */
export function createSecretKeeper({ vault, key, modeOf }: SecretKeeperDeps): SecretKeeper {
  return {
    find: findSecrets,
    mode: modeOf,
    idOf: (secret) => base32FromBytes(keyedHash(key, 'secret-id', utf8(secret)).subarray(0, 15)) as RecordId,
    keep(id, secret, label) {
      if (vault.describe(id) === undefined) {
        vault.put(id, { label, value: secret, kind: 'redacted' });
      }
    },
  };
}
