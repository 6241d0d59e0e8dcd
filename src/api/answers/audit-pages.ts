import type { AuditEvent } from '../../contract/audit.ts';
import type { ApiDeps } from '../ports/port.ts';
import type { AuditBody } from '../types/audit.ts';

/** From the event of this number on. */
export function listOldest({ store }: Pick<ApiDeps, 'store'>, from: number, limit: number): AuditBody {
  const rows = store.audit.read(from, limit);
  const next = from + rows.length;
  return {
    items: rows.filter((row): row is AuditEvent => typeof row !== 'string'),
    nextCursor: next < store.audit.head().count ? String(next) : null,
  };
}

/** Backwards from before the event of this number, so that events that come later move no page. */
export function listNewest({ store }: Pick<ApiDeps, 'store'>, before: number, limit: number): AuditBody {
  const end = Math.min(before, store.audit.head().count);
  const from = Math.max(0, end - limit);
  const rows = from === end ? [] : store.audit.read(from, end - from);
  return {
    items: rows.filter((row): row is AuditEvent => typeof row !== 'string').toReversed(),
    nextCursor: from > 0 ? String(from) : null,
  };
}
