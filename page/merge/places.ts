/** The lines around a place and between its sides, as version control has them; but a bare ======= is a heading in many texts. */
export const marks = { mine: '<<<<<<< mine', between: '======= or', theirs: '>>>>>>> theirs' } as const;

/** A stretch of a text in which both sides stand between marks; `start` and `end` count characters. */
export interface Place {
  readonly start: number;
  readonly end: number;
  readonly mine: readonly string[];
  readonly theirs: readonly string[];
}

export const choices = ['mine', 'theirs', 'both'] as const;
export type Choice = (typeof choices)[number];

/** Every place that is still to be chosen in, from the beginning. A mark without its others makes none. */
export function placesIn(text: string): readonly Place[] {
  const places: Place[] = [];
  let open: { start: number; mine: string[]; theirs: string[]; isBehind: boolean } | undefined;
  let at = 0;
  for (const line of text.split('\n')) {
    if (line === marks.mine) {
      open = { start: at, mine: [], theirs: [], isBehind: false };
    } else if (open !== undefined && line === marks.between && !open.isBehind) {
      open.isBehind = true;
    } else if (open?.isBehind === true && line === marks.theirs) {
      places.push({ start: open.start, end: at + line.length, mine: open.mine, theirs: open.theirs });
      open = undefined;
    } else if (open !== undefined) {
      (open.isBehind ? open.theirs : open.mine).push(line);
    }
    at += line.length + 1;
  }
  return places;
}

/** True where a line is left that only a mark begins so, and that neither side has: a text may speak of marks. */
export function hasMarks(text: string, sides: readonly (string | null)[]): boolean {
  const known = new Set(sides.flatMap((side) => side?.split('\n') ?? []));
  return text.split('\n').some((line) => /^(?:<{7}|>{7})(?: |$)/.test(line) && !known.has(line));
}

/** The place at which the caret stands, else the next behind it, else the first. */
export function placeAt(places: readonly Place[], caret: number): Place | undefined {
  return places.find(({ end }) => caret <= end) ?? places[0];
}

/** The place behind the caret, else the first. */
export function placeBehind(places: readonly Place[], caret: number): Place | undefined {
  return places.find(({ start }) => start > caret) ?? places[0];
}

/** The text with one side, or both, in the stead of a place, without an empty line where nothing is left of it. */
export function chosen(text: string, { start, end, mine, theirs }: Place, choice: Choice): string {
  const lines = choice === 'both' ? [...mine, ...theirs] : choice === 'mine' ? mine : theirs;
  return lines.length === 0
    ? text.slice(0, start) + text.slice(end + 1)
    : text.slice(0, start) + lines.join('\n') + text.slice(end);
}
