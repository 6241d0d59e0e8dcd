import type { Page } from './port.ts';

/** Cursors are opaque to callers; one that was not given out by this store starts nowhere, and answers an empty page. */
export const noPosition = -1;

/** A page of what was found, which is one more than the limit where there is more. */
export function pageOf<T>(found: readonly T[], limit: number, cursorOf: (last: T) => string): Page<T> {
  const items = found.length > limit ? found.slice(0, limit) : found;
  const last = items.at(-1);
  return { items, nextCursor: found.length > limit && last !== undefined ? cursorOf(last) : null };
}

export const emptyPage: Page<never> = { items: [], nextCursor: null };

/** Position to go on after: 0 at the start, {@link noPosition} for a cursor that is not ours. */
export function positionFromCursor(cursor: string | null): number {
  if (cursor === null) {
    return 0;
  }
  return /^[0-9]{1,15}$/.test(cursor) ? Number(cursor) : noPosition;
}

/** Cursor of an ordering by several keys. */
export function cursorFromKeys(keys: readonly string[]): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url');
}

/** The keys, empty strings at the start, or undefined for a cursor that is not ours. */
export function keysFromCursor(cursor: string | null, count: number): readonly string[] | undefined {
  if (cursor === null) {
    return Array.from({ length: count }, () => '');
  }
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const fits = Array.isArray(keys) && keys.length === count && keys.every((key) => typeof key === 'string');
    return fits ? keys : undefined;
  } catch {
    return undefined;
  }
}
