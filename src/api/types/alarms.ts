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
  readonly since: string;
}
