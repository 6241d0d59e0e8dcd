/**
 * The address that a text is, or undefined. `URL.canParse` is not asked: once it is compiled, Node 20 reads a text with
 * characters of Latin-1 there as UTF-8, and says yes to what `new URL` then throws at.
 */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
