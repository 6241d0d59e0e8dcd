import { assert } from '../base/assert.ts';
import type { PolicyClass } from '../contract/manifest.ts';

/** How tight the brake of one engine is. */
export interface BrakeSetting {
  readonly policyClass: PolicyClass;
  /** Configured share from 0 to 1 of what is live that may be lost. */
  readonly share?: number | undefined;
  /** Configured number of records below which nothing is stopped. */
  readonly minimum?: number | undefined;
}

/** Too much is lost beyond both: more records than `records`, and more than `share` of what was live. */
interface Threshold {
  readonly records: number;
  readonly share: number;
}

/** Half of much, or nearly all of little. */
const usual: readonly Threshold[] = [
  { records: 100, share: 0.5 },
  { records: 10, share: 0.9 },
];
const critical: Threshold = { records: 20, share: 0.1 };

/** What holds where only one of the two is configured. */
const usualShare = 0.5;
const usualMinimum = 20;

/** The most of so many live records that may be lost within the window without a person's word. */
export function allowedLosses(setting: BrakeSetting, liveBefore: number): number {
  return Math.min(...thresholdsOf(setting).map(({ records, share }) => Math.max(records, part(share, liveBefore))));
}

function thresholdsOf({ policyClass, share, minimum }: BrakeSetting): readonly Threshold[] {
  const isCritical = policyClass === 'critical';
  if (share === undefined && minimum === undefined) {
    return isCritical ? [...usual, critical] : usual;
  }
  assert(share === undefined || (share >= 0 && share <= 1), 'the configured share of the brake was parsed as 0 to 1');
  assert(minimum === undefined || minimum >= 0, 'the configured minimum of the brake was parsed as a count');
  return [
    {
      records: Math.max(0, (minimum ?? usualMinimum) - 1),
      share: share ?? (isCritical ? critical.share : usualShare),
    },
  ];
}

/** 0.07 of 100 is 7.000000000000001 in binary; a tenth of a millionth of a record is nobody's intent. */
function part(share: number, liveBefore: number): number {
  return Math.floor(share * liveBefore + 1e-7);
}
