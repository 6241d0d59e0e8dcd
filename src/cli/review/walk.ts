import type { ReviewAction, ReviewBody, ReviewDetailBody } from '../../api/types/reviews.ts';
import { mergeByHand } from './by-hand.ts';
import { mayKeepBoth } from './choices.ts';
import { type Line, plain, toned, wrapped } from './paint.ts';
import { headLines, questionOf, reviewLines } from './review-text.ts';
import { stroke } from './stroke.ts';
import type { WalkDesk, WalkState } from './walk-desk.ts';

/** What was decided, by item, in its order. */
export type Decided = ReadonlyMap<string, string>;

/** Asks about one item after the other until the person quits, or takes nothing back after the last. */
export async function walk(desk: WalkDesk, items: readonly ReviewBody[]): Promise<Decided> {
  const state: WalkState = { queue: [...items], at: 0, decided: new Map() };
  for (;;) {
    const turn = await (state.at < state.queue.length ? askAbout(desk, state) : afterLast(desk, state));
    if (turn === 'quit') {
      return state.decided;
    }
    state.at += turn === 'next' ? 1 : 0;
  }
}

/** The last decision can be taken back as every other; where none was made there is nothing to ask. */
async function afterLast(desk: WalkDesk, state: WalkState): Promise<Turn> {
  if (state.decided.size === 0) {
    return 'quit';
  }
  const { terminal, say, view } = desk;
  say([plain(''), ...wrapped(lastQuestion, view().look.columns, { tone: 'title' })]);
  return (await terminal.key()) === 'u' ? ((await undone(desk, state)) ?? 'quit') : 'quit';
}

const lastQuestion = 'That was the last one: u to undo it, any other key to leave';

/** `again`: the item at this place is asked about anew, because it or its place changed. */
type Turn = 'next' | 'again' | 'quit';

async function askAbout(desk: WalkDesk, state: WalkState): Promise<Turn> {
  const { client, say, view, leave } = desk;
  const { id } = state.queue[state.at] as ReviewBody;
  if (state.decided.has(id)) {
    return 'next';
  }
  const found = await client.review(id);
  if (!found.ok) {
    return found.error.kind === 'problem' && found.error.problem.status === 404 ? 'next' : leave(found.error);
  }
  const review = found.value;
  if (review.status !== 'open') {
    say([...headLines(review, view()).slice(0, 1), plain(`  decided meanwhile: ${review.status.replace('_', ' ')}`)]);
    return 'next';
  }
  const lines = reviewLines(review, view());
  say([plain(''), toned('quiet', `${state.at + 1} of ${state.queue.length}`), ...bounded(lines, id)]);
  for (;;) {
    const turn = await answered(desk, state, review);
    if (turn !== undefined) {
      return turn;
    }
  }
}

/** As many lines as a person scrolls back over; the question stands below them. */
const mostLines = 300;

function bounded(lines: readonly Line[], id: string): readonly Line[] {
  const left = lines.length - mostLines;
  return left <= 0
    ? lines
    : [
        ...lines.slice(0, mostLines - shownAtEnd),
        toned('quiet', `... ${left} lines more: sourcesync reviews show ${id}`),
        ...lines.slice(-shownAtEnd),
      ];
}

/** What each decision takes stands last. */
const shownAtEnd = 10;

/** By key. `t` and `o` say whose version shall be live: of a conflict it is the live one that accept keeps. */
function actionsOf(review: ReviewDetailBody): Readonly<Record<string, ReviewAction>> {
  const [take, keep] = review.kind === 'conflict' ? (['reject', 'accept'] as const) : (['accept', 'reject'] as const);
  return { a: 'accept', r: 'reject', t: take, o: keep, ...(mayKeepBoth(review) ? { b: 'keep-both' } : {}) };
}

/** Undefined where the same question stands. */
async function answered(desk: WalkDesk, state: WalkState, review: ReviewDetailBody): Promise<Turn | undefined> {
  const { terminal, say, view } = desk;
  say([plain(''), ...wrapped(promptOf(review), view().look.columns, { tone: 'title' })]);
  const key = await terminal.key();
  switch (key) {
    case undefined:
    case 'q':
      return 'quit';
    case 's':
      return 'next';
    case 'u':
      return undone(desk, state);
    case 'm':
    case 'e':
      return merged(desk, state, review);
    case 'A':
      return (await stroke(desk, state, review)) ? 'again' : undefined;
    default: {
      const action = actionsOf(review)[key];
      if (action !== undefined) {
        return decided(desk, state, review, action);
      }
      say(helpLines(key, view().look.columns));
      return undefined;
    }
  }
}

