import type { ReviewDetailBody } from '../../api/types/reviews.ts';
import { choiceLines, mergeLines } from './choices.ts';
import { localTime } from '../../base/local-time.ts';
import { type Names, agoText } from './names.ts';
import { offerLines } from './offers.ts';
import { type Line, type Look, plain, wrapped } from './paint.ts';

/** Who looks, when and how. */
export interface View {
  readonly names: Names;
  readonly look: Look;
  readonly nowMs: number;
}

/** A review item as a person decides it: what, whose, when, why, the difference, and what each decision takes. */
export function reviewLines(review: ReviewDetailBody, view: View): readonly Line[] {
  const { names, look } = view;
  const merged = mergeLines(review, look);
  return [
    ...headLines(review, view),
    plain(''),
    ...offerLines(review, names, look),
    ...(merged.length === 0 ? [] : [plain(''), plain('Both sides together:'), ...merged]),
    plain(''),
    ...(review.status === 'open' ? choiceLines(review, names, look) : closedLines(review, view)),
  ];
}

export function headLines(review: ReviewDetailBody, { names, look, nowMs }: View): readonly Line[] {
  const { columns } = look;
  const { collection, recordId, id } = review;
  const { what, why } = questionOf(review, names);
  const indent = '  ';
  return [
    ...wrapped(what, columns, { tone: 'title' }),
    ...[
      ...(recordId === '*' ? [`all of ${collection}`] : [`${recordId} of ${collection}`]),
      ...writersOf(review).map(
        (one) =>
          `by ${names.author(one.author)} on ${names.device(one.deviceId)}, ${agoText(one.at, nowMs)} (${localTime(one.at)})`,
      ),
      `waits: ${why}`,
    ].flatMap((words) => wrapped(`${indent}${words}`, columns, { indent: indent.repeat(2) })),
    ...wrapped(`${indent}${id}`, columns, { tone: 'quiet' }),
  ];
}

type Writer = NonNullable<ReviewDetailBody['alternatives'][number]['by']>;

/** Of a conflict everybody whose version it is between, as they stand there; of anything else who asks. */
function writersOf({ kind, alternatives, author, deviceId, createdAt }: ReviewDetailBody): readonly Writer[] {
  const known = kind === 'conflict' ? alternatives.flatMap(({ by }) => by ?? []) : [];
  return known.length > 0 ? known : [{ author, deviceId, at: createdAt }];
}

/** What is asked, and why a person is: an engine's own words stand behind the colon of the summary. */
export function questionOf(
  { kind, summary, judgement, collection }: ReviewDetailBody,
  names: Names,
): { readonly what: string; readonly why: string } {
  const words = judgement?.words;
  const isJudged = words !== undefined && summary.endsWith(`: ${words}`);
  const what = names.inWords(isJudged ? summary.slice(0, -words.length - 2) : summary);
  switch (kind) {
    case 'brake':
      return { what, why: 'much would be gone at once' };
    case 'conflict':
      return { what, why: 'both were written without knowing of each other' };
    case 'approval':
      return { what, why: 'each use of its lease is approved by a person' };
    case 'proposal':
      return {
        what,
        why:
          judgement === null
            ? `a person looks at this before it counts in ${collection}`
            : judgement.level === 'harmless'
              ? `every change of another device to ${collection} does; it is known to be harmless`
              : judgement.words,
      };
  }
}

function closedLines({ status, closedBy, id }: ReviewDetailBody, { names, look, nowMs }: View): readonly Line[] {
  const how = status.replace('_', ' ');
  const by =
    closedBy === null
      ? ''
      : ` by ${names.author(closedBy.author)} on ${names.device(closedBy.deviceId)}, ${agoText(closedBy.at, nowMs)} (${localTime(closedBy.at)})`;
  return [
    ...wrapped(`It is decided: ${how}${by}.`, look.columns),
    ...(status === 'superseded' ? [] : wrapped(`To open it again: sourcesync reviews undo ${id}`, look.columns)),
  ];
}
