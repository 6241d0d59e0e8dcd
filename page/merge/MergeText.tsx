import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useHere } from '../ground/here.ts';
import { counted, shown } from '../ground/words.ts';
import { type Choice, type Place, choices, chosen, placeAt, placeBehind, placesIn } from './places.ts';

interface MergeTextProps {
  readonly name: string;
  readonly text: string;
  /** Both sides stood against each other in it when it was opened. */
  readonly hasPlaces: boolean;
  readonly change: (text: string) => void;
}

const labels: Readonly<Record<Choice, string>> = { mine: 'Mine', theirs: 'Theirs', both: 'Both' };
const most = 24;

/** A text with numbered lines, in which one side or the other is chosen place by place. */
export function MergeText({ name, text, hasPlaces, change }: MergeTextProps): JSX.Element {
  const { say } = useHere();
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLPreElement>(null);
  const caret = useRef<number>(undefined);
  const places = hasPlaces ? placesIn(text) : [];
  const lines = text.split('\n').length;

  // Where something was chosen the hand goes on, once the text is there.
  useLayoutEffect(() => {
    if (caret.current !== undefined && area.current !== null) {
      goTo(area.current, { start: caret.current, end: caret.current });
      caret.current = undefined;
    }
  }, [text]);

  const choose = (choice: Choice): void => {
    const place = placeAt(places, area.current?.selectionStart ?? 0);
    if (place !== undefined) {
      caret.current = place.start;
      change(chosen(text, place, choice));
      say(`${labels[choice]}. ${leftWords(places.length - 1)}`);
    }
  };
  const next = (): void => {
    const place = placeBehind(places, area.current?.selectionStart ?? 0);
    if (place !== undefined && area.current !== null) {
      goTo(area.current, place);
    }
  };
  const press = (event: KeyboardEvent): void => {
    const choice = choices.find((_, at) => event.code === `Digit${at + 1}`);
    if (event.altKey && !event.ctrlKey && places.length > 0 && (choice !== undefined || event.code === 'KeyN')) {
      event.preventDefault();
      (choice === undefined ? next : () => choose(choice))();
    }
  };
  return (
    <>
      {hasPlaces ? (
        <div class="merge-places" role="group" aria-label={`places in ${name}`}>
          <p>{leftWords(places.length)}</p>
          <button type="button" disabled={places.length === 0} aria-keyshortcuts="Alt+N" onClick={next}>
            Next place <kbd aria-hidden="true">alt n</kbd>
          </button>
          {choices.map((choice, at) => (
            <button
              key={choice}
              type="button"
              disabled={places.length === 0}
              aria-keyshortcuts={`Alt+${at + 1}`}
              onClick={() => choose(choice)}
            >
              {labels[choice]} <kbd aria-hidden="true">alt {at + 1}</kbd>
            </button>
          ))}
        </div>
      ) : null}
      <div class="merge-text">
        <pre ref={gutter} aria-hidden="true">
          {Array.from({ length: lines }, (_, at) => at + 1).join('\n')}
        </pre>
        <textarea
          ref={area}
          aria-label={shown(name)}
          spellcheck={false}
          wrap="off"
          rows={Math.min(most, lines)}
          value={text}
          onInput={({ currentTarget }) => change(currentTarget.value)}
          onKeyDown={press}
          onScroll={({ currentTarget }) => gutter.current?.scrollTo(0, currentTarget.scrollTop)}
        />
      </div>
    </>
  );
}

function leftWords(left: number): string {
  return left === 0
    ? 'Every place is chosen.'
    : `${counted(left, 'place')} left where both sides contradict each other.`;
}

function goTo(area: HTMLTextAreaElement, { start, end }: Pick<Place, 'start' | 'end'>): void {
  area.focus();
  area.setSelectionRange(start, end);
  const line = area.value.slice(0, start).split('\n').length - 1;
  area.scrollTop = (line - 2) * Number.parseFloat(getComputedStyle(area).lineHeight);
}
