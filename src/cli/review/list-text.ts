import { isAgent } from '../../contract/agent.ts';
import type { ElsewhereBody, ReviewBody, ReviewListBody } from '../../api/types/reviews.ts';
import { givingWords } from '../ground/lacked-authority.ts';
import { counted } from '../../base/counted.ts';
import { printable } from '../ground/table.ts';
import { type Names, agoText } from './names.ts';
import { type Line, plain, toned, wrapped } from './paint.ts';
import type { View } from './review-text.ts';

/** Below this a line has no room for columns: each item takes two. */
const leastForColumns = 64;
const gap = '  ';

/** The queue in columns that fit the terminal, uncut where there is none: what, whose, how old, and the id to name it by. */
export function listLines({ items, nextCursor, elsewhere = [] }: ReviewListBody, view: View): readonly Line[] {
  const others = elsewhere.flatMap((one) => wrapped(elsewhereWords(one, view.names), view.look.columns));
  if (items.length === 0) {
    return [plain('Nothing waits for review.'), ...others];
  }
  const rows = items.map((item) => rowOf(item, view.names, view.nowMs));
  return [
    ...(view.look.columns < leastForColumns ? inPairs(rows) : inColumns(rows, view.look.columns)),
    ...(nextCursor === null ? [] : [plain(''), plain(`More: --cursor ${nextCursor}`)]),
    ...(others.length === 0 ? [] : [plain(''), ...others]),
  ];
}

/** What nobody decides here, and how that is changed. */
function elsewhereWords({ collection, count, ...lacked }: ElsewhereBody, { devices }: Names): string {
  return `${counted(count, 'more item')} of ${collection} ${count === 1 ? 'is' : 'are'} decided on another device: this one lacks the authority. To decide here too: ${givingWords(lacked, devices)}`;
}

interface Row {
  readonly what: string;
  readonly from: string;
  readonly age: string;
  readonly id: string;
}

const headings: Row = { what: 'what waits', from: 'from', age: 'age', id: 'id' };

function rowOf(
  { kind, summary, collection, recordId, author, deviceId, createdAt, id }: ReviewBody,
  names: Names,
  nowMs: number,
): Row {
  const age = agoText(createdAt, nowMs).replace(/ ago$/, '');
  return {
    // A conflict is told by the place in the record.
    what: printable(`${collection}: ${kind === 'conflict' ? `${recordId}: ` : ''}${names.inWords(summary)}`),
    from: printable(isAgent(author) ? names.author(author) : names.device(deviceId)),
    age,
    id,
  };
}

function inColumns(rows: readonly Row[], columns: number): readonly Line[] {
  const widthOf = (name: 'from' | 'age' | 'id'): number =>
    Math.max(...[headings, ...rows].map((row) => row[name].length));
  const [age, id] = [widthOf('age'), widthOf('id')];
  const from = Math.min(widthOf('from'), Math.floor(columns / 5));
  const left = columns - from - age - id - 3 * gap.length;
  const what = Math.min(left, Math.max(...[headings, ...rows].map((row) => row.what.length)));
  return [headings, ...rows].map((row, index) =>
    toned(
      index === 0 ? 'quiet' : 'plain',
      [fit(row.what, what), fit(row.from, from), row.age.padEnd(age), row.id].join(gap),
    ),
  );
}

function inPairs(rows: readonly Row[]): readonly Line[] {
  return rows.flatMap(({ what, from, age, id }) => [plain(what), toned('quiet', `${gap}${id}${gap}${from}, ${age}`)]);
}

function fit(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 3)}...` : text.padEnd(width);
}
