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

export interface RevealedSecretBody extends SecretBody {
  readonly value: string;
}
