import type { RecordId } from '../../src/base/ids.ts';
import type { DecisionKind, ReviewItem } from '../../src/contract/review.ts';
import { type GovernedOperation, type GovernedTurn, liveRows, liveText, rowAt } from './governed-turn.ts';
import type { Process } from './process.ts';
import { noteAccepted } from './oracles-words.ts';
import { everyItem } from './state-hash.ts';
import { token, write } from './turn.ts';

const memoryIds = ['m1', 'm2'] as const;

export const reviewWork = {
  put_memory: (process, turn) =>
    write(process, 'memory', turn.random.pick(memoryIds), {
      kind: 'put',
      fields: { text: token(turn), lifecycle: 'observed', provenance: 'chat' },
    }),
  merge_reviews: (process, turn) => {
    const item = pickProposal(turn);
    if (item === undefined) {
      return false;
    }
    const edited = rowAt(turn.device, item.collection, item.recordId)?.fields;
    const fields =
      edited !== null && edited !== undefined && turn.random.chance(0.5) ? { ...edited, extra: token(turn) } : null;
    return process.replica.decide([item.id], 'merge', fields)[0]?.ok === true;
  },
  keep_both: (process, turn) => keepBoth(process, turn),
  undo_decision: (process, turn) => undo(process, turn),
  decide_many: (process, turn) => {
    const items = proposals(turn);
    const decision = turn.random.chance(0.6) ? 'accept' : 'reject';
    turn.counters.hit('reviews decided at once', items.length > 1 ? 1 : 0);
    return items.map((item) => decideNoted(process, turn, item, decision)).includes(true);
  },
} as const satisfies Readonly<Record<string, GovernedOperation>>;

function proposals({ device }: GovernedTurn): readonly ReviewItem[] {
  return device.disk.reviews
    .listOpen(everyItem)
    .items.filter(
      ({ kind, deviceId, quarantineId }) =>
        kind === 'proposal' && quarantineId === undefined && deviceId !== device.keys.deviceId,
    );
}

function pickProposal(turn: GovernedTurn): ReviewItem | undefined {
  const items = proposals(turn);
  return items.length === 0 ? undefined : turn.random.pick(items);
}

function decideNoted(process: Process, turn: GovernedTurn, item: ReviewItem, decision: DecisionKind): boolean {
  const { device, governance } = turn;
  const before = liveText(rowAt(device, item.collection, item.recordId));
  const [result] = process.replica.decide([item.id], decision);
  if (result?.ok !== true) {
    return false;
  }
  noteAccepted(turn, item, decision);
  const heads = headsOf(turn, item);
  governance.decisions.push({ device: device.index, item, before, heads });
  return true;
}

function headsOf({ device }: GovernedTurn, { collection, recordId }: ReviewItem): string {
  return [...(rowAt(device, collection, recordId)?.heads ?? [])].sort().join(' ');
}

/** Invariant 11, of a person's word: what is live stays, and the proposal lives on beside it. */
function keepBoth(process: Process, turn: GovernedTurn): boolean {
  const { device, report, counters } = turn;
  const item = pickProposal(turn);
  if (item === undefined) {
    return false;
  }
  const { collection, recordId } = item;
  const before = liveText(rowAt(device, collection, recordId));
  const others = new Set<RecordId>(liveRows(device, collection).map(({ id }) => id));
  const isDone = decideNoted(process, turn, item, 'keep_both');
  if (isDone) {
    counters.hit('both kept');
    if (liveText(rowAt(device, collection, recordId)) !== before) {
      report(11, `device ${device.index}: both versions of ${recordId} are kept, and the live one is another`);
    }
    if (liveRows(device, collection).every(({ id }) => others.has(id))) {
      report(11, `device ${device.index}: both versions of ${recordId} are kept, and the second is nowhere`);
    }
  }
  return isDone;
}

/** Invariant 25: an undone decision leaves what was there before it, and its question is asked again. */
function undo(process: Process, turn: GovernedTurn): boolean {
  const { device, governance, random, report, counters } = turn;
  const mine = governance.decisions.filter((decision) => decision.device === device.index);
  const decided = mine.length === 0 ? undefined : random.pick(mine);
  if (decided === undefined) {
    return false;
  }
  const { item, before, heads } = decided;
  const isLatest = headsOf(turn, item) === heads;
  const [result] = process.replica.decide([item.id], 'undo');
  if (result?.ok !== true) {
    return false;
  }
  governance.decisions.splice(governance.decisions.indexOf(decided), 1);
  if (isLatest) {
    counters.hit('decision undone');
    const found = liveText(rowAt(device, item.collection, item.recordId));
    if (found !== before) {
      report(25, `device ${device.index}: undone, ${item.collection}/${item.recordId} is ${found} and was ${before}`);
    }
    if (device.disk.reviews.get(item.id)?.status !== 'open') {
      report(25, `device ${device.index}: a decision was undone, and its question ${item.id} is not open again`);
    }
  }
  return true;
}
