import { describe, expect, it } from 'vitest';
import type { CollectionName } from '../../../src/base/ids.ts';
import type { ReasonCode } from '../../../src/contract/reasons.ts';
import type { ReviewItem } from '../../../src/contract/review.ts';
import { engineFacts } from '../../../src/daemon/relays/engine-facts.ts';
import { createOutbox } from '../../../src/daemon/relays/outbox.ts';
import { type EngineCondition, stateOf } from '../../../src/lifecycle/state-of.ts';
import type { Store } from '../../../src/store/ground/port.ts';
import { calm } from '../../helpers/calm-surroundings.ts';
import { type Pair, last, setupPair } from '../../helpers/setup-pair.ts';

const shell = 'shell' as CollectionName;

/** The state of the engine of `shell` on device b, with as many items as its store was asked for. */
function stateOnB({ b }: Pair): { readonly condition: EngineCondition; readonly asked: readonly number[] } {
  const binding = b.bindings.ofCollection(shell);
  if (binding === undefined) {
    throw new Error('believed: shell is served');
  }
  const asked: number[] = [];
  const listOpen: Store['reviews']['listOpen'] = (page, collection) => {
    asked.push(page.limit);
    return b.disk.reviews.listOpen(page, collection);
  };
  const store: Store = { ...b.disk, reviews: { ...b.disk.reviews, listOpen } };
  const facts = engineFacts({
    binding,
    enabled: true,
    replica: b.replica,
    store,
    outbox: createOutbox(),
    around: calm,
  });
  return { condition: stateOf(facts), asked };
}

/** A proposal of device a for each reason, as b's queue holds it. */
function proposed(...reasons: readonly ReasonCode[]): Pair {
  const pair = setupPair();
  for (const [index, reasonCode] of reasons.entries()) {
    pair.a.put(['shell', `s${index}`], { kind: 'alias', name: 'll', body: 'ls' });
    pair.exchange();
    const item: ReviewItem = last(pair.b.reviews());
    pair.b.disk.reviews.put({ ...item, reasonCode });
  }
  return pair;
}

describe('an engine with items in the review queue', () => {
  it('is review_required for the reasons that its items wait for, each told once', () => {
    const { condition } = stateOnB(proposed('remote_policy_weaker', 'manual_review_required', 'remote_policy_weaker'));
    expect([condition.state, condition.reasonCodes]).toEqual([
      'review_required',
      ['manual_review_required', 'remote_policy_weaker'],
    ]);
  });

  it('asks for one page of them however long the queue is, and for none where it is empty', () => {
    const many = Array.from({ length: 60 }, (): ReasonCode => 'remote_policy_weaker');
    expect(stateOnB(proposed(...many)).asked).toEqual([50]);
    expect(stateOnB(setupPair()).asked).toEqual([]);
  });
});
