import { assert } from '../base/assert.ts';
import type { PolicyClass } from '../contract/manifest.ts';
import type { Detail } from '../contract/reasons.ts';

/** Share of a collection's live records that one cycle may delete or replace, by policy class. */
export const brakeShareByClass: Readonly<Record<PolicyClass, number>> = {
  critical: 0.05,
  high: 0.1,
  medium: 0.25,
  low: 0.5,
};

/** A cycle that touches fewer records than this is not a mass change, whatever their share. */
export const brakeMinimumRecords = 20;

/** How tight the brake of one engine is. */
export interface BrakeSetting {
  readonly policyClass: PolicyClass;
  /** Configured share from 0 to 1; the class's own when absent. */
  readonly share?: number | undefined;
  /** Configured least number of records; {@link brakeMinimumRecords} when absent. */
  readonly minimum?: number | undefined;
}

/** One cycle, in either direction: what is about to be published, or about to be applied. */
export interface MassChange extends BrakeSetting {
  /** Live records of the collection before the cycle. */
  readonly liveBefore: number;
  /** Live records that it would delete. */
  readonly removals: number;
  /** Other live records whose fields it would replace. */
  readonly replacements: number;
  /** The cycle states a complete set, and that set is empty. */
  readonly publishesEmptySet: boolean;
}

export type BrakeJudgement = { readonly held: false; readonly touched: number; readonly allowed: number } | HeldCycle;

export interface HeldCycle {
  readonly held: true;
  readonly touched: number;
  /** The most records that may be deleted or replaced without a person's word. */
  readonly allowed: number;
  readonly reasonCode: 'manual_review_required';
  readonly detail: Extract<Detail, 'brake_mass_change' | 'brake_empty_set'>;
  readonly message: string;
}

/** Says whether a cycle must stop for a person before any of it moves. */
export function judgeMassChange(cycle: MassChange): BrakeJudgement {
  const touched = cycle.removals + cycle.replacements;
  const allowed = allowedRecords(cycle, cycle.liveBefore);
  if (cycle.publishesEmptySet && cycle.liveBefore > 0) {
    const message = `The whole set of ${cycle.liveBefore} records would be replaced by an empty one. Check that its source is complete, then accept or reject the review.`;
    return { held: true, touched, allowed, reasonCode: 'manual_review_required', detail: 'brake_empty_set', message };
  }
  if (touched > allowed) {
    const message = `${touched} of ${cycle.liveBefore} records would be deleted or replaced at once; ${allowed} may be without asking. Look at the preview, then accept or reject the review.`;
    return { held: true, touched, allowed, reasonCode: 'manual_review_required', detail: 'brake_mass_change', message };
  }
  return { held: false, touched, allowed };
}

/** The most of so many live records that one cycle may delete or replace without a person's word. */
export function allowedRecords(setting: BrakeSetting, liveBefore: number): number {
  const share = setting.share ?? brakeShareByClass[setting.policyClass];
  const minimum = setting.minimum ?? brakeMinimumRecords;
  assert(share >= 0 && share <= 1, 'the configured share of the brake was parsed as 0 to 1');
  assert(minimum >= 0, 'the configured minimum of the brake was parsed as a count');
  // 0.07 of 100 is 7.000000000000001 in binary; a tenth of a millionth of a record is nobody's intent.
  const byShare = Math.floor(share * liveBefore + 1e-7);
  return Math.max(byShare, minimum - 1);
}
