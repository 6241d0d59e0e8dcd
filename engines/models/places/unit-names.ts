import { nameOfPart } from '../../../src/base/coded-name.ts';

const longestName = 200;

/** The id of a unit, by its natural name; undefined for a name that cannot be one. */
export function unitId(place: string, kind: string, name: unknown): string | undefined {
  if (typeof name !== 'string' || name === '' || name.length > longestName || !name.isWellFormed()) {
    return undefined;
  }
  const coded = encodeURIComponent(name);
  return `${place}/${kind}/${/^\.+$/.test(coded) ? coded.replaceAll('.', '%2E') : coded}`;
}

/** Kind and name of a unit of a place; `rank` is 1 for the first of its name. */
export function partsOfId(id: string): {
  readonly place: string;
  readonly kind: string;
  readonly name: string;
  readonly rank: number;
} {
  const [, place = '', kind = '', name = '', rank = '1'] = /^([^/]+)\/([^/]+)\/(.*?)(?:\[(\d+)\])?$/s.exec(id) ?? [];
  return { place, kind, name: nameOfPart(name), rank: Number(rank) };
}
