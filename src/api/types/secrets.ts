/** JSON bodies of /v1/secrets. */

/** A secret of this device's vault, without what it is. */
export interface SecretBody {
  readonly id: string;
  /** What other records write in place of it: `urn:srcos:secret:<id>`. */
  readonly ref: string;
  readonly label: string;
  /** `redacted` for one that was taken out of a write. */
  readonly kind: string | null;
  readonly notes: string | null;
}

/** Which of some values the vault has: asked by HMAC-SHA-256 under a key of the asker, so that no value is told. */
export interface HeldQuestion {
  /** Base64url of 32 bytes. */
  readonly key: string;
  /** Base64url of 32 bytes each. */
  readonly marks: readonly string[];
}

export interface HeldBody {
  /** In the order of what was asked: the id of the secret, or null where the vault has none. */
  readonly ids: readonly (string | null)[];
}

export interface RevealedSecretBody extends SecretBody {
  readonly value: string;
}
