import type { ChangeId, CollectionName, DeviceId, EngineId, RecordId, ScopeId, UserId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { Result } from '../base/result.ts';
import type { AuditFacts } from '../contract/audit.ts';
import type { LoggedChange, PresentedLease } from '../contract/change.ts';
import type { Engine } from '../contract/engine.ts';
import type { SyncEvent } from '../contract/events.ts';
import type { EncryptionScope, Manifest, ScopeKind } from '../contract/manifest.ts';
import type { ManagedBy } from '../contract/operation.ts';
import type { OwnerName, OwnerSet } from '../contract/owner.ts';
import type { Disposition, RecordRow } from '../contract/record.ts';
import type { ReferenceField, TreeEdge } from '../contract/references.ts';
import type { FindSecrets } from '../contract/secrets.ts';
import type { DecisionKind, QuarantineItem, ReviewItem, ReviewMode } from '../contract/review.ts';
import type { Intent } from '../contract/strategy.ts';
import type { Refusal } from '../contract/verdict.ts';
import type { DeviceKeys, RandomBytes } from '../crypto/keys.ts';
import type { AuditCheckpoint } from '../log/audit-checkpoint.ts';
import type { ConsistencyProof, EventProof } from '../log/audit-proof.ts';
import type { AnnouncedScope } from '../log/meta.ts';
import type { RecordProof } from '../log/proof.ts';
import type { ResolvedReference } from '../merge/references.ts';
import type { Revocations } from '../membership/lease-revocation.ts';
import type { Authority, Role, ScopeState } from '../membership/state.ts';
import type { BrakeSetting } from '../policy/brake.ts';
import type { LossKind } from '../policy/loss.ts';
import type { DamagedRow, Page, PageRequest, Store } from '../store/port.ts';
import type { Alarm, AlarmFacts, AlarmMatch } from './alarms.ts';
import type { OwnBatch } from './author.ts';
import type { RollbackPage, RollbackPageRequest, RollbackRequest, RollbackStep } from './rollback.ts';
import type { CollectReport } from './collect.ts';
import type { TombstoneReport } from './tombstones.ts';
import type { Explanation } from './explanation.ts';
import type { FolderLosses, FolderWord } from './folder-hold.ts';
import type { FolderRules, RulesPlace, RulesWord } from './folder-rules.ts';
import type { Slice } from './intake.ts';
import type { ReviewDetail } from './review-detail.ts';
import type { Reader } from './references.ts';
import type { KnownVersion } from './known-version.ts';
import type { FirstChoice, MeetingPlan } from './meeting.ts';
import type { Move, MoveResult } from './move.ts';
import type { RestorePoint } from './restore-points.ts';
import type { MassChangePreview } from './outbound.ts';
import type { OwnerFault, OwnerReport } from './owner-set.ts';
import type { OwnerListRequest, OwnerSetView } from './owner-list.ts';
import type { OwnerState } from './owner-state.ts';
import type { EffectivePolicy } from '../policy/effective.ts';
import type { EntryDraft } from './rotation.ts';
import type { TreeView } from './tree.ts';
import type { HeldReport } from './verify-held.ts';

/** A collection as this device serves it: its manifest, its engine, and the scope that configuration chose. */
export interface CollectionBinding {
  readonly manifest: Manifest;
  readonly engine: Engine;
  /** The manifest's scope, or the listed alternative that configuration chose. */
  readonly scope: EncryptionScope;
  /** Paths of string fields that merge as text. */
  readonly textPaths: readonly string[];
  /** Fields that refer to other records. */
  readonly references: readonly ReferenceField[];
  /** The edge along which the records form a tree; undefined where they form none. */
  readonly tree: TreeEdge | undefined;
  /** Whose decisions count here, as configuration says. */
  readonly reviewMode: ReviewMode;
  /** The fields as they are, or where they break the record schema, in words. */
  validate(fields: JsonObject): Result<JsonObject, string>;
}

export interface Bindings {
  ofCollection(name: string): CollectionBinding | undefined;
  all(): readonly CollectionBinding[];
}

export interface ReplicaDeps {
  readonly store: Store;
  readonly keys: DeviceKeys;
  readonly userId: UserId;
  readonly bindings: Bindings;
  /** Wall clock in milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly randomBytes: RandomBytes;
  /** True when the engine is switched on here. */
  readonly isEnabled: (engineId: EngineId) => boolean;
  /** The policy that this device never goes below, `{key: {kind, value}}`; the same object while it does not change. */
  readonly policyFloor?: () => JsonObject;
  /** How tight the brake of an engine is configured; without it as its class says. */
  readonly brakeOf?: (engineId: EngineId) => Pick<BrakeSetting, 'share' | 'minimum'>;
  /** How long a silent device holds up the collection of tombstones; without it 180 days. */
  readonly tombstonesExpireAfterMs?: () => number;
  readonly secrets: SecretKeeper;
  /** How long one transaction may go on with the records of what came; without it each batch is taken in whole. */
  readonly slice?: Slice;
  /** `sha256:<hex>` of the policy in force; without it leases are not held against one. */
  readonly policyBundleHash?: () => string;
  readonly listener: ReplicaListener;
}

/** Knows raw secrets by their looks and where they are kept instead: the core sees neither the rules nor the vault. */
export interface SecretKeeper {
  readonly find: FindSecrets;
  /** Whether a raw secret in a local write is replaced by a reference where that can be, or the write is refused. */
  mode(engineId: EngineId): 'redact' | 'refuse';
  /** Id under which this device keeps a secret: the same for the same text, and without the device's key no clue to it. */
  idOf(secret: string): RecordId;
  /** Keeps it, in the transaction under way; one that is kept already stays as it is. */
  keep(id: RecordId, secret: string, label: string): void;
}

/** Called after a transaction has become durable, never inside it, and never with content. */
export interface ReplicaListener {
  appended(scopeId: ScopeId, batch: OwnBatch): void;
  event(event: SyncEvent): void;
  /** Something of what came is left for {@link Replica.takeInMore}. */
  pending?(): void;
}

export interface Write {
  readonly id: RecordId;
  readonly intent: Intent;
  /** Refuse unless the record's version is this one; null demands that nothing is live. */
  readonly ifVersion?: string | null;
  /**
   * The heads of the version that the write was made from, where that is older than the row; empty for a writer who saw
   * no record. The change stands upon these alone, and the collection's strategy merges it with everything since, as if it
   * came from another device. For crdt and graph_merge; under the others the write is refused, because what holds there
   * is decided on top of what is there.
   */
  readonly madeFrom?: readonly ChangeId[];
  readonly managedBy?: ManagedBy;
  readonly authorId?: string;
  /** What an agent presents: the change is written in its name, and counts by its lease. */
  readonly lease?: PresentedLease | undefined;
  /** For a writer whose own copy must not be altered: a raw secret refuses the write, whatever is configured. */
  readonly secrets?: 'refuse';
}

/** What a caller of `edit` brings: a person's word for whatever it takes away, another brake's (it counts), or none. */
export type EditWord = boolean | 'looked_at';

export type WriteRefusal =
  | { readonly kind: 'version_mismatch'; readonly current: string | null; readonly message: string }
  | { readonly kind: 'unknown_collection' | 'engine_disabled' | 'no_scope' | 'damaged'; readonly message: string }
  | { readonly kind: 'invalid' | 'decided'; readonly message: string }
  /** `madeFrom` names a version that is not held here, or its strategy takes none. Nothing was written. */
  | { readonly kind: 'base_unknown' | 'base_unsuited'; readonly message: string }
  /** Another record has the id that one was to get. */
  | { readonly kind: 'taken'; readonly message: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly message: string }
  /** It has no effect before a person decides the review item; what was signed is kept. */
  | { readonly kind: 'waits'; readonly reviewId: string; readonly message: string }
  /** The call as a whole would take too much away: nothing of it was written. */
  | { readonly kind: 'mass_change'; readonly preview: MassChangePreview; readonly message: string };

export type WriteResult = Result<RecordRow, WriteRefusal>;

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

/** Where engine, log and store meet: each call is one transaction, durable when it returns. */
export interface Replica {
  readonly self: DeviceId;
  edit(collection: CollectionName, writes: readonly Write[], word?: EditWord): readonly WriteResult[];
  /** Renames records, each with its history: one transaction, and no mass change however many they are. */
  move(collection: CollectionName, moves: readonly Move[]): readonly MoveResult[];
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
  planMeeting(collection: CollectionName): MeetingPlan;
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
   * Buries up to `limit` deleted records of a scope that every device has seen deleted, as one transaction. Call it only
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
  /** One audit event, by its id or its position from 1, as a proof; undefined when there is no such event. */
  proveEvent(wanted: string | number): Result<EventProof, Refusal> | undefined;
  /** That the audit chain only grew between two checkpoints that are kept; undefined when one is not. */
  proveConsistency(from: number, to: number): Result<ConsistencyProof, Refusal> | undefined;
}

/** A record whose stored row is damaged, and the quarantine item that says so. */
export interface DamagedRecord {
  readonly row: DamagedRow;
  readonly quarantineId: string;
}

export interface VerifiedPage {
  readonly checked: number;
  readonly damaged: readonly DamagedRecord[];
  /** Null when every record has been opened. */
  readonly nextCursor: string | null;
}
