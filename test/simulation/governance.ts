import type { JsonObject } from '../../src/base/json.ts';
import type { ReviewItem } from '../../src/contract/review.ts';
import type { GovernanceSwarm } from './governance-swarm.ts';
import type { LossLedger } from './loss-watch.ts';

/** What is known of a governed world outside of every process. */
export interface Governance {
  readonly swarm: GovernanceSwarm;
  /** Leases that were granted, in order. */
  readonly leases: JsonObject[];
  /** By device, record and version: the fields that were live under that version, as canonical text. */
  readonly versions: Map<string, string>;
  /** By restore point: what was live in its collection when it was written, as canonical text by record. */
  readonly points: Map<string, PointSeen>;
  /** Decisions about proposals, latest last. */
  readonly decisions: DecisionSeen[];
  /** By device and collection. */
  readonly losses: Map<string, LossLedger>;
  /** Every text that a record was seen with on any device. */
  readonly texts: Set<string>;
  /** Those that were there when something arrived: what a device has just written is not among them. */
  readonly metTexts: Set<string>;
}

export interface PointSeen {
  readonly device: number;
  /** Of the recipes engine there, whose records these are. */
  readonly major: number;
  readonly live: ReadonlyMap<string, string>;
}

export interface DecisionSeen {
  readonly device: number;
  readonly item: ReviewItem;
  /** What was live before, as canonical text. */
  readonly before: string;
  /** The record's heads behind the decision. */
  readonly heads: string;
}

export function createGovernance(swarm: GovernanceSwarm): Governance {
  return {
    swarm,
    leases: [],
    versions: new Map(),
    points: new Map(),
    decisions: [],
    losses: new Map(),
    texts: new Set(),
    metTexts: new Set(),
  };
}
