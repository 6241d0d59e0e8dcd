import { assert } from '../../base/assert.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { DecisionKind, ReviewItem } from '../../contract/review.ts';
import { strategyOf } from '../../merge/strategies.ts';
import { draftContext } from '../apply/apply.ts';
import type { Author } from '../edit/author.ts';
import type { Core } from '../kernel/core.ts';
import type { WriteRefusal } from '../names/write.ts';
import type { CollectionBinding } from '../names/binding.ts';
import { rowDamaged } from '../names/row-damaged.ts';
import { cycleAt, movesOf, placeOf } from '../apply/tree.ts';
import { write } from '../edit/write-change.ts';

/**
 * Decides between moves that together would close a cycle. Accepted, the record stays at the top, where it is shown;
 * rejected, its move holds, and the record that was moved before it goes to the top instead. Either is one written
 * change, so that it travels.
 */
export function decideCycle(
  core: Core,
  binding: CollectionBinding,
  author: Author,
  item: ReviewItem,
  decision: DecisionKind,
): Result<ReviewItem, WriteRefusal> {
  const { tree, manifest } = binding;
  if (decision !== 'accept' && decision !== 'reject') {
    return err({ kind: 'invalid', message: `${item.id} is about moves that close a cycle: accept it or reject it.` });
  }
  assert(tree !== undefined, 'only a collection that is a tree has cycles');
  const [latest, before] = movesOf(core, binding, tree, cycleAt(core.store, binding, tree, item.recordId));
  const freed = decision === 'accept' ? latest : before;
  if (freed === undefined) {
    return err({
      kind: 'invalid',
      message: `${item.recordId} cannot stand under itself: accept that it stands at the top.`,
    });
  }
  const row = core.store.records.get(manifest.collection, freed.objectId);
  if (row === undefined || row === 'damaged') {
    return err({ kind: 'damaged', message: rowDamaged.message });
  }
  const place = placeOf(tree, manifest.collection, row);
  assert(place !== undefined, 'a record of a cycle stands under another');
  const strategy = strategyOf(manifest.mergeStrategy);
  const intent = { kind: 'patch', patch: [{ op: 'remove', path: place.path }] } as const;
  const draft = strategy.draft(intent, draftContext(core, binding, intent, row));
  if (!draft.ok) {
    return err({ kind: 'refused', refusal: draft.error, message: draft.error.message });
  }
  const scope = core.logs.scopes.serving(binding);
  assert(scope !== undefined, 'the collection was found writable');
  const written = write(core, binding, scope, author, strategy, { id: row.id, row }, draft.value);
  return written.ok ? ok(core.store.reviews.get(item.id) as ReviewItem) : written;
}
