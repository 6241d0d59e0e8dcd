import { stat } from 'node:fs/promises';
import { type Result, err, ok } from '../../base/result.ts';
import type { ObservedPlace } from '../../contract/observed-place.ts';
import type { PlaceSurroundings } from '../../contract/place.ts';
import type { Observation } from '../../sources/places/observed-units.ts';
import { type TextReader, asidesOf } from '../../sources/places/text-reader.ts';
import type { PackedReport, PackedUnits, PlaceJob } from './place-job.ts';
import type { PlaceThread } from './place-thread.ts';

/** Of less than this the way to the thread and back costs more than it spares the daemon: 5 ms on a slow machine. */
const smallLength = 16 * 1024;

export type ThreadedPlace = Pick<PlaceJob, 'place' | 'surroundings' | 'script'>;

/** Takes small texts apart where it stands, and the others in the thread. */
export function readerBySize(here: TextReader, thread: PlaceThread, where: ThreadedPlace): TextReader {
  const there = threadReader(thread, where);
  const readerOf = (text: string): TextReader => (text.length < smallLength ? here : there);
  return {
    read: (text, path) => readerOf(text).read(text, path),
    next: (text, id, unit, path) => readerOf(text).next(text, id, unit, path),
  };
}

/** Takes every text apart in the thread. */
export function threadReader(thread: PlaceThread, where: ThreadedPlace): TextReader {
  return {
    async read(text, path) {
      const read = await thread.ask({ ...where, kind: 'read', text, path });
      return read.ok
        ? ok({
            ...read.value,
            asides: read.value.hasAsides
              ? async (ids) => unwrapped(await thread.ask({ ...where, kind: 'asides', text, path, ids }))
              : undefined,
          })
        : read;
    },
    next: (text, id, unit, path) => thread.ask({ ...where, kind: 'next', text, path, id, unit }),
  };
}

/** What cannot be told of a text that was read is no answer: whoever asks fails, and tries again. */
function unwrapped<T>(answer: Result<T, string>): T {
  if (!answer.ok) {
    throw new Error(answer.error);
  }
  return answer.value;
}

/** Reads a place that is only read: in the thread, where there is more to read than a few small files. */
export function observing(
  place: ObservedPlace,
  thread: PlaceThread,
  where: ThreadedPlace,
): () => Promise<Result<Observation, string>> {
  let known: { readonly number: number; readonly observation: Observation } | undefined;
  const observe = async (): Promise<Result<Observation, string>> => {
    const answer = await thread.ask({ ...where, kind: 'observe', known: known?.number });
    if (!answer.ok) {
      return answer;
    }
    const { number, report } = answer.value;
    if (report !== undefined) {
      const units = await allUnits(thread, where, number, report);
      if (!units.ok || units.value === undefined) {
        return units.ok ? observe() : units;
      }
      const asides: Observation['asides'] = report.hasAsides
        ? async (ids) => unwrapped(await thread.ask({ ...where, kind: 'observed_asides', ids }))
        : undefined;
      const { faults, leftAlone } = report;
      known = { number, observation: { units: units.value, faults, leftAlone, asides } };
    }
    return known === undefined ? err('What reads it answered nothing.') : ok(known.observation);
  };
  return async () => ((await isSmall(place, where.surroundings)) ? observeHere(place, where.surroundings) : observe());
}

/** Page by page; undefined where the place was read anew in between. */
async function allUnits(
  thread: PlaceThread,
  where: ThreadedPlace,
  number: number,
  { first, total }: PackedReport,
): Promise<Result<Observation['units'] | undefined, string>> {
  const units = unpacked(first);
  while (units.length < total) {
    const page = await thread.ask({ ...where, kind: 'observed_page', number, start: units.length });
    if (!page.ok || page.value === undefined) {
      return page.ok ? ok(undefined) : page;
    }
    units.push(...unpacked(page.value));
  }
  return ok(units);
}

async function observeHere(
  place: ObservedPlace,
  surroundings: PlaceSurroundings,
): Promise<Result<Observation, string>> {
  try {
    const report = await place.observe(surroundings);
    return ok({ ...report, asides: asidesOf(report) });
  } catch (cause) {
    return err(`What reads it failed: ${(cause as Error).message}.`);
  }
}

/** A folder may hold anything. */
async function isSmall(place: ObservedPlace, surroundings: PlaceSurroundings): Promise<boolean> {
  const sizes = await Promise.all(
    place.lookedAt(surroundings).map((path) =>
      stat(path).then(
        (found) => (found.isFile() ? found.size : Infinity),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0) < smallLength;
}

function unpacked({ ids, texts, paths, pathOf, lastingNames }: PackedUnits): Observation['units'][number][] {
  return ids.map((id, index) => ({
    id,
    text: texts[index] as string,
    path: paths[pathOf[index] as number] as string,
    ...(lastingNames[index] === undefined ? {} : { lastingName: lastingNames[index] }),
  }));
}
