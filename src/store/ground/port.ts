import type { LinkTable } from './link-table.ts';
import type { BatchId, ChangeId, CollectionName, DeviceId, EngineId, RecordId, ScopeId } from '../../base/ids.ts';
import type { JsonValue } from '../../base/json.ts';
import type { Stamp } from '../../clock/stamp.ts';
import type { AuditEvent, AuditRow, LostEvents } from '../../contract/audit.ts';
import type { ChainHead } from '../../contract/chain.ts';
import type { Disposition, RecordRow, RecordState } from '../../contract/record.ts';
import type { QuarantineItem, ReviewItem } from '../../contract/review.ts';
import type { EngineState } from '../../contract/states.ts';

/**
 * Everything one device keeps. Synchronous, because one user action is one transaction and nothing may come between.
 * A transaction that returns is durable (survives power loss); one that throws has left no trace.
 */
export interface Store {
  /** Runs `work` as one transaction; nested calls join the outer one. The work is synchronous. */
  transaction<T>(work: () => T extends PromiseLike<unknown> ? never : T): T;

  readonly settings: SettingTable;
  readonly records: RecordTable;
  readonly history: HistoryTable;
  readonly log: LogTable;
  readonly scopes: ScopeTable;
  readonly reviews: ReviewTable;
  readonly quarantine: QuarantineTable;
  readonly audit: AuditTable;
  readonly transitions: TransitionTable;
  readonly links: LinkTable;
  readonly vault: VaultTable;
  readonly upkeep: Upkeep;

  close(): void;
}

/** Small named values (the clock, the label, engine switches): sealed JSON. */
export interface SettingTable {
  get(name: string): JsonValue | undefined;
  set(name: string, value: JsonValue): void;
  remove(name: string): void;
  /** Those that begin so, in no order. Opens every setting. */
  names(prefix: string): readonly string[];
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Give it back to go on; null at the end. */
  readonly nextCursor: string | null;
}

export interface PageRequest {
  readonly cursor: string | null;
  readonly limit: number;
}

export interface CollectionCounts {
  readonly live: number;
  readonly tombstoned: number;
  /** Deleted records of which only the deletion is remembered. */
  readonly collected: number;
  readonly review: number;
  readonly conflicts: number;
  readonly quarantined: number;
}

export interface RecordTable {
  /** A damaged row (its seal does not open, or rows were swapped) answers `damaged`; the others go on. */
  get(collection: CollectionName, id: RecordId): RecordRow | 'damaged' | undefined;
  put(row: RecordRow): void;
  /** In order of first arrival. Damaged rows are left out and counted. */
  list(collection: CollectionName, page: PageRequest, state?: RecordState): Page<RecordRow> & { damaged: number };
  /** In order of stamp, device, id: for append-only collections, whose rows never move. */
  listByStamp(collection: CollectionName, page: PageRequest): Page<RecordRow>;
  /** Replaces a deleted record's row and history by the places of its changes. False, and nothing is done, where its history is damaged. */
  collect(collection: CollectionName, id: RecordId): boolean;
  /** The changes that history had of a collected record; undefined where it is not collected. Free where nothing is. */
  collected(collection: CollectionName, id: RecordId): CollectedChanges | 'damaged' | undefined;
  /** Costs the same whatever the number of records. */
  counts(collection: CollectionName): CollectionCounts;
}

/** Where one change of a collected record stands in the log, and what it was there. */
export type CollectedChange = Pick<HistoryRow, 'scopeId' | 'deviceId' | 'sequence' | 'index' | 'disposition'>;

/** All that is kept of a record whose deletion every device has applied: the log gives back what it was. */
export type CollectedChanges = readonly CollectedChange[];

/** One admitted change of a record; its content stays in the log. */
export interface HistoryRow {
  readonly changeId: ChangeId;
  readonly collection: CollectionName;
  readonly recordId: RecordId;
  readonly scopeId: ScopeId;
  readonly deviceId: DeviceId;
  readonly sequence: number;
  readonly index: number;
  readonly stamp: Stamp;
  readonly disposition: Disposition;
}

