import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/base/json.ts';
import type { ReviewItem } from '../../../src/contract/review.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { brakeOn, brakesOn, edit, filledPair, liveOn, range, removeAll, task, workspace } from './setup-brake.ts';

const engineId = 'sourceos.sync.workspace' as ReviewItem['engineId'];
const root = '/home/one/notes';

describe('179 questions of an older version', () => {
  it('about edits are asked no longer, and the edits take effect', () => {
    const { a, b } = waiting((device) => {
      edit(device, range(60), (index) => ({ kind: 'put', fields: task(`edited ${index}`) }));
    });
    oldHold(b, a, 'open');
    restarted(b);
    expect([b.reviews(), b.disk.reviews.get('rv_oldoldoldoldold')?.status]).toEqual([[], 'superseded']);
    expect(b.fields(['workspace', 'r59'])).toEqual(task('edited 59'));
    expect(b.events.filter(({ type }) => type === 'review.resolved')).toHaveLength(1);
  });

  it('about what is still too much are asked anew, and can be decided', () => {
    for (const word of ['accept', 'reject'] as const) {
      const { a, b, exchange } = waiting((device) => {
        removeAll(device, 0, 95);
      });
      oldHold(b, a, 'open');
      restarted(b);
      const item = brakeOn(b);
      expect([item.id === 'rv_oldoldoldoldold', item.summary]).toEqual([
        false,
        expect.stringContaining('delete 95 of 100'),
      ]);
      expect(b.replica.decide([item.id], word)).toMatchObject([{ ok: true }]);
      exchange();
      expect([liveOn(a), liveOn(b)]).toEqual(word === 'accept' ? [5, 5] : [100, 100]);
    }
  });

  it('about a folder are asked no longer, whether they were decided or not', () => {
    const { b } = waiting(() => undefined);
    b.disk.links.put({ engineId, root });
    for (const name of [`brake.folder.${root}`, `brake.changed.${root}`]) {
      b.disk.reviews.put(oldItem(b, `rv_${name.slice(6, 12)}`));
      b.disk.settings.set(name, `rv_${name.slice(6, 12)}`);
    }
    expect(brakesOn(b)).toHaveLength(2);
    restarted(b);
    expect([brakesOn(b), b.replica.isBraking(workspace), b.replica.isFolderAsked(root)]).toEqual([[], false, false]);
    expect(b.disk.settings.get(`brake.changed.${root}`)).toBeUndefined();
  });

  it('are looked for once', () => {
    const { a, b } = waiting(() => undefined);
    oldHold(b, a, 'accepted');
    restarted(b);
    const { count } = b.disk.audit.head();
    restarted(b);
    expect([b.disk.settings.get('brake.holds'), b.disk.audit.head().count]).toEqual([undefined, count]);
  });
});

/** Two devices of which the second has what the first did, and lets it wait. */
function waiting(work: (device: TestDevice) => void): ReturnType<typeof filledPair> {
  const pair = filledPair(100);
  pair.b.disabled.add(engineId);
  work(pair.a);
  pair.exchange();
  pair.b.disabled.clear();
  return pair;
}

/** As the version before kept it. */
function oldHold(device: TestDevice, author: TestDevice, status: string): void {
  const scopeId = device.replica.scopes().find(({ kind, local }) => kind === 'workspace' && !local)?.state.scopeId;
  const reviewId = 'rv_oldoldoldoldold';
  const hold = {
    ...{ reviewId, collection: workspace, scopeId, deviceId: author.replica.self },
    ...{ spans: [[2, 2]], removals: 0, replacements: 60, status },
  };
  device.disk.settings.set('brake.holds', [hold] as unknown as JsonValue);
  if (status === 'open') {
    device.disk.reviews.put(oldItem(author, reviewId));
  }
}

function oldItem(author: TestDevice, id: string): ReviewItem {
  return {
    ...{ id, kind: 'brake', engineId, collection: workspace, recordId: '*' as ReviewItem['recordId'] },
    ...{ reasonCode: 'manual_review_required', authorId: 'urn:srcos:user:x', deviceId: author.replica.self },
    ...{ stamp: '019b76daa800-0000' as ReviewItem['stamp'], changes: [], alternatives: [], status: 'open' },
    summary: 'change 60 of 100 records at once, where 19 may be without asking: "r0", "r1", "r2" …',
  };
}

/** A start of the daemon judges again what waits. */
function restarted(device: TestDevice): void {
  device.restart();
  device.replica.rejudge(workspace);
}
