import type { CollectionName, RecordId } from '../../src/base/ids.ts';
import type { ReviewItem } from '../../src/contract/review.ts';
import type { GovernedOperation, GovernedTurn } from './governed-turn.ts';
import { rowAt } from './governed-turn.ts';
import { noteAccepted } from './oracles-words.ts';
import { everyItem } from './state-hash.ts';
import { token, write } from './turn.ts';

const shell = 'shell' as CollectionName;
const ids = ['s1', 's2'] as const;

/** People write the same few records that are reviewed, and answer each other. */
export const wordWork = {
  say_word: (process, turn) => {
    const id = turn.random.pick(ids);
    return turn.random.chance(0.15)
      ? write(process, shell, id, { kind: 'remove' })
      : write(process, shell, id, { kind: 'put', fields: { kind: 'alias', name: 'a', body: token(turn) } });
  },
  answer_word: (process, turn) => {
    const item = askedByOthers(turn);
    if (item === undefined) {
      return false;
    }
    const decision = turn.random.chance(0.7) ? 'accept' : 'reject';
    const [result] = process.replica.decide([item.id], decision);
    if (result?.ok === true) {
      noteAccepted(turn, item, decision);
    }
    return result?.ok === true;
  },
  merge_word: (process, turn) => {
    const item = askedByOthers(turn);
    const live = item && rowAt(turn.device, shell, item.recordId as RecordId)?.fields;
    return (
      item !== undefined &&
      process.replica.decide([item.id], 'merge', { ...live, kind: 'alias', name: 'a', body: token(turn) })[0]?.ok ===
        true
    );
  },
} as const satisfies Readonly<Record<string, GovernedOperation>>;

function askedByOthers({ device, random }: GovernedTurn): ReviewItem | undefined {
  const asked = device.disk.reviews
    .listOpen(everyItem, shell)
    .items.filter(
      ({ kind, deviceId, quarantineId }) =>
        kind === 'proposal' && quarantineId === undefined && deviceId !== device.keys.deviceId,
    );
  return asked.length === 0 ? undefined : random.pick(asked);
}
