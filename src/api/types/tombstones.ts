/** Deleted records of one scope, and who holds up that they are collected. */
export interface TombstonesBody {
  readonly scope: { readonly scopeId: string; readonly kind: string; readonly name: string };
  /** Deleted records that are kept whole, and those of which only the deletion is remembered. */
  readonly kept: number;
  readonly collected: number;
  /** The oldest confirmation that collecting rests on; null while nothing is kept, or a device that is waited for has given none. */
  readonly horizonAt: string | null;
  /** Devices that have not confirmed the oldest deletions. */
  readonly heldBy: readonly HoldingDeviceBody[];
  /** Silent for so long that they are not waited for. */
  readonly expired: readonly { readonly deviceId: string; readonly label: string }[];
}

export interface HoldingDeviceBody {
  readonly deviceId: string;
  readonly label: string;
  /** True for this device: its own reviews, quarantine or unsent changes hold it up. */
  readonly self: boolean;
  readonly lastSeenAt: string | null;
  /** From when on it is not waited for. */
  readonly expiresAt: string | null;
}
