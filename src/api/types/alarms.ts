/** Something that stays true until its cause is gone, in words for a person. */
export interface AlarmBody {
  readonly id: string;
  readonly kind: string;
  readonly scopeId: string;
  readonly deviceId: string | null;
  /** What a person calls the device; empty when that is not known. */
  readonly label: string;
  readonly relayUrl: string | null;
  readonly reasonCode: string;
  readonly detail: string;
  /** What happened and what to do next. */
  readonly message: string;
  /** Devices on whose word alone it rests; empty where this device saw for itself, or holds a proof. */
  readonly claimedBy: readonly AlarmClaimBody[];
  readonly since: string;
}

/** What one device said; it goes when that device is revoked. */
export interface AlarmClaimBody {
  readonly deviceId: string;
  /** What a person calls the device; empty when that is not known. */
  readonly label: string;
  /** The number of the batch, or of the membership entry, that it named. */
  readonly sequence: number;
  /** When it was heard here. */
  readonly at: string;
}
