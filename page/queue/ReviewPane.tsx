import type { JSX, RefObject } from 'preact';
import type { DeviceListBody } from '../../src/api/types/devices.ts';
import type { ReviewDetailBody } from '../../src/api/types/reviews.ts';
import type { JsonObject, JsonValue } from '../../src/base/json.ts';
import { dateOf, shown } from '../ground/words.ts';
import { Diff } from '../differences/Diff.tsx';
import { HandMerge } from '../merge/HandMerge.tsx';
import { sidesOf } from '../merge/merge-sides.ts';
import { type DecisionWay, waysOf } from './decisions.ts';
import { authorName, sideTitles, titleOf, whyItWaits } from './item-words.ts';
import { differencesOf } from './sides.ts';

interface ReviewPaneProps {
  readonly review: ReviewDetailBody;
  readonly devices: DeviceListBody | undefined;
  /** In words why nothing was decided; undefined where nothing stood in the way. */
  readonly notice: string | undefined;
  readonly isBusy: boolean;
  readonly isEditing: boolean;
  readonly heading: RefObject<HTMLHeadingElement | null>;
  readonly choose: (way: DecisionWay) => void;
  readonly save: (fields: JsonObject) => void;
  readonly leaveEditing: () => void;
  readonly later: () => void;
}

/** One item with all that a person needs to decide it. */
export function ReviewPane(props: ReviewPaneProps): JSX.Element {
  const { review, devices, notice, isBusy, isEditing, heading, choose, save, leaveEditing, later } = props;
  const { title } = titleOf(review);
  const sides = isEditing ? sidesOf(review) : undefined;
  return (
    <article class="review" aria-labelledby="review-title">
      <h3 id="review-title" tabIndex={-1} ref={heading}>
        {title}
      </h3>
      <p class={review.judgement?.level === 'dangerous' ? 'why why-danger' : 'why'}>{whyItWaits(review)}</p>
      <dl class="facts">
        <div>
          <dt>Where</dt>
          <dd>
            {review.collection} <code>{shown(review.recordId)}</code>
          </dd>
        </div>
        <div>
          <dt>Whose</dt>
          <dd>{authorName(review, devices)}</dd>
        </div>
        <div>
          <dt>When</dt>
          <dd>
            <time dateTime={review.createdAt}>{dateOf(review.createdAt)}</time>
          </dd>
        </div>
      </dl>
      {notice === undefined ? null : (
        <p class="problem" role="alert">
          {notice}
        </p>
      )}
      {isEditing && sides !== undefined ? (
        <HandMerge key={review.id} {...{ review, sides, devices, save }} leave={leaveEditing} />
      ) : (
        <>
          <Widened review={review} />
          <Changes review={review} devices={devices} />
          <div class="actions" role="group" aria-label="decide">
            {waysOf(review).map((way) => (
              <button
                key={way.action}
                type="button"
                class={way.key === 't' ? 'primary' : ''}
                title={way.says}
                disabled={isBusy}
                aria-keyshortcuts={way.key}
                onClick={() => choose(way)}
              >
                {way.label} <kbd aria-hidden="true">{way.key}</kbd>
              </button>
            ))}
            <button type="button" class="quiet" disabled={isBusy} onClick={later} title="It stays in the queue.">
              Later
            </button>
          </div>
        </>
      )}
    </article>
  );
}

function Changes({ review, devices }: Pick<ReviewPaneProps, 'review' | 'devices'>): JSX.Element {
  if (review.kind === 'brake') {
    return <MassChange alternatives={review.alternatives} />;
  }
  const choices = differencesOf(review);
  if (choices.every((one) => one.length === 0)) {
    return <p class="empty">Nothing differs from what is live here.</p>;
  }
  return (
    <div class="changes">
      {choices.map((differences, at) => (
        <div key={at}>
          {choices.length > 1 ? (
            <p class="choice">
              Version {at + 1} of {choices.length}
            </p>
          ) : null}
          {differences.map((difference) => (
            <Diff key={difference.name} difference={difference} titles={sideTitles(review, at, devices)} />
          ))}
        </div>
      ))}
    </div>
  );
}

function Widened({ review }: { readonly review: ReviewDetailBody }): JSX.Element | null {
  const words = review.alternatives.flatMap(({ widened = [] }) => widened);
  return words.length === 0 ? null : (
    <ul class="widened" aria-label="what an agent could do by it and cannot now">
      {words.map((one) => (
        <li key={one}>{shown(one)}</li>
      ))}
    </ul>
  );
}

/** The first records of a mass change, each with what becomes of it. */
function MassChange({ alternatives }: Pick<ReviewDetailBody, 'alternatives'>): JSX.Element {
  return (
    <table class="plain">
      <thead>
        <tr>
          <th scope="col">Record</th>
          <th scope="col">What becomes of it</th>
        </tr>
      </thead>
      <tbody>
        {alternatives.map(({ value }, at) => (
          <tr key={at}>
            <td>{member(value, 'summary') || member(value, 'record')}</td>
            <td>{member(value, 'effect')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function member(value: JsonValue, name: string): string {
  const found =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject)[name] : undefined;
  return typeof found === 'string' ? shown(found) : '';
}
