import { groupBy } from '../../base/group-by.ts';
import { type PlaceSight, type PlacedNameless, asidesAmong } from './read-place.ts';
import { asidesIn } from './text-reader.ts';

/** What stood in the place before: the file of each unit, and what it said where that is known. */
export interface StoodBefore {
  readonly files: ReadonlyMap<string, string>;
  textOf(id: string): string | undefined;
}

/** Answers what is seen, with what began to stay here since it was looked at last held by its id. */
export type KeptSince = (sight: PlaceSight, before: StoodBefore) => Promise<PlaceSight>;

/**
 * Some units are called by what they say, so that one that is changed is another one. Where such a one is gone in the
 * moment in which something that stays here appears, it is taken to be that: its record is kept. Each such thing stands
 * for one unit at the most, for the one that it is most like, and for none where it was there before.
 */
export function createKeptSince(): KeptSince {
  let known = new Map<string, string | undefined>();
  return async (sight, before) => {
    const pieces = piecesOf(sight);
    const asides = pieces.length === 0 ? undefined : await asidesAmong(sight, [...before.files.keys()]);
    const isGone = (id: string): boolean => !sight.units.has(id) && asides?.get(id)?.why === undefined;
    const standsFor = new Map<string, string | undefined>();
    for (const { key } of pieces.filter((piece) => known.has(piece.key))) {
      const id = known.get(key);
      standsFor.set(key, id !== undefined && isGone(id) ? id : undefined);
    }
    for (const { key, path, group, text } of pieces.filter((piece) => !known.has(piece.key))) {
      const taken = new Set(standsFor.values());
      const could = [...before.files].filter(
        ([id, file]) => file === path && id.startsWith(group) && !taken.has(id) && isGone(id),
      );
      standsFor.set(key, mostLike(text, could, before));
    }
    known = standsFor;
    const held = new Map(pieces.map(({ key, path, why }) => [standsFor.get(key), { path, why }]));
    const paths = new Set([...held.values()].map(({ path }) => path));
    const kept = [...paths].map((path) => ({
      path,
      among: async (ids: readonly string[]) =>
        asidesIn({ held: (id) => (held.get(id)?.path === path ? held.get(id)?.why : undefined) }, ids),
    }));
    return kept.length === 0 ? sight : { ...sight, asides: [...(sight.asides ?? []), ...kept] };
  };
}

interface Piece extends PlacedNameless {
  /** Its own, also among those that say the same. */
  readonly key: string;
}

function piecesOf({ nameless = [] }: PlaceSight): readonly Piece[] {
  const alike = groupBy(nameless, ({ path, group, text }) => JSON.stringify([path, group, text]));
  return [...alike].flatMap(([key, same]) => same.map((piece, rank) => ({ ...piece, key: `${key} ${rank}` })));
}

function mostLike(
  text: string,
  could: readonly (readonly [id: string, file: string])[],
  { textOf }: StoodBefore,
): string | undefined {
  const liking = could.map(([id]) => ({ id, likeness: likeness(text, textOf(id) ?? '') }));
  return liking.reduce<(typeof liking)[number] | undefined>(
    (best, one) => (best === undefined || one.likeness > best.likeness ? one : best),
    undefined,
  )?.id;
}

/** How many letters at both ends are the same. */
function likeness(left: string, right: string): number {
  const most = Math.min(left.length, right.length);
  let start = 0;
  while (start < most && left[start] === right[start]) {
    start++;
  }
  let end = 0;
  while (end < most - start && left.at(-1 - end) === right.at(-1 - end)) {
    end++;
  }
  return start + end;
}
