/** A change of one unit of a text. */
export interface UnitChange {
  readonly text: string;
  readonly next: string;
  /** The unit stood in the text, and does not in the next one. */
  readonly isThere: boolean;
  readonly isGone: boolean;
}

/**
 * True where the texts differ in one run of characters that holds the unit alone: without it both are the same, and taking
 * it out takes one run out of each. `without` gives a text without the unit.
 */
export function isOneChange({ text, next, isThere, isGone }: UnitChange, without: (text: string) => string): boolean {
  const rest = isThere ? without(text) : text;
  const restOfNext = isGone ? next : without(next);
  // A last line that lacks its break gets one, where another comes behind it.
  const isSame = restOfNext === rest || (!isThere && restOfNext === `${rest}\n`);
  return isSame && isRunTakenOut(text, rest) && isRunTakenOut(next, restOfNext);
}

function isRunTakenOut(text: string, rest: string): boolean {
  let start = 0;
  while (start < rest.length && text[start] === rest[start]) {
    start++;
  }
  return text.endsWith(rest.slice(start)) && text.length >= rest.length;
}
