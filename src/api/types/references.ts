import type { LateSet, ReferenceOutcome, ReferenceVerification } from '../../merge/values/references.ts';

/** What becomes of the references of a record on this device. */
export interface ReferencesBody {
  readonly collection: string;
  readonly id: string;
  readonly items: readonly ReferenceBody[];
  /** True when none is fatal: denied always is, an unavailable one unless it is optional. */
  readonly satisfied: boolean;
}

export interface ReferenceBody {
  /** JSON pointer of what refers. */
  readonly path: string;
  readonly type: string;
  /** `collection/id` */
  readonly to: string;
  readonly policy: 'required' | 'optional';
  readonly outcome: ReferenceOutcome;
  readonly verification: ReferenceVerification;
  /** The engine that would make it present. */
  readonly owner: string | null;
  readonly fatal: boolean;
  readonly remedy: string | null;
  /** The version that is wanted: one exactly, or a range. */
  readonly version?: string;
  readonly kind?: string;
  /** What of that which is wanted is not met or not understood: `is 1.4.0, wanted ^2`. */
  readonly detail?: string;
  /** The set of an owner that brings the target and is not what its owner pushed last: what became of it, what to do. */
  readonly set?: LateSet;
}
