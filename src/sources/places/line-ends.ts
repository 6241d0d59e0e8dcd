import type { UnitRecords, UnitTexts } from '../../contract/place.ts';

type LineCodec = UnitTexts & Pick<UnitRecords, 'fieldsOf' | 'unitOf'>;

/**
 * A codec to which `\r\n` and `\n` are the same: units have `\n`, so that two machines with other line ends have one
 * unit, and a file keeps its own. What is changed gets the end that most lines of the file have; all other lines stay
 * byte for byte.
 */
export function withOwnLineEnds<Codec extends LineCodec>(codec: Codec): Codec {
  return {
    ...codec,
    parse: (text, path) => codec.parse(evenEnds(text), path),
    set: (text, id, unit) => inEndsOf(text, codec.set(evenEnds(text), id, evenEnds(unit))),
    remove: (text, id) => inEndsOf(text, codec.remove(evenEnds(text), id)),
    fieldsOf: (id, unit) => codec.fieldsOf(id, evenEnds(unit)),
    unitOf: (id, fields) => {
      const unit = codec.unitOf(id, fields);
      return unit === undefined ? undefined : evenEnds(unit);
    },
  };
}

function evenEnds(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

/** @param next what comes of the text, with `\n` alone */
function inEndsOf(text: string, next: string): string {
  if (!text.includes('\r\n')) {
    return next;
  }
  const [before, after] = [linesOf(text), linesOf(next)];
  const usual = before.filter((line) => line.endsWith('\r\n')).length * 2 > before.length ? '\r\n' : '\n';
  const most = Math.min(before.length, after.length);
  const above = sameLines(most, (index) => evenEnds(before[index] ?? '') === after[index]);
  const below = sameLines(
    most - above,
    (index) => evenEnds(before.at(-1 - index) ?? '') === after[after.length - 1 - index],
  );
  return [
    ...before.slice(0, above),
    ...after.slice(above, after.length - below).map((line) => line.replace(/\n$/, usual)),
    ...before.slice(before.length - below),
  ].join('');
}

/** Each with its end. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function sameLines(most: number, isSame: (index: number) => boolean): number {
  let count = 0;
  while (count < most && isSame(count)) {
    count++;
  }
  return count;
}
