import { textFromUtf8 } from '../../base/bytes.ts';
import type { UnitTexts } from '../../contract/place.ts';

/**
 * The text of a file with one of its units changed, added or (undefined) removed. Undefined where another unit, or the
 * unit itself, would not be read again as it is meant.
 */
export function textWith(
  codec: UnitTexts,
  text: string,
  id: string,
  wanted: Uint8Array | undefined,
  path = '',
): string | undefined {
  const unit = wanted && textFromUtf8(wanted);
  if (wanted !== undefined && unit === undefined) {
    return undefined;
  }
  const next = unit === undefined ? codec.remove(text, id) : codec.set(text, id, unit);
  return says(codec, next, { text, id, unit, path }) ? next : undefined;
}

interface Meant {
  readonly text: string;
  readonly id: string;
  readonly unit: string | undefined;
  readonly path: string;
}

/** True where the new text has every unit that the old one had, word for word, and this one as it is wanted. */
function says(codec: UnitTexts, next: string, { text, id, unit, path }: Meant): boolean {
  const wanted = unitTexts(codec, text, path);
  const found = unitTexts(codec, next, path);
  if (unit === undefined) {
    wanted?.delete(id);
  } else {
    wanted?.set(id, unit);
  }
  return (
    wanted !== undefined &&
    found?.size === wanted.size &&
    [...wanted].every(([name, words]) => found.get(name) === words)
  );
}

function unitTexts(codec: UnitTexts, text: string, path: string): Map<string, string> | undefined {
  const parsed = codec.parse(text, path);
  return parsed.ok ? new Map(parsed.value.units.map((unit) => [unit.id, unit.text])) : undefined;
}
