import type { ProblemCode } from '../ground/problem-code.ts';
import { createPause } from '../ground/pause.ts';
import { createKeptSince } from './kept-since.ts';
import { type PlaceSight, type PlacedAside, asidesAmong } from './read-place.ts';
import { type AsidesAmong, asidesIn } from './text-reader.ts';
import type { UnitSource } from './unit-source.ts';

export interface ViewOptions {
  readonly source: Pick<UnitSource, 'read' | 'readFile' | 'onlyReads' | 'keepsRecords' | 'isRemoved' | 'namedFileOf'>;
  /** The file in which each unit stood when it was noted, before the process began. */
  readonly noted: ReadonlyMap<string, string>;
}

/**
 * A place as it is read again and again. A file that had units which are nowhere now, and is gone, takes nothing along: it
 * is a fault; so is a place that is only read and in which nothing is any more.
 */
export interface PlaceView {
  /** As it is now. Whoever asks while the files are read gets the same answer. */
  sight(): Promise<PlaceSight>;
  /** A unit that was removed from here is missed by nobody. */
  forget(id: string): void;
  /**
   * The same for one unit: a place is not read whole for each of them. One that is only read is as it was a moment ago; of one
   * whose files are units that file alone is read.
   */
  glance(id: string): Promise<PlaceSight>;
  /** What was seen last; undefined before. */
  readonly last: PlaceSight | undefined;
}

const momentMs = 1000;
/** A file that is written in place is empty for a moment, and may be moved away right after. */
const halfWrittenMs = 2000;

/** In which file each unit stood when it was seen last, and since when a file that was read lacks it. */
interface Memory extends Known {
  readonly known: Map<string, string>;
  readonly missed: Map<string, number>;
}

/** In which file each unit stood, and what is known of those that no file has now. */
interface Known {
  readonly known: ReadonlyMap<string, string>;
  readonly asides: ReadonlyMap<string, PlacedAside>;
}

export function createPlaceView({ source, noted }: ViewOptions): PlaceView {
  let reading: Promise<PlaceSight> | undefined;
  let last: PlaceSight | undefined;
  let lastMs = 0;
  const known = new Map(noted);
  const missed = new Map<string, number>();
  const keptSince = createKeptSince();
  /** What each unit said last, also where the files could not be read since. */
  const said = new Map<string, string>();

  async function read(): Promise<PlaceSight> {
    const read = await source.read();
    const pause = createPause();
    const stood = { files: known, textOf: (id: string) => said.get(id) };
    const seen = withRenamed(
      source,
      await keptSince(source.onlyReads ? read : withoutEmptied(read, known), stood),
      known,
    );
    await pause();
    const asides = await asidesAmong(seen, [...known.keys()]);
    await pause();
    const gone = source.onlyReads
      ? emptied(source, seen, { known, asides })
      : vanished(source, seen, { known, asides });
    await pause();
    forgetRemoved(source, seen, { known, missed, asides });
    for (const [id, { file, text }] of seen.units) {
      await pause();
      known.set(id, file.path);
      said.set(id, text);
    }
    for (const id of said.keys()) {
      await pause();
      if (!known.has(id)) {
        said.delete(id);
      }
    }
    last = gone.size === 0 ? seen : { ...seen, faults: [...seen.faults, ...[...gone].map(goneFile)] };
    lastMs = performance.now();
    return last;
  }

  function sight(): Promise<PlaceSight> {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  return {
    sight,
    forget: (id) => void known.delete(id),
    async glance(id) {
      if (source.onlyReads && last !== undefined && performance.now() - lastMs < momentMs) {
        return last;
      }
      const path = last?.units.get(id)?.file.path;
      const alone = path === undefined ? undefined : await source.readFile?.(path);
      return alone?.units.has(id) === true ? alone : sight();
    },
    get last() {
      return last;
    },
  };
}

/**
 * A unit that is nowhere now, and whose id names another file than the one it stood in, was not taken out of that file:
 * what the file belongs to is called otherwise now.
 */
function withRenamed(
  { namedFileOf }: ViewOptions['source'],
  seen: PlaceSight,
  known: ReadonlyMap<string, string>,
): PlaceSight {
  if (namedFileOf === undefined) {
    return seen;
  }
  const why = 'what it stood in is called otherwise now, or is not here any more';
  const held = (id: string): string | undefined => {
    const path = known.get(id);
    return path === undefined || namedFileOf(id) === path ? undefined : why;
  };
  const among = async (ids: readonly string[]): ReturnType<AsidesAmong> => asidesIn({ held }, ids);
  return { ...seen, asides: [...(seen.asides ?? []), { path: seen.files[0]?.path ?? '', among }] };
}

/** What has not stood for a while in a file that was read, or that was removed with it. */
function forgetRemoved(
  { isRemoved }: ViewOptions['source'],
  seen: PlaceSight,
  { known, missed, asides }: Memory,
): void {
  const { units, files, faults } = seen;
  const read = new Set(files.map(({ path }) => path));
  const unread = new Set(faults.map(({ path }) => path));
  const isOver = (path: string): boolean => read.has(path) || (!unread.has(path) && isRemoved(path));
  const nowMs = performance.now();
  for (const [id, path] of known) {
    if (units.has(id) || asides.has(id) || !isOver(path)) {
      missed.delete(id);
    } else if (nowMs - (missed.get(id) ?? nowMs) > halfWrittenMs) {
      known.delete(id);
      missed.delete(id);
    } else {
      missed.set(id, missed.get(id) ?? nowMs);
    }
  }
}

/** Files that are not there any more, of units that no other file has. */
function vanished(
  { isRemoved }: ViewOptions['source'],
  seen: PlaceSight,
  { known, asides }: Known,
): ReadonlySet<string> {
  const there = new Set([...seen.files, ...seen.faults].map(({ path }) => path));
  const isNowhere = (id: string): boolean => !seen.units.has(id) && asides.get(id)?.why === undefined;
  const gone = [...known].filter(([id, path]) => !there.has(path) && !isRemoved(path) && isNowhere(id));
  return new Set(gone.map(([, path]) => path));
}

/** Fewer than this a person takes out of a file by hand. */
const manyUnits = 3;

/** A file without a single byte that held many units a moment ago says nothing: a full disk leaves such files. */
function withoutEmptied(seen: PlaceSight, known: ReadonlyMap<string, string>): PlaceSight {
  const emptied = seen.files.filter(({ path, text }) => text === '' && lostFrom(path, seen, known) >= manyUnits);
  return emptied.length === 0
    ? seen
    : {
        ...seen,
        files: seen.files.filter((file) => !emptied.includes(file)),
        faults: [...seen.faults, ...emptied.map(({ path }) => ({ path, code: 'place_emptied' as const }))],
      };
}

function lostFrom(path: string, { units }: PlaceSight, known: ReadonlyMap<string, string>): number {
  return [...known].filter(([id, file]) => file === path && !units.has(id)).length;
}

/** An empty list says nothing: its program may not be there any more, or its disk. */
function emptied(
  { keepsRecords }: ViewOptions['source'],
  seen: PlaceSight,
  { known, asides }: Known,
): ReadonlySet<string> {
  const isEmptied =
    !keepsRecords &&
    seen.units.size === 0 &&
    seen.faults.length === 0 &&
    ![...known.keys()].some((id) => asides.get(id)?.why !== undefined);
  return new Set(isEmptied ? [...known.values()].slice(0, 1) : []);
}

function goneFile(path: string): { readonly path: string; readonly code: ProblemCode } {
  return { path, code: 'place_gone' };
}
