import { setImmediate as turn } from 'node:timers/promises';
import { textFromUtf8 } from '../../base/bytes.ts';
import type { Held, PlaceCodec } from '../../contract/place.ts';
import type { ProblemCode } from '../ground/problem-code.ts';
import type { PlaceFile, PlaceFiles } from './place-files.ts';

/** A unit as it stands in a file. */
export interface PlacedUnit {
  readonly file: PlaceFile;
  readonly text: string;
}

/** All files of a place, taken apart. */
export interface PlaceSight {
  readonly units: ReadonlyMap<string, PlacedUnit>;
  readonly files: readonly PlaceFile[];
  /** Files of which nothing can be told: what they held is not gone. */
  readonly faults: readonly { readonly path: string; readonly code: ProblemCode; readonly detail?: string }[];
  readonly leftAlone: number;
  /** In words why nothing of it was read, where what reads it failed. */
  readonly failure?: string;
  /** What could not be taken apart of files that were read otherwise: of a unit that may stand there nothing can be told. */
  readonly parts?: readonly { readonly path: string; readonly mayHold: (id: string) => boolean }[];
  /** What stays here of what was read, though nothing else is wrong with it. */
  readonly keeps?: readonly { readonly path: string; readonly held: Held }[];
}

/** Of two units with one id the first is it, in the order of the files; the other is left alone. */
export async function readPlace(files: PlaceFiles, codec: PlaceCodec, paths: Iterable<string>): Promise<PlaceSight> {
  const units = new Map<string, PlacedUnit>();
  const read: PlaceFile[] = [];
  const faults: PlaceSight['faults'][number][] = [];
  const parts: NonNullable<PlaceSight['parts']>[number][] = [];
  const keeps: NonNullable<PlaceSight['keeps']>[number][] = [];
  let leftAlone = 0;
  const pause = createPause();
  for (const path of paths) {
    await pause();
    const file = await files.read(path);
    if (file === 'absent') {
      continue;
    }
    if ('fault' in file) {
      faults.push({ path, code: file.fault, ...(file.detail === undefined ? {} : { detail: file.detail }) });
      continue;
    }
    const parsed = codec.parse(file.text, path);
    if (!parsed.ok) {
      faults.push({ path, code: 'place_unparsed', detail: parsed.error });
      continue;
    }
    read.push(file);
    leftAlone += parsed.value.leftAlone;
    if (parsed.value.mayHold !== undefined) {
      parts.push({ path, mayHold: parsed.value.mayHold });
    }
    for (const { id, text } of parsed.value.units) {
      if (units.has(id) || keeps.some(({ held }) => held(id) !== undefined)) {
        leftAlone++;
      } else {
        units.set(id, { file, text });
      }
    }
    if (parsed.value.held !== undefined) {
      keeps.push({ path, held: parsed.value.held });
    }
  }
  return { units, files: read, faults, leftAlone, parts, keeps };
}

/** Where a unit stands that stays on this machine, and in words why; undefined for any other. */
export function heldOf(
  { units, keeps = [] }: Pick<PlaceSight, 'units' | 'keeps'>,
  id: string,
): { readonly path: string; readonly why: string } | undefined {
  for (const { path, held } of units.has(id) ? [] : keeps) {
    const why = held(id);
    if (why !== undefined) {
      return { path, why };
    }
  }
  return undefined;
}

const longestTurnMs = 10;

/** Gives others their turn once it has taken long since the last one: a place may be a thousand files. */
function createPause(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since > longestTurnMs) {
      await turn();
      since = performance.now();
    }
  };
}

/** Why nothing can be told of a unit that was not found; undefined where it certainly is in no file. */
export function unsureOf({ faults, parts = [] }: PlaceSight, id: string): PlaceSight['faults'][number] | undefined {
  const part = parts.find(({ mayHold }) => mayHold(id));
  return faults[0] ?? (part && { path: part.path, code: 'place_unparsed' });
}

/**
 * The text of a file with one of its units changed, added or (undefined) removed. Undefined where another unit, or the
 * unit itself, would not be read again as it is meant.
 */
export function textWith(
  codec: PlaceCodec,
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
function says(codec: PlaceCodec, next: string, { text, id, unit, path }: Meant): boolean {
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

function unitTexts(codec: PlaceCodec, text: string, path: string): Map<string, string> | undefined {
  const parsed = codec.parse(text, path);
  return parsed.ok ? new Map(parsed.value.units.map((unit) => [unit.id, unit.text])) : undefined;
}
