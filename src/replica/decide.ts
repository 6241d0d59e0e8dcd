import type { CollectionName } from '../base/ids.ts';
import { type Result, err, ok } from '../base/result.ts';
import type { DecisionKind, ReviewItem } from '../contract/review.ts';
import { strategyOf } from '../merge/strategies.ts';
import { recordContext } from './apply.ts';
import type { Core } from './core.ts';
import { authored, editable, write } from './edit.ts';
import type { WriteRefusal } from './port.ts';

/** Decides open review items; each decision is a signed change of its own, so that it travels. */
export function decide(
  core: Core,
  reviewIds: readonly string[],
  decision: DecisionKind,
): readonly Result<ReviewItem, WriteRefusal>[] {
  const results = new Map<string, Result<ReviewItem, WriteRefusal>>();
  for (const [collection, items] of byCollection(openItems(core, reviewIds, results))) {
    const target = editable(core, collection);
    if (!target.ok) {
      items.forEach((item) => results.set(item.id, target));
      continue;
    }
    const { binding, scope } = target.value;
    const strategy = strategyOf(binding.manifest.mergeStrategy);
    authored(core, scope, (author) => {
      for (const { id } of items) {
        const item = core.store.reviews.get(id) as ReviewItem;
        const row = core.store.records.get(collection, item.recordId);
        if (row === 'damaged') {
          results.set(id, err({ kind: 'damaged', message: 'The stored record is damaged.' }));
          continue;
        }
        if (item.status !== 'open') {
          results.set(id, ok(item));
          continue;
        }
        const draft = strategy.decide(item, decision, recordContext(core, binding, row));
        const written = draft.ok
          ? write(core, binding, scope, author, strategy, { id: item.recordId }, draft.value)
          : err({ kind: 'refused' as const, refusal: draft.error, message: draft.error.message });
        results.set(id, written.ok ? ok(core.store.reviews.get(id) as ReviewItem) : written);
      }
    });
  }
  return reviewIds.map((id) => results.get(id) as Result<ReviewItem, WriteRefusal>);
}

function openItems(
  core: Core,
  reviewIds: readonly string[],
  results: Map<string, Result<ReviewItem, WriteRefusal>>,
): readonly ReviewItem[] {
  const items: ReviewItem[] = [];
  for (const id of new Set(reviewIds)) {
    const item = core.store.reviews.get(id);
    if (item === undefined) {
      results.set(id, err({ kind: 'invalid', message: `No review item is called ${id}. See: sourcesync reviews ls` }));
    } else if (item.status !== 'open') {
      results.set(id, err({ kind: 'invalid', message: `${id} was decided already: ${item.status}.` }));
    } else {
      items.push(item);
    }
  }
  return items;
}

function byCollection(items: readonly ReviewItem[]): ReadonlyMap<CollectionName, readonly ReviewItem[]> {
  const groups = new Map<CollectionName, ReviewItem[]>();
  for (const item of items) {
    groups.set(item.collection, [...(groups.get(item.collection) ?? []), item]);
  }
  return groups;
}
