import type { CollectionName } from '../base/ids.ts';
import type { Result } from '../base/result.ts';
import { upgradeRecords } from './apply/upgrade-record.ts';
import { type Move, type MoveResult, move } from './decide/move.ts';
import { edit } from './edit/edit.ts';
import {
  type RollbackPage,
  type RollbackPageRequest,
  type RollbackRequest,
  type RollbackStep,
  planRollback,
  rollback,
  rollbackPage,
} from './edit/rollback.ts';
import type { Core } from './kernel/core.ts';
import type { EditWord, Write, WriteRefusal, WriteResult } from './names/write.ts';

/** What a person or a program writes: each call is a transaction, durable when it returns. */
export interface Editing {
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
  /** What {@link Editing.rollback} would write; writes nothing. */
  planRollback(
    collection: CollectionName,
    requests: readonly RollbackRequest[],
  ): readonly Result<RollbackStep, WriteRefusal>[];
  /** Makes records what they were, each by one new change: an ordinary local write. */
  rollback(collection: CollectionName, requests: readonly RollbackRequest[]): readonly WriteResult[];
  /** Plans or takes one page of a collection back to a point in time. */
  rollbackPage(collection: CollectionName, page: RollbackPageRequest): Result<RollbackPage, WriteRefusal>;
  /** Makes records anew that were written for an older major, once after a manifest rose. Answers how many. */
  upgradeRecords(collection: CollectionName): number;
}

export function editingOf(core: Core): Editing {
  return {
    edit: (collection, writes, word = false, alongside) => edit(core, collection, writes, word, alongside),
    move: (collection, moves, alongside) => move(core, collection, moves, alongside),
    planRollback: (collection, requests) => planRollback(core, collection, requests),
    rollback: (collection, requests) => rollback(core, collection, requests),
    rollbackPage: (collection, page) => rollbackPage(core, collection, page),
    upgradeRecords: (collection) => upgradeRecords(core, collection),
  };
}