/** Where a change stands in the chain of its device. */
export type PlaceInChain = Pick<HistoryRow, 'collection' | 'recordId' | 'scopeId' | 'deviceId' | 'sequence' | 'index'>;

export interface HistoryTable {
  /**
   * Adds a change, or answers false and does nothing where it is there already. It looks for the change itself, but right
   * behind a {@link get} that found none, which costs one look for both.
   */
  addIfAbsent(row: HistoryRow): boolean;
  get(changeId: ChangeId): HistoryRow | undefined;
  setDisposition(changeId: ChangeId, disposition: Disposition): void;
  /** The change now stands elsewhere in a chain of its device: it was sealed again. */
  move(changeId: ChangeId, place: Pick<HistoryRow, 'scopeId' | 'sequence' | 'index'>): void;
  /** Oldest stamp first. */
  list(collection: CollectionName, id: RecordId): readonly HistoryRow[];
  /** What the device of a change wrote to its record up to it, in the order of its chain: the last `limit` of that. */
  upTo(change: PlaceInChain, limit: number): readonly HistoryRow[];
  /** Changes of a collection that wait (for a causal parent, a release, the engine to be enabled), oldest stamp first. */
  listWaiting(collection: CollectionName, page: PageRequest): Page<HistoryRow>;
  /** True where a change of the record waits; the work is that of its own history. */
  hasWaiting(collection: CollectionName, id: RecordId): boolean;
}

/** What history still says of a record whose own row is damaged: from any of its changes the log gives the id back. */
export type DamagedChange = Pick<HistoryRow, 'changeId' | 'scopeId' | 'deviceId' | 'sequence' | 'index'>;

/** A row that does not open in its place, or that its own record's lookup does not lead to. */
export interface DamagedRow {
  readonly collection: CollectionName;
  /** Names the row in this store alone. */
  readonly place: string;
  /** Undefined where the row itself does not say it any more. */
  readonly recordId: RecordId | undefined;
  readonly changes: readonly DamagedChange[];
}

/** Looking after what is stored, whole or not. */
export interface Upkeep {
  /** Opens stored records in order of the table, as many as the limit says, from a cursor on. */
  verifyRecords(page: PageRequest): {
    readonly checked: number;
    readonly damaged: readonly DamagedRow[];
    readonly nextCursor: string | null;
  };
  /** The damaged row that a record's lookup leads to; undefined where it leads to a whole one, or to none. */
  damagedRowOf(collection: CollectionName, id: RecordId): DamagedRow | undefined;
  /** Gives a damaged row back to its record, which is then known by its history alone until it is put again. */
  reclaim(damaged: DamagedRow, id: RecordId): void;
  /** Forgets a record with its history, as if nothing of it had ever come: all of it is learnt again from the log. */
  unlearn(collection: CollectionName, id: RecordId): void;
  /** The same for every record of a collection; damaged rows stay as they are. Its counters of queues stay, too. */
  unlearnAll(collection: CollectionName): void;
  /**
   * Copies beside the store what everything else in it rests on, for the day on which a page of it is damaged. A disk that
   * does not take it leaves the copy as it was, and nothing is thrown.
   */
  keepCopy(): void;
  /** What was read of the file is forgotten, so that what is asked next is read from it, and not as it once was. */
  forgetPages(): void;
  /** False where what is written would not be found again: the file was removed or replaced. Transactions then throw. */
  isInPlace(): boolean;
  /**
   * Writes all that is committed into a new file, a little in each round of the loop, while others go on writing: what is
   * committed meanwhile is in it or not, a transaction never by half. Resolves once it is durable; where it fails there is
   * no file.
   */
  copyTo(path: string): Promise<void>;
}

/** A sealed batch as it travels: header, signature, ciphertext. */
export interface LogRow {
  readonly scopeId: ScopeId;
  readonly deviceId: DeviceId;
  readonly sequence: number;
  readonly batchId: BatchId;
  readonly bytes: Uint8Array;
}

