import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ReviewDetailBody } from '../../src/api/types/reviews.ts';
import type { JsonObject, JsonValue } from '../../src/base/json.ts';
import { shown } from '../ground/words.ts';
import { isObject, membersOf, textOf } from '../differences/members.ts';

interface HandMergeProps {
  readonly review: ReviewDetailBody;
  readonly save: (fields: JsonObject) => void;
  readonly leave: () => void;
}

/** What of an item can be written by hand: its merge, or what was proposed; undefined where neither is a record. */
export function startOf({ merge, alternatives, live }: ReviewDetailBody): JsonObject | undefined {
  const offered = alternatives.findLast(
    ({ path, deleted, change }) => path === '' && !deleted && change !== null,
  )?.value;
  return merge?.merged ?? (offered !== undefined && isObject(offered) ? offered : live) ?? undefined;
}

/** Writes by hand what shall hold: a field for each member that differs. */
export function HandMerge({ review, save, leave }: HandMergeProps): JSX.Element {
  const start = startOf(review) ?? {};
  const proposed = review.merge?.proposed ?? start;
  const names = membersOf(review.live, proposed).map(({ name }) => name);
  const edited = names.length > 0 ? names : Object.keys(start);
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(edited.map((name) => [name, start[name] === undefined ? '' : textOf(start[name])])),
  );
  const read = readFields(start, texts);

  return (
    <form
      class="hand-merge"
      onSubmit={(event) => {
        event.preventDefault();
        if (read.ok) {
          save(read.fields);
        }
      }}
    >
      {edited.map((name) => (
        <label key={name}>
          {shown(name)}
          <textarea
            spellcheck={false}
            rows={Math.min(24, Math.max(1, (texts[name] ?? '').split('\n').length))}
            value={texts[name] ?? ''}
            onInput={({ currentTarget }) => setTexts({ ...texts, [name]: currentTarget.value })}
          />
        </label>
      ))}
      {read.ok ? null : (
        <p class="problem" role="alert">
          {read.words}
        </p>
      )}
      <div class="actions">
        <button type="submit" class="primary" disabled={!read.ok}>
          Save what I wrote
        </button>
        <button type="button" onClick={leave}>
          Back without saving
        </button>
      </div>
    </form>
  );
}

type ReadFields = { readonly ok: true; readonly fields: JsonObject } | { readonly ok: false; readonly words: string };

/** Text stays text; what was another value must still be one. */
function readFields(start: JsonObject, texts: Readonly<Record<string, string>>): ReadFields {
  const fields: Record<string, JsonValue> = { ...start };
  for (const [name, text] of Object.entries(texts)) {
    const before = start[name];
    if (before === undefined && text === '') {
      continue;
    }
    if (before === undefined || typeof before === 'string') {
      fields[name] = text;
      continue;
    }
    try {
      fields[name] = JSON.parse(text) as JsonValue;
    } catch {
      return { ok: false, words: `${shown(name)} is not text: write it as JSON.` };
    }
  }
  return { ok: true, fields };
}
