import type { ChangeId } from '../../base/ids.ts';
import type { Result } from '../../base/result.ts';
import type { ArrivalClaim, DepartureClaim } from '../../contract/move.ts';
import type { RecordRow } from '../../contract/record.ts';
import type { Draft, Strategy } from '../../contract/strategy.ts';
import { arrivalValue, departureValue } from '../../log/move.ts';
import type { ScopeState } from '../../membership/parse/state.ts';
import type { Author } from './author.ts';
import type { Core } from '../kernel/core.ts';
import type { WriteRefusal } from '../names/write.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { type WriteTarget, writeChange } from './write-change.ts';

/** Where the two changes of a rename go. */
export interface MoveContext {
  readonly core: Core;
  readonly binding: CollectionBinding;
  readonly scope: ScopeState;
  readonly author: Author;
}

type Target = Pick<WriteTarget, 'id' | 'managedBy' | 'authorId' | 'row'>;
type Written = Result<{ readonly row: RecordRow; readonly changeId: ChangeId }, WriteRefusal>;

/** A pair of changes without content, beside the heads that each of them names. */
const pairBytes = 8 * 1024;
const headBytes = 2 * 48;

/**
 * Writes the change that takes a record in under another id; the departure goes into the same batch. With a patch, or for
 * an edit of a document, it is an edit of the record that is there.
 */
export function writeArrival(
  { core, binding, scope, author }: MoveContext,
  strategy: Strategy,
  target: Target,
  claim: Omit<ArrivalClaim, 'kind'>,
  parents: readonly ChangeId[],
  operation: 'put' | 'patch' = 'put',
): Written {
  author.keepTogether(2, pairBytes + (claim.heads.length + parents.length) * headBytes);
  const draft: Draft = { operation, parents: [...parents].sort(), value: arrivalValue(claim) };
  return writeChange(core, binding, scope, author, strategy, target, draft);
}

/** Writes the removal of the old id, which says where the record went. */
export function writeDeparture(
  { core, binding, scope, author }: MoveContext,
  strategy: Strategy,
  target: Target,
  removal: Pick<Draft, 'operation' | 'parents'>,
  claim: Omit<DepartureClaim, 'kind'>,
): Written {
  const draft: Draft = { ...removal, parents: [...removal.parents].sort(), value: departureValue(claim) };
  return writeChange(core, binding, scope, author, strategy, target, draft);
}
