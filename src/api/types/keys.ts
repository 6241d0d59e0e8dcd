export type KeyProtectionName = 'bare' | 'passphrase' | 'keyring';

/** How the keys of this device are kept, and whether the daemon holds them now. */
export interface KeysBody {
  /** Null when the key file cannot be read at present. */
  readonly protection: KeyProtectionName | null;
  readonly locked: boolean;
  /** Why they are locked and what to do, in words; null when they are not. */
  readonly message: string | null;
}