function promptOf(review: ReviewDetailBody): string {
  const many = review.judgement?.level === 'harmless' ? 'A all that is harmless, ' : '';
  return `a accept, r reject, m merge, ${mayKeepBoth(review) ? 'b both, ' : ''}s skip, ${many}u undo, q quit, ? help`;
}

/** Decides about exactly what was shown; what changed meanwhile is shown again. */
async function decided(
  { client, say, view, leave }: WalkDesk,
  state: WalkState,
  review: ReviewDetailBody,
  action: ReviewAction,
  body = {},
): Promise<Turn | undefined> {
  const answer = await client.decide(review.id, action, body, review.version);
  if (answer.ok) {
    const { status } = answer.value;
    const words = status.replace('_', ' ');
    say(wrapped(`${words}: ${questionOf(review, view().names).what}`, view().look.columns));
    if (status !== 'open') {
      state.decided.set(review.id, words);
    }
    return 'next';
  }
  if (answer.error.kind !== 'problem') {
    return leave(answer.error);
  }
  const { detail, status } = answer.error.problem;
  say(wrapped(`Not decided. ${view().names.inWords(detail)}`, view().look.columns));
  return status === 409 || status === 412 ? 'again' : undefined;
}

async function merged(desk: WalkDesk, state: WalkState, review: ReviewDetailBody): Promise<Turn | undefined> {
  const { terminal, say, view } = desk;
  const { names, look } = view();
  const inLines = (words: string): void => say(wrapped(words, look.columns));
  const merge = await mergeByHand(review, names, terminal, inLines);
  if (!merge.ok) {
    inLines(`Not decided. ${merge.error}`);
    return undefined;
  }
  const turn = await decided(desk, state, review, 'merge', { fields: merge.value.fields });
  if (turn !== 'next') {
    inLines(await merge.value.keep());
  }
  return turn;
}

/** Takes back what this device decided last, and asks about it again. */
async function undone({ client, say, view, leave }: WalkDesk, state: WalkState): Promise<Turn | undefined> {
  const { names, look } = view();
  const last = await client.decidedHere();
  if (!last.ok) {
    return leave(last.error);
  }
  const [item] = last.value.items;
  if (item === undefined) {
    say([plain('Nothing was decided on this device that could be taken back.')]);
    return undefined;
  }
  const answer = await client.decide(item.id, 'undo');
  if (!answer.ok) {
    if (answer.error.kind !== 'problem') {
      return leave(answer.error);
    }
    say(wrapped(`Not taken back: ${names.inWords(answer.error.problem.detail)}`, look.columns));
    return undefined;
  }
  state.decided.delete(item.id);
  const place = state.queue.findIndex(({ id }) => id === item.id);
  if (place >= 0) {
    state.queue.splice(place, 1);
  }
  state.at -= place >= 0 && place < state.at ? 1 : 0;
  state.queue.splice(state.at, 0, item);
  say(wrapped(`Open again: ${names.inWords(item.summary)}`, look.columns));
  return 'again';
}

function helpLines(key: string, columns: number): readonly Line[] {
  const unknown = key === '?' || key === 'h' ? [] : [plain('There is no such key here.')];
  const rows: readonly (readonly [string, string])[] = [
    ['a', 'accept: it is live here and on your other devices'],
    ['r', 'reject: what is live here stays; the other version is kept in the history'],
    ['t', 'take theirs, as on the page: the version from elsewhere is live'],
    ['o', 'keep your own, as on the page: what is live here stays'],
    ['m', 'merge (or e): opens both versions in your editor (VISUAL, else EDITOR)'],
    ['b', 'both: keeps what is live, and the other version as a record of its own; where both are there'],
    ['s', 'skip: it goes on waiting'],
    ['A', 'accept all that is harmless of the same author and engine: shows them first'],
    ['u', 'undo: takes back what was decided last on this device'],
    ['q', 'quit: what is not decided goes on waiting'],
  ];
  return [...unknown, ...rows.flatMap(([name, words]) => wrapped(`${name}  ${words}`, columns, { indent: '   ' }))];
}
