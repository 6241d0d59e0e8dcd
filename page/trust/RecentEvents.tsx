import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { AuditBody } from '../../src/api/types/audit.ts';
import { Problem } from '../ground/Problem.tsx';
import { useLoaded } from '../ground/use-loaded.ts';
import { dateOf, shortId, shown, spoken } from '../ground/words.ts';

const pageSize = 200;

/** The chain from its end backwards, a page at a time: what was looked through is not kept, however long it is. */
export function RecentEvents(): JSX.Element | null {
  /** Where each page behind the first begins, as far as one went. */
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const after = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
  const { value, failure } = useLoaded<AuditBody>(`/v1/audit?order=newest&limit=${pageSize}${after}`, []);
  const place = useRef<HTMLParagraphElement>(null);
  // What is shown stays, and is called what it is, until the page that was asked for has come.
  const kept = useRef<AuditBody & { readonly number: number }>(undefined);
  kept.current = value === undefined ? kept.current : { ...value, number: cursors.length + 1 };
  const { items = [], nextCursor = null, number = 1 } = kept.current ?? {};
  const isReading = value === undefined;

  // Reading goes on at the top of the page that came.
  const told = useRef(cursor);
  useEffect(() => {
    if (!isReading && told.current !== cursor) {
      told.current = cursor;
      place.current?.focus();
    }
  }, [isReading, cursor]);

  return items.length === 0 ? null : (
    <details>
      <summary>Events</summary>
      <p class="quiet-text" tabIndex={-1} ref={place}>
        The newest first, {pageSize} on a page. Page {number}
        {nextCursor === null ? ', the last.' : '.'}
      </p>
      <EventTable items={items} />
      <Problem words={failure} />
      <div class="actions">
        <button
          type="button"
          disabled={isReading || nextCursor === null}
          onClick={() => setCursors(nextCursor === null ? cursors : [...cursors, nextCursor])}
        >
          Show older
        </button>
        <button type="button" disabled={cursors.length === 0} onClick={() => setCursors(cursors.slice(0, -1))}>
          Show newer
        </button>
      </div>
    </details>
  );
}

function EventTable({ items }: Pick<AuditBody, 'items'>): JSX.Element {
  return (
    <table class="plain">
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">What</th>
          <th scope="col">About</th>
          <th scope="col">Outcome</th>
        </tr>
      </thead>
      <tbody>
        {items.map(({ id, occurredAt, eventType, subjectId, outcome, reasonCode }) => (
          <tr key={id}>
            <td>
              <time dateTime={occurredAt}>{dateOf(occurredAt)}</time>
            </td>
            <td>{shown(eventType)}</td>
            <td>
              <code>{shown(shortId(subjectId))}</code>
            </td>
            <td>
              {spoken(outcome)}
              {reasonCode === 'none' ? '' : `: ${spoken(reasonCode)}`}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
