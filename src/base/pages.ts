/** Every page of a list, each read only when it is asked for. */
export function* pagesOf<P extends { readonly nextCursor: string | null }>(
  read: (cursor: string | null) => P,
): Generator<P> {
  let cursor: string | null = null;
  do {
    const page = read(cursor);
    yield page;
    cursor = page.nextCursor;
  } while (cursor !== null);
}
