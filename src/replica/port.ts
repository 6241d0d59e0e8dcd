import type { ChangeId, CollectionName, DeviceId, RecordId, ScopeId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { Result } from '../base/result.ts';
import type { AuditFacts, LostEvents } from '../contract/audit.ts';
import type { OwnerName, OwnerSet } from '../contract/owner.ts';
import type { RecordRow } from '../contract/record.ts';
import type { DecisionKind, QuarantineItem, ReviewItem } from '../contract/review.ts';
import type { Refusal } from '../contract/verdict.ts';
import type { AuditCheckpoint } from '../log/audit-checkpoint.ts';
import type { ConsistencyProof, EventProof } from '../log/audit-proof.ts';
import type { AnnouncedScope } from '../log/meta.ts';
import type { RecordProof } from '../log/proof.ts';
import type { ResolvedReference } from '../merge/values/references.ts';
import type { Revocations } from '../membership/lease/lease-revocation.ts';
import type { Authority, Role, ScopeState } from '../membership/parse/state.ts';
import type { LossKind } from '../policy/loss.ts';
import type { Page, PageRequest } from '../store/ground/port.ts';
import type { Alarm, AlarmFacts, AlarmMatch } from './names/alarm.ts';
import type { RollbackPage, RollbackPageRequest, RollbackRequest, RollbackStep } from './edit/rollback.ts';
import type { CollectReport } from './care/collect.ts';
import type { TombstoneReport } from './care/tombstones.ts';
import type { Explanation } from './names/explanation.ts';
import type { FolderLosses, FolderWord } from './guard/folder-hold.ts';
import type { FolderRules, RulesPlace, RulesWord } from './guard/folder-rules.ts';
import type { ReviewDetail } from './decide/review-detail.ts';
import type { Reader } from './past/references.ts';
import type { KnownVersion } from './past/known-version.ts';
import type { FirstChoice, InitialSyncPlan } from './decide/initial-sync.ts';
import type { Move, MoveResult } from './decide/move.ts';
import type { ClockWord } from './kernel/heard.ts';
import type { RestorePoint } from './kernel/restore-points.ts';
import type { MassChangePreview } from './names/mass-change-preview.ts';
import type { OwnerFault, OwnerReport } from './names/owner-report.ts';
import type { OwnerListRequest, OwnerSetView } from './edit/owner-list.ts';
import type { OwnerState } from './names/owner-state.ts';
import type { EffectivePolicy } from '../policy/effective.ts';
import type { EntryDraft } from './members/rotation.ts';
import type { TreeView } from './apply/tree.ts';
import type { HeldReport } from './members/verify-held.ts';
import type { CollectionBinding } from './names/binding.ts';
import type { Write, EditWord, WriteRefusal, WriteResult } from './names/write.ts';
import type { ReceiveReport, HistoryEntry, ScopeSummary } from './names/reports.ts';
import type { DamagedRecord, VerifiedPage } from './names/damaged-record.ts';

/** Where engine, log and store meet: each call is one transaction, durable when it returns. */
export interface Replica {
  readonly self: DeviceId;
  /** What `alongside` writes into the store becomes durable together with the edits, or not at all. */
  edit(
    collection: CollectionName,
    writes: readonly Write[],
    word?: EditWord,
    alongside?: (results: readonly WriteResult[]) => void,
  ): readonly WriteResult[];
  /**
   * Renames records, each with its history: one transaction, and no mass change however many they are. `alongside` is as
   * that of `edit`.
   */
  move(
    collection: CollectionName,
    moves: readonly Move[],
    alongside?: (results: readonly MoveResult[]) => void,
  ): readonly MoveResult[];
  /** Makes an owner's records in a collection those of the set: one transaction, or nothing of it. */
  pushOwnerSet(collection: CollectionName, set: OwnerSet, isConfirmed: boolean): Result<OwnerReport, OwnerFault>;
  ownerState(collection: CollectionName, owner: OwnerName): OwnerState;
  /** The same with what is true of it now. */
  ownerSet(collection: CollectionName, owner: OwnerName): OwnerSetView;
  /** A page of the sets that were pushed on this device, by collection and owner. */
  owners(request: OwnerListRequest): Page<OwnerSetView>;
  /** True while a set of a collection is not what its owner pushed last. */
  hasLateSet(collection: CollectionName): boolean;
  receive(scopeId: ScopeId, batches: readonly Uint8Array[]): ReceiveReport;
  /** Goes on with what `receive` had no time for, here or before a restart. True while there is more. */
  takeInMore(): boolean;
  /** After damage: chains end before the first batch that is gone, and are fetched again from there; answers how many. */
  mendLog(): number;
  /** After damage: judges again from the log each record of which history lost a change; answers how many. */
  learnAgain(): Generator<undefined, number>;
  /** After damage: writes once more what own changes did that the log lost; answers in how many records. */
  writeAgain(): Generator<undefined, number>;
  /** How many batches of a scope were received and are not judged whole. */
  pendingBatches(scopeId: ScopeId): number;
  /** `fields` is the edited value of a merge; null for what the three-way merge makes. Other decisions have none. */
  decide(
    reviewIds: readonly string[],
    decision: DecisionKind,
    fields?: JsonObject | null,
  ): readonly Result<ReviewItem, WriteRefusal>[];
  /** What stands beside a review item: for a person who decides about it. Undefined when its record cannot be read. */
  reviewDetail(item: ReviewItem): ReviewDetail | undefined;
  release(quarantineId: string): Result<QuarantineItem, WriteRefusal>;
  drop(quarantineId: string): Result<QuarantineItem, WriteRefusal>;
  /** Judges again what waits in a collection: after it was enabled, or its manifest or schema changed. */
  rejudge(collection: CollectionName): number;
  /** What judging all that waits in a collection would do here, were its engine on; nothing is kept of the trial. */
  planInitialSync(collection: CollectionName): InitialSyncPlan;
  /** Judges all that waits in a collection whose records and those of the scope meet for the first time. */
  meet(collection: CollectionName, choice: FirstChoice): Result<number, WriteRefusal>;
  /** The policy in force: the floor of this device joined with every policy that it holds. */
  policy(): EffectivePolicy;
  /** Judges again what waits in every collection, after another policy came into force. */
  policyChanged(): number;
  /** Judges again what waits for the clock to catch up; asked every now and then, because nothing tells of it. */
  rejudgeTimed(): number;
  /** What an upgrade leaves to do, once at the start: batches held whole are judged again, words that count no more go. */
  rejudgeBatches(): void;
  /** Verified revocations of leases, own and others'. */
  revocations(): Revocations;
  /** Takes a revocation that this device signed, and tells the scope. Refused where it does not hold. */
  revokeLease(scope: ScopeState, revocation: JsonObject): Result<undefined, Refusal>;
  /**
   * Holds a call with these writes where it would take too much away, and asks: the preview, or undefined for a call that
   * may go on.
   */
  heldCall(collection: CollectionName, writes: readonly Write[]): MassChangePreview | undefined;
  /** Places in history to go back to, newest first. */
  restorePoints(): readonly RestorePoint[];
  createRestorePoint(facts: Pick<RestorePoint, 'name' | 'cause' | 'collection'>): RestorePoint;
  /**
   * What becomes of the losses of one pass over a linked folder: which records follow, which files are written again, and
   * which of both wait for a person. Counts those that follow, and asks where they would be too much.
   */
  wordOnFolder(losses: FolderLosses): FolderWord;
  /** What becomes of rules of what to ignore that would change much in a linked folder: asked once for each version. */
  wordOnRules(place: RulesPlace, rules: FolderRules): RulesWord;
  /** Nothing is asked about the rules of a folder any longer. */
  dropRules(root: string): void;
  /** A person was asked about this folder, and has not been obeyed yet. */
  isFolderAsked(root: string): boolean;
  /** The folder is linked no more: nothing is asked of it, and nothing counts. */
  dropFolder(root: string): void;
  /** Writes a restore point before more than 20 files go back to what they were in one pass; undefined for fewer. */
  beforeGoingBack(collection: CollectionName, files: number): RestorePoint | undefined;
  /** What a change of a record's fields takes away; undefined where it is an edit like any other. */
  lossOf(collection: CollectionName, id: RecordId, before: JsonObject, after: JsonObject | null): LossKind | undefined;
  /** True while a mass change of a collection waits for a person. */
  isBraking(collection: CollectionName): boolean;
  /** Makes records anew that were written for an older major, once after a manifest rose. Answers how many. */
  upgradeRecords(collection: CollectionName): number;
  history(collection: CollectionName, id: RecordId): readonly HistoryEntry[];
  /** The live fields as they were when these changes were the record's heads; undefined when that is not known. */
  fieldsAt(collection: CollectionName, id: RecordId, ...heads: readonly ChangeId[]): JsonObject | undefined;
  /** The latest version at which a record, live or deleted, said what `isSame` asks for. */
  knownVersion(
    collection: CollectionName,
    id: RecordId,
    isSame: (fields: JsonObject) => boolean,
  ): KnownVersion | undefined;
  /** False where this device has written a record beside its own versions too often to be let in once more elsewhere. */
  mayWriteBeside(collection: CollectionName, id: RecordId): boolean;
  /** Where a record stands in the tree of its collection; undefined where that is no tree, or nothing is live. */
  treeView(row: RecordRow): TreeView | undefined;
  /** What becomes here of every reference of a record; undefined where nothing is live. */
  references(row: RecordRow, reader?: Reader): readonly ResolvedReference[] | undefined;
  /** What {@link Replica.rollback} would write; writes nothing. */
  planRollback(
    collection: CollectionName,
    requests: readonly RollbackRequest[],
  ): readonly Result<RollbackStep, WriteRefusal>[];
  /** Makes records what they were, each by one new change: an ordinary local write. */
  rollback(collection: CollectionName, requests: readonly RollbackRequest[]): readonly WriteResult[];
  /** Plans or takes one page of a collection back to a point in time. */
  rollbackPage(collection: CollectionName, page: RollbackPageRequest): Result<RollbackPage, WriteRefusal>;
  /** The verdict that this device gives to a logged change today, step by step. */
  explain(changeId: ChangeId): Explanation | undefined;
  /** One logged change as a proof for somebody who holds neither keys nor log. */
  proveChange(changeId: ChangeId): Result<RecordProof, Refusal>;
  scopes(): readonly ScopeSummary[];
  scopeOf(binding: CollectionBinding): ScopeState | undefined;
  /** Adds a verified membership log and the epoch key it commits to, as one transaction. */
  adoptScope(
    entries: readonly Uint8Array[],
    epochKeys: ReadonlyMap<number, Uint8Array>,
    options?: { local: boolean },
  ): Result<ScopeState, Refusal>;
  /** Entries that follow the ones held; a fork or a gap is refused. */
  receiveEntries(scopeId: ScopeId, from: number, entries: readonly Uint8Array[]): Result<ScopeState, Refusal>;
  /** A whole other log of a scope, taken over where its root decided for it after a fork. */
  receiveResolution(scopeId: ScopeId, entries: readonly Uint8Array[]): Result<ScopeState, Refusal>;
  /** The signed entry that starts the next epoch, and revokes a device where one is named. Stores nothing. */
  draftRotation(scopeId: ScopeId, subject: DeviceId | null): Result<EntryDraft, Refusal>;
  /** The signed entry that gives another device a role and authorities. Stores nothing. */
  draftRole(
    scopeId: ScopeId,
    subject: DeviceId,
    grant: { readonly role: Role; readonly authorities: readonly Authority[] },
  ): Result<EntryDraft, Refusal>;
  /** Verifies and opens every batch that is held of a scope, a page at each step. */
  verifyHeld(scope: ScopeState): Generator<HeldReport, HeldReport>;
  epochKey(scopeId: ScopeId, epoch: number): Uint8Array | undefined;
  /** Tells the person's other devices, inside the profile scope, of scopes in which they were enrolled. */
  announceScopes(scopes: readonly AnnouncedScope[]): void;
  /** Scopes this device was told of and has not joined yet. */
  announcedScopes(): readonly AnnouncedScope[];
  /** Changes of each collection in own batches above a sequence: what the relay has not confirmed. */
  ownChangesAfter(
    scopeId: ScopeId,
    sequence: number,
  ): readonly { readonly sequence: number; readonly changes: ReadonlyMap<CollectionName, number> }[];
  /** Opens a page of stored records; what does not open is quarantined, one record by itself. */
  verifyRecords(page: PageRequest): VerifiedPage;
  /** Quarantines a record that was found damaged on reading; undefined when it is whole after all. */
  noteDamaged(collection: CollectionName, id: RecordId): DamagedRecord | undefined;
  /** Why a damaged record cannot be rebuilt from the log, in words; undefined when it can. */
  rebuildObstacle(damaged: DamagedRecord): string | undefined;
  /** Makes a damaged record again from the log, or says why it cannot. */
  rebuildRecord(damaged: DamagedRecord): Result<undefined, string>;
  /** Closes the items of records that are whole again. Answers how many there were. */
  closeMended(items: readonly QuarantineItem[]): number;
  /** The relay says that everything it has of a scope was handed out: what peers told of beyond that is kept back. */
  caughtUp(scopeId: ScopeId): void;
  /** A relay was lost sight of: until it has handed out everything, what arrives is the past. */
  fellBehind(): void;
  /** A relay confirmed own batches up to this one. */
  confirmed(scopeId: ScopeId, sequence: number): void;
  /** Writes the daily sign of life where it is due. Call it only while a relay says that everything is here. */
  writeHeartbeat(scopeId: ScopeId): boolean;
  /**
   * Collects up to `limit` deleted records of a scope that every device has seen deleted, as one transaction. Call it only
   * while a relay says that everything is here, or for a scope that does not travel.
   */
  collect(scopeId: ScopeId, limit: number): CollectReport;
  /** Deleted records of a scope that are kept, and who holds them up. */
  tombstones(scopeId: ScopeId): TombstoneReport;
  /** Looks who of a scope gave no sign of life for too long. */
  judgeUnseen(scopeId: ScopeId): void;
  /** When each device of a scope wrote what is held of it last, in milliseconds; null for one that wrote nothing. */
  lastHeard(scopeId: ScopeId): ReadonlyMap<DeviceId, number | null>;
  /** The same by the clock of each, which may be ahead. */
  lastWritten(scopeId: ScopeId): ReadonlyMap<DeviceId, number | null>;
  /** What the clock of a device said in its last batches that are held here, newest first. */
  clockWords(scopeId: ScopeId, deviceId: DeviceId, count: number): readonly ClockWord[];
  /** Alarms that stand, and those that were cleared, oldest first. */
  alarms(): readonly Alarm[];
  /** Raised once; audited and told of. */
  raiseAlarm(facts: AlarmFacts): void;
  clearAlarms(match: AlarmMatch): void;
  /** Writes one audit event of the caller's own. */
  audit(facts: AuditFacts): void;
  /** Signs the audit chain as it is, where it has new events and the last checkpoint is as old as this. */
  checkpointAudit(atLeastOldMs: number): void;
  /**
   * Enters what the latest checkpoint covers in the collection `audit`, for the other devices to hold and to verify: 64
   * events a call. Answers whether there is more; where the collection cannot be written here there never is.
   */
  enterAudit(): boolean;
  /** The latest own checkpoints, oldest first. */
  auditCheckpoints(): readonly AuditCheckpoint[];
  /** What of the own audit chain is damaged: noted as lost with `execute`, so that the chain goes on behind it. */
  mendAudit(execute: boolean): readonly LostEvents[];
  /** One audit event, by its id or its position from 1, as a proof; undefined when there is no such event. */
  proveEvent(wanted: string | number): Result<EventProof, Refusal> | undefined;
  /** That the audit chain only grew between two checkpoints that are kept; undefined when one is not. */
  proveConsistency(from: number, to: number): Result<ConsistencyProof, Refusal> | undefined;
}
