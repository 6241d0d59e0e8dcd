import type { PlaceBody } from '../../../api/types/places.ts';
import { counted } from '../../../base/counted.ts';
import { printable } from '../../ground/table.ts';

/** Places as a person reads them: a table of what was found, then what was not, then what there is to do. */
export function placeList(items: readonly PlaceBody[], isAll: boolean): string {
  const found = items.filter(isFound);
  const other = items.filter((place) => !isFound(place)).length;
  const missing =
    other === 0 || isAll
      ? []
      : [`Nothing found for ${counted(other, 'more place')}. Which, and where was looked: sourcesync places ls --all`];
  // Two places may lie in one file, and what stands in the way is said once.
  const notes = [...new Set(found.flatMap(remarks))];
  return [
    placeTable(isAll ? items : found),
    ...missing,
    ...(notes.length === 0 ? [] : ['', 'To know and to do:', ...notes]),
    ...(isAll ? ['', 'Where was looked:', ...items.map(whereLine)] : []),
  ].join('\n');
}

/** Something of it is here, or what other devices have of it could be. */
export function isFound({ files, units, obstacles, on }: PlaceBody): boolean {
  return files.length > 0 || units.absent > 0 || obstacles.length > 0 || on;
}

/** What stands in the way, and what there is to do about it. */
export function remarks({ name, obstacles, missingLine, onlyRead, units }: PlaceBody): readonly string[] {
  const elsewhere = units.absent + units.different;
  return [
    ...(onlyRead === null || elsewhere === 0 ? [] : [`  ${printable(name)} is only read here. ${printable(onlyRead)}`]),
    ...obstacles.map(({ path, message }) => `  ${printable(path)}: ${printable(message)}`),
    ...(missingLine === null
      ? []
      : [
          `  ${printable(missingLine.path)} does not read yet what other devices add. Add this line: ${missingLine.line}`,
        ]),
  ];
}

function whereLine({ name, files, lookedAt, units }: PlaceBody): string {
  const [some, before] = files.length > 0 ? [files, ''] : [lookedAt, 'nothing at '];
  const rest = some.length > mostNamed ? [counted(some.length - mostNamed, 'more', 'more')] : [];
  const here = files.length === 0 && units.absent > 0 ? `; ${counted(units.absent, 'unit')} of other devices` : '';
  return `  ${printable(name)}: ${before}${[...some.slice(0, mostNamed).map(printable), ...rest].join(', ')}${here}`;
}

/** A place may be a thousand files. */
const mostNamed = 5;

const words = ['place', 'followed', 'access'] as const;
const numbers = ['units', 'new', 'same', 'differ', 'kept', 'obstacles'] as const;

/** Numbers stand close together, to the right, so that a usual name leaves all of it within 80 columns. */
function placeTable(items: readonly PlaceBody[]): string {
  if (items.length === 0) {
    return 'No place was found.';
  }
  const rows = [[...words, ...numbers], ...items.map(cellsOf)];
  const widths = [...words, ...numbers].map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column < words.length ? cell.padEnd(width) : cell.padStart(width);
    });
    return `${cells[0]}  ${cells.slice(1).join(' ')}`;
  };
  const groups = [...new Set(items.map(({ collection }) => collection))].map((collection) => [
    `${printable(collection)}:`,
    ...items.filter((place) => place.collection === collection).map((place) => line(cellsOf(place))),
  ]);
  return [line(rows[0] ?? []), ...groups.flat()].join('\n');
}

function cellsOf({ name, on, onlyRead, units, leftAlone, obstacles }: PlaceBody): readonly string[] {
  return [
    printable(name),
    on ? 'yes' : 'no',
    onlyRead === null ? 'read and write' : 'read',
    ...[units.total, units.fresh, units.same, units.different, leftAlone, obstacles.length].map(String),
  ];
}
