import type { Page, PageRequest } from '../../store/ground/port.ts';

/** Of ids such as `rv_m4ivpuh5`. */
export const shortestPrefix = 6;

/** The one listed item whose id begins so; undefined for none or several, because guessing would decide the wrong one. */
export function resolvePrefix<T extends { readonly id: string }>(
  prefix: string,
  list: (page: PageRequest) => Page<T>,
): T | undefined {
  if (prefix.length < shortestPrefix) {
    return undefined;
  }
  let found: T | undefined;
  let cursor: string | null = null;
  do {
    const page: Page<T> = list({ cursor, limit: 1000 });
    for (const item of page.items) {
      if (item.id.startsWith(prefix)) {
        if (found !== undefined) {
          return undefined;
        }
        found = item;
      }
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}