export interface LogTable {
  /** Appends the next batch of a device's chain; a sequence that is taken is a bug of the caller. */
  append(row: LogRow): void;
  get(scopeId: ScopeId, deviceId: DeviceId, sequence: number): LogRow | undefined;
  /** Forgets a chain's batches from a sequence on: they never left this device. */
  cut(scopeId: ScopeId, deviceId: DeviceId, from: number): void;
  /** Batches of one device above a sequence, oldest first, as many as fit the size; at least one where there is one. */
  after(scopeId: ScopeId, deviceId: DeviceId, sequence: number, limitBytes: number): readonly LogRow[];
  /** Head of each device's chain. */
  heads(scopeId: ScopeId): ReadonlyMap<DeviceId, ChainHead>;
  /** Highest own sequence that the relay has confirmed as durable; 0 for none. */
  acknowledged(scopeId: ScopeId, relayUrl: string): number;
  acknowledge(scopeId: ScopeId, relayUrl: string, sequence: number): void;
  /** What relays confirmed from a sequence on is not here any more: they give it back. */
  unacknowledge(scopeId: ScopeId, from: number): void;
  /** Highest own sequence that any relay has confirmed; 0 for none. */
  acknowledgedAnywhere(scopeId: ScopeId): number;
}

/** A membership log entry, canonical bytes and signature, in order from genesis (sequence 0). */
export interface ScopeEntryRow {
  readonly scopeId: ScopeId;
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

export interface ScopeTable {
  list(): readonly ScopeId[];
  entries(scopeId: ScopeId): readonly ScopeEntryRow[];
  append(row: ScopeEntryRow): void;
  /** Forgets the entries from a position on: the root of the scope decided against them. */
  cut(scopeId: ScopeId, from: number): void;
  /** Epoch keys this device holds, sealed at rest. */
  epochKey(scopeId: ScopeId, epoch: number): Uint8Array | undefined;
  setEpochKey(scopeId: ScopeId, epoch: number, key: Uint8Array): void;
}

export interface ReviewTable {
  get(id: string): ReviewItem | undefined;
  put(item: ReviewItem): void;
  /** Open items, oldest first. */
  listOpen(page: PageRequest, collection?: CollectionName): Page<ReviewItem>;
  openOf(collection: CollectionName, id: RecordId): readonly ReviewItem[];
  /** How many {@link openOf} lists, conflicts apart; opens none of them, so that one that is damaged counts too. */
  countOpen(collection: CollectionName, id: RecordId): { readonly reviews: number; readonly conflicts: number };
}

export interface QuarantineTable {
  get(id: string): QuarantineItem | undefined;
  put(item: QuarantineItem): void;
  /** Held items, oldest first; null lists those that belong to no collection: batches that are kept whole. */
  listHeld(page: PageRequest, collection?: CollectionName | null): Page<QuarantineItem>;
}

export interface AuditTable {
  append(event: AuditEvent): void;
  /** Number of events and hash of the last; `{count: 0, head: null}` for none. */
  head(): { readonly count: number; readonly head: string | null };
  /** Oldest first from a position (0-based). A row that does not open is `damaged`, one that is gone `missing`. */
  read(from: number, limit: number): readonly AuditRow[];
  /** What does not open there, or is gone, is lost from now on. */
  noteLost(events: LostEvents): void;
  /** What was noted as lost, in the order of the chain. */
  lost(): readonly LostEvents[];
}

export interface Transition {
  readonly engineId: EngineId;
  readonly from: EngineState;
  readonly to: EngineState;
  readonly atMs: number;
  readonly event: string;
  readonly reasonCodes: readonly string[];
}

export interface TransitionTable {
  /** Keeps the latest 1,000 of each engine. */
  add(transition: Transition): void;
  list(engineId: EngineId, limit: number): readonly Transition[];
}

/** Secrets of this device: sealed under the vault key, never in records, history, log or audit. */
export interface VaultTable {
  get(id: RecordId): JsonValue | undefined;
  put(id: RecordId, value: JsonValue): void;
  remove(id: RecordId): boolean;
  list(): readonly RecordId[];
}
