import type { DeviceId } from '../../base/ids.ts';
import type { LoggedChange } from '../../contract/change.ts';
import type { ScopeKind } from '../../contract/manifest.ts';
import type { Disposition } from '../../contract/record.ts';
import type { Refusal } from '../../contract/verdict.ts';
import type { ScopeState } from '../../membership/parse/state.ts';

export interface ReceiveReport {
  /** Batches that were appended to the log. */
  readonly appended: number;
  readonly duplicates: number;
  /** Last sequence that was appended, by device. */
  readonly advanced: ReadonlyMap<DeviceId, number>;
  /** True when a gap, a late membership entry or a missing key means that the question must be asked again. */
  readonly askAgain: boolean;
  readonly refusals: readonly Refusal[];
  /**
   * What one transaction had no time for: to be handed in next, after others had their turn. Until then nothing of the
   * delivery that waits is judged, so that all of it is judged together.
   */
  readonly left: readonly Uint8Array[];
}

export interface HistoryEntry {
  readonly change: LoggedChange;
  readonly disposition: Disposition;
  /** True for a version that this device has shown, so that its record can go back to it. */
  readonly wasLive: boolean;
}

export interface ScopeSummary {
  readonly state: ScopeState;
  /** Sealed name, opened; empty when it cannot be. */
  readonly kind: ScopeKind;
  readonly holdsKey: boolean;
  /** Never pushed: the log of collections that stay on this device. */
  readonly local: boolean;
}
