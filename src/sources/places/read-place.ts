import type { Nameless } from '../../contract/place.ts';
import type { ProblemCode } from '../ground/problem-code.ts';
import { createPause } from '../ground/pause.ts';
import type { PlaceFile, PlaceFiles } from './place-files.ts';
import type { Aside, AsidesAmong, TextReader } from './text-reader.ts';

/** A unit as it stands in a file. */
export interface PlacedUnit {
  readonly file: PlaceFile;
  readonly text: string;
  /** What its program calls it, whatever it says. */
  readonly lastingName?: string;
}

export interface PlacedNameless extends Nameless {
  readonly path: string;
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
  /** What stays here of what was read, and what may stand in parts that could not be taken apart. */
  readonly asides?: readonly { readonly path: string; readonly among: AsidesAmong }[];
  /** What stays here and has no id of its own. */
  readonly nameless?: readonly PlacedNameless[];
}

/** Of two units with one id the first is it, in the order of the files; the other is left alone. */
export async function readPlace(files: PlaceFiles, reader: TextReader, paths: Iterable<string>): Promise<PlaceSight> {
  const units = new Map<string, PlacedUnit>();
  const read: PlaceFile[] = [];
  const faults: PlaceSight['faults'][number][] = [];
  const asides: NonNullable<PlaceSight['asides']>[number][] = [];
  const nameless: PlacedNameless[] = [];
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
    const parsed = await reader.read(file.text, path);
    if (!parsed.ok) {
      faults.push({ path, code: 'place_unparsed', detail: parsed.error });
      continue;
    }
    read.push(file);
    leftAlone += parsed.value.leftAlone;
    const ids = parsed.value.units.map(({ id }) => id);
    const before = await asidesAmong({ units: new Map(), asides }, ids);
    for (const { id, text } of parsed.value.units) {
      if (units.has(id) || before.get(id)?.why !== undefined) {
        leftAlone++;
      } else {
        units.set(id, { file, text });
      }
    }
    if (parsed.value.asides !== undefined) {
      asides.push({ path, among: parsed.value.asides });
    }
    nameless.push(...(parsed.value.nameless ?? []).map((one) => ({ ...one, path })));
  }
  return { units, files: read, faults, leftAlone, asides, nameless };
}

/** What is known of an id of which there is no unit, and where. */
export interface PlacedAside extends Aside {
  readonly path: string;
}

/** Of these ids what is known of those that have no unit; one that stays on this machine counts before one that may stand there. */
export async function asidesAmong(
  { units, asides = [] }: Pick<PlaceSight, 'units' | 'asides'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, PlacedAside>> {
  const known = new Map<string, PlacedAside>();
  const asked = asides.length === 0 ? [] : ids.filter((id) => !units.has(id));
  if (asked.length === 0) {
    return known;
  }
  for (const { path, among } of asides) {
    for (const [id, aside] of await among(asked)) {
      const before = known.get(id);
      if (before === undefined || (before.why === undefined && aside.why !== undefined)) {
        known.set(id, { ...aside, path });
      }
    }
  }
  return known;
}

/** Why nothing can be told of a unit that was not found; undefined where it certainly is in no file. */
export function unsureOf(
  { faults }: Pick<PlaceSight, 'faults'>,
  aside: PlacedAside | undefined,
): PlaceSight['faults'][number] | undefined {
  return faults[0] ?? (aside?.mayStand === true ? { path: aside.path, code: 'place_unparsed' } : undefined);
}
