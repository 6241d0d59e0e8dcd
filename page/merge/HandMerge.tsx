import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { DeviceListBody } from '../../src/api/types/devices.ts';
import type { ReviewDetailBody } from '../../src/api/types/reviews.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { Diff } from '../differences/Diff.tsx';
import { shown } from '../ground/words.ts';
import { sideTitles } from '../queue/item-words.ts';
import { MergeText } from './MergeText.tsx';
import { type MergeMember, type MergeSides, fieldsOf, membersToMerge } from './merge-sides.ts';
import { hasMarks } from './places.ts';

interface HandMergeProps {
  readonly review: ReviewDetailBody;
  readonly sides: MergeSides;
  readonly devices: DeviceListBody | undefined;
  readonly save: (fields: JsonObject) => void;
  readonly leave: () => void;
}

/** Writes by hand what shall hold: each member that differs, beside both sides and what they began with. */
export function HandMerge({ review, sides, devices, save, leave }: HandMergeProps): JSX.Element {
  const members = useMemo(() => membersToMerge(sides, review.live), [review.version]);
  // What was written stays where the item has changed meanwhile, beside the sides as they are now.
  const [written, setWritten] = useState<Readonly<Record<string, string>>>({});
  const texts = { ...Object.fromEntries(members.map(({ name, start }) => [name, start])), ...written };
  const read = fieldsOf(sides, texts);
  // A text may speak of marks: they count where some stood in it when it was opened.
  const isMarked = members.some((one) => contradicts(one) && isLeft(one, texts[one.name] ?? ''));
  return (
    <form
      class="hand-merge"
      onSubmit={(event) => {
        event.preventDefault();
        if (read.ok && !isMarked) {
          save(read.fields);
        }
      }}
    >
      {members.map((member) => (
        <section key={member.name}>
          <Sides member={member} titles={sideTitles(review, 0, devices)} />
          <p class="diff-title">What shall hold</p>
          <MergeText
            name={member.name}
            text={texts[member.name] ?? ''}
            hasPlaces={contradicts(member)}
            change={(text) => setWritten((now) => ({ ...now, [member.name]: text }))}
          />
        </section>
      ))}
      {read.ok || isMarked ? null : (
        <p class="problem" role="alert">
          {shown(read.name)} is not text: write it as JSON.
        </p>
      )}
      {isMarked ? (
        <p class="quiet-text">
          Before it can be saved, choose in every place between <code>{'<<<<<<<'}</code> and <code>{'>>>>>>>'}</code>,
          or write what shall stand there and take the marks out.
        </p>
      ) : null}
      <div class="actions">
        <button type="submit" class="primary" disabled={!read.ok || isMarked}>
          Save what I wrote
        </button>
        <button type="button" onClick={leave}>
          Back without saving
        </button>
      </div>
    </form>
  );
}

function contradicts(member: MergeMember): boolean {
  return isLeft(member, member.start);
}

function isLeft({ mine, theirs }: MergeMember, text: string): boolean {
  return hasMarks(text, [mine, theirs]);
}

interface SidesProps {
  readonly member: MergeMember;
  readonly titles: readonly [mine: string, theirs: string];
}

function Sides({ member, titles }: SidesProps): JSX.Element {
  return (
    <>
      {member.mine === member.theirs ? (
        <h4 class="diff-name">{shown(member.name)}</h4>
      ) : (
        <Diff difference={member} titles={titles} />
      )}
      {member.base === null || member.base === member.mine || member.base === member.theirs ? null : (
        <details>
          <summary>What both began with</summary>
          <pre class="diff-text merge-base">{shown(member.base)}</pre>
        </details>
      )}
    </>
  );
}
