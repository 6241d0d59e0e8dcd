import type { ChangeId, DeviceId, RecordId } from '../base/ids.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { Result } from '../base/result.ts';
import type { LoggedChange } from './change.ts';
import type { PatchOperation } from './patch-operation.ts';
import type { Engine } from './engine.ts';
import type { Manifest, MergeStrategyName } from './manifest.ts';
import type { Operation } from './operation.ts';
import type { ReasonCode } from './reasons.ts';
import type { Disposition, RecordRow } from './record.ts';
import type { Choice, ReviewItem, ReviewMode } from './review.ts';
import type { Refusal, Verdict } from './verdict.ts';

/** What a local writer wants of one record. */
export type Intent =
  | { readonly kind: 'put'; readonly fields: JsonObject }
  | { readonly kind: 'patch'; readonly patch: readonly PatchOperation[] }
  | { readonly kind: 'remove' }
  | { readonly kind: 'binary'; readonly update: Uint8Array };

/** What the local writer's change will say; sealing gives it its identity. */
export interface Draft {
  readonly operation: Operation;
  readonly parents: readonly ChangeId[];
  readonly value: JsonValue;
}

/** What every question to a strategy is asked about; all of it passed in, so that a plan never queries. */
export interface RecordContext {
  readonly manifest: Manifest;
  readonly viewer: Viewer;
  readonly row: RecordRow | undefined;
  /** Paths of string fields that merge as text (`x-merge: text`). */
  readonly textPaths: readonly string[];
  /** Open review items of this record. */
  readonly openReviews: readonly ReviewItem[];
}

/** Who looks at a record, and how what was said of it is understood there. */
export interface Viewer {
  /** This device. */
  readonly self: DeviceId;
  readonly engine: Engine;
  /** Whose decisions count on this device. */
  readonly reviewMode: ReviewMode;
  /** Tells what was said before decisions had the laws that they have: what was approved then stays so. */
  readonly isOld?: ((change: LoggedChange) => boolean) | undefined;
  /** Tells what was here before files that run by themselves waited: what they were then stays so. */
  readonly isUngated?: ((change: LoggedChange) => boolean) | undefined;
}

/** One run of the program on this device's disk: two of them, of a home and a copy of it, never share a document's ids. */
export interface ProcessEpoch {
  /** Drawn at the start. */
  readonly id: string;
  /** Client ids under which it began to write into shared documents. */
  readonly runs: ReadonlySet<number>;
}

/** Who writes. `row` is what the writer saw. */
export interface WriterContext extends RecordContext {
  readonly processEpoch: ProcessEpoch;
  /** The row as it is now, where what the writer saw is older. */
  readonly latest?: RecordRow | undefined;
}

export interface DraftContext extends WriterContext {
  /** The whole fields that a put or a patch means to leave, or why there are none. */
  readonly intended: Result<JsonObject, Refusal>;
}

export interface PlanInput extends RecordContext {
  readonly change: LoggedChange;
  /**
   * Every admitted change of this record but `change`, given when `needsHistory` asked for it; else empty.
   * The order says nothing.
   */
  readonly history: readonly LoggedChange[];
  /**
   * How high the authority stands under which `change` and those of `history` were written; told to strategies that
   * rank authorities. 0 where nothing is told.
   */
  readonly generations?: ReadonlyMap<ChangeId, number>;
}

export interface DecideContext extends WriterContext {
  /** Every admitted change of this record, given for choices other than accept and reject; else empty. */
  readonly history: readonly LoggedChange[];
}

/** A decision as it is written, and what it writes into other records of the collection in the same transaction. */
export interface Decided {
  readonly draft: Draft;
  readonly beside: readonly Beside[];
}

export interface Beside {
  readonly id: RecordId;
  /** The whole fields that it may put there; undefined when it brings none in. */
  readonly fields: JsonObject | undefined;
  /** Asked once the decision is written under `written`; undefined when the other record needs nothing. */
  draft(written: ChangeId, other: DecideContext): Draft | undefined;
}

/** The whole effect of one admitted change on one record; the replica obeys it in one transaction. */
export interface Plan {
  readonly verdict: Verdict;
  readonly disposition: Disposition;
  /** The row after the change; undefined leaves it as it is. */
  readonly row: RecordRow | undefined;
  /** Review items that this change opens, or whose alternatives it changes. */
  readonly open: readonly ReviewItem[];
  /** Review items that this change takes off the queue, or that are off it by another decision now. */
  readonly close: readonly ClosedItem[];
  /** Earlier changes of this record whose disposition this change alters. */
  readonly dispositions?: readonly { readonly changeId: ChangeId; readonly disposition: Disposition }[];
  /** What a change of another device did against what held here, where that is an audit event of its own. */
  readonly ruling?: Ruling;
}

export interface Ruling {
  readonly reasonCode: ReasonCode;
  readonly outcome: 'allow' | 'deny';
}

export interface ClosedItem {
  readonly id: string;
  readonly status: ReviewItem['status'];
  /** The decision, where it is not the change that is planned. */
  readonly by?: LoggedChange;
}

/**
 * One merge strategy: pure. Common law: the merged state depends on the set of admitted changes, not on their order;
 * applying one twice equals once; a loser is kept and reachable.
 */
export interface Strategy {
  readonly name: MergeStrategyName;
  /** True where {@link plan} asks for `generations`. */
  readonly ranksAuthorities?: boolean;
  /** Turns a local intent into what is written, or refuses with a reason. Removing what is absent is refused. */
  draft(intent: Intent, context: DraftContext): Result<Draft, Refusal>;
  /** Turns the answer to a review item, open unless it is undone, into what is written; it travels as a change. */
  decide(review: ReviewItem, choice: Choice, context: DecideContext): Result<Decided, Refusal>;
  /** True when {@link plan} cannot answer from the row alone: heads are concurrent, or a decision must be replayed. */
  needsHistory(change: LoggedChange, row: RecordRow | undefined): boolean;
  /** Decides what a change does, local or remote alike (`change.deviceId` against `viewer.self` tells which). */
  plan(input: PlanInput): Plan;
}
