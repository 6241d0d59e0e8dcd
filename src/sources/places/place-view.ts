import type { ProblemCode } from '../ground/problem-code.ts';
import type { PlaceSight } from './read-place.ts';
import type { UnitSource } from './unit-source.ts';

export interface ViewOptions {
  readonly source: Pick<UnitSource, 'read' | 'onlyReads' | 'keepsRecords'>;
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
  /** The same; of a place that is only read, as it was a moment ago, so that it is not read whole for each unit. */
  glance(): Promise<PlaceSight>;
  /** What was seen last; undefined before. */
  readonly last: PlaceSight | undefined;
}

const momentMs = 1000;

export function createPlaceView({ source, noted }: ViewOptions): PlaceView {
  let reading: Promise<PlaceSight> | undefined;
  let last: PlaceSight | undefined;
  let lastMs = 0;
  const known = new Map(noted);

  async function read(): Promise<PlaceSight> {
    const seen = await source.read();
    const gone = source.onlyReads ? emptied(source, seen, known) : vanished(seen, known);
    forgetRemoved(seen, known);
    seen.units.forEach(({ file }, id) => known.set(id, file.path));
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
    glance: async () =>
      source.onlyReads && last !== undefined && performance.now() - lastMs < momentMs ? last : sight(),
    get last() {
      return last;
    },
  };
}

/** What does not stand any more in a file that was read. */
function forgetRemoved({ units, files }: PlaceSight, known: Map<string, string>): void {
  const read = new Set(files.map(({ path }) => path));
  [...known].filter(([id, path]) => read.has(path) && !units.has(id)).forEach(([id]) => known.delete(id));
}

/** Files that are not there any more, of units that no other file has. */
function vanished(seen: PlaceSight, known: ReadonlyMap<string, string>): ReadonlySet<string> {
  const there = new Set([...seen.files, ...seen.faults].map(({ path }) => path));
  return new Set([...known].filter(([id, path]) => !seen.units.has(id) && !there.has(path)).map(([, path]) => path));
}

/** An empty list says nothing: its program may not be there any more, or its disk. */
function emptied(
  { keepsRecords }: ViewOptions['source'],
  { units, faults }: PlaceSight,
  known: ReadonlyMap<string, string>,
): ReadonlySet<string> {
  const isEmptied = !keepsRecords && units.size === 0 && faults.length === 0;
  return new Set(isEmptied ? [...known.values()].slice(0, 1) : []);
}

function goneFile(path: string): { readonly path: string; readonly code: ProblemCode } {
  return { path, code: 'place_gone' };
}
