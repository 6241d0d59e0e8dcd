import type { PlaceCodec } from '../../contract/place.ts';
import type { ProblemCode } from '../ground/problem-code.ts';
import type { PlaceFiles } from './place-files.ts';
import { type PlaceSight, readPlace } from './read-place.ts';

export interface PlaceParts {
  readonly files: PlaceFiles;
  readonly codec: PlaceCodec;
  /** Asked anew at each reading. */
  readonly paths: Iterable<string>;
}

/** A place as it is read again and again. A file that had units and is gone takes nothing along: it is a fault. */
export interface PlaceView {
  /** Whoever asks while the files are read gets the same answer. */
  sight(): Promise<PlaceSight>;
  /** What was seen last; undefined before. */
  readonly last: PlaceSight | undefined;
}

export function createPlaceView({ files, codec, paths }: PlaceParts): PlaceView {
  let reading: Promise<PlaceSight> | undefined;
  let last: PlaceSight | undefined;
  const known = new Set<string>();

  async function read(): Promise<PlaceSight> {
    const seen = await readPlace(files, codec, paths);
    seen.files.forEach(({ path }) => known.add(path));
    const gone = [...known].filter((path) => !isAccountedFor(seen, path));
    last = gone.length === 0 ? seen : { ...seen, faults: [...seen.faults, ...gone.map(goneFile)] };
    return last;
  }

  return {
    sight() {
      reading ??= read().finally(() => {
        reading = undefined;
      });
      return reading;
    },
    get last() {
      return last;
    },
  };
}

function isAccountedFor({ files, faults }: PlaceSight, path: string): boolean {
  return files.some((file) => file.path === path) || faults.some((fault) => fault.path === path);
}

function goneFile(path: string): { readonly path: string; readonly code: ProblemCode } {
  return { path, code: 'place_gone' };
}
