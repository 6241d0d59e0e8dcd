import { parentPort } from 'node:worker_threads';
import { assert } from '../../base/assert.ts';
import { type Result, err, ok } from '../../base/result.ts';
import { type ObservedPlace, type PlaceReport, isObserved } from '../../contract/observed-place.ts';
import type { Place, PlaceCodec } from '../../contract/place.ts';
import { withOwnLineEnds } from '../../sources/places/line-ends.ts';
import { asidesIn } from '../../sources/places/text-reader.ts';
import { textWith } from '../../sources/places/text-with.ts';
import { shippedPlaces } from '../engines/engine-modules.ts';
import { scriptPlace } from '../engines/script-place.ts';
import type { PackedReport, PackedUnits, PlaceAnswers, PlaceJob, PlaceQuestion } from './place-job.ts';

/** The whole program of the thread in which places of the workstation are taken apart. */

type Asked<K extends PlaceQuestion['kind']> = Extract<PlaceJob, { readonly kind: K }>;
type Answers = { readonly [K in PlaceQuestion['kind']]: (job: Asked<K>) => Promise<Result<PlaceAnswers[K], string>> };

const codecs = new Map<string, Promise<PlaceCodec>>();
const reports = new Map<string, { readonly number: number; readonly report: PlaceReport }>();
/** Never that of an earlier thread, whose reports this one does not know. */
let lastNumber = Date.now();
let lastRead:
  | {
      readonly text: string;
      readonly path: string;
      readonly mark: string | undefined;
      readonly parsed: ReturnType<PlaceCodec['parse']>;
    }
  | undefined;

const answers: Answers = {
  async read(job) {
    const parsed = await parsedOf(job);
    if (!parsed.ok) {
      return parsed;
    }
    const { units, leftAlone, nameless = [], held, mayHold } = parsed.value;
    return ok({ units, leftAlone, nameless, hasAsides: held !== undefined || mayHold !== undefined });
  },
  async asides(job) {
    const parsed = await parsedOf(job);
    return parsed.ok ? ok(asidesIn(parsed.value, job.ids)) : parsed;
  },
  next: async (job) => ok(textWith(await codecOf(job), job.text, job.id, job.unit, job.path)),
  async observe(job) {
    const { number, report } = await observed(job);
    return ok({ number, report: number === job.known ? undefined : packed(report) });
  },
  async observed_page({ place, number, start }) {
    const known = reports.get(place);
    return ok(known?.number === number ? packedUnits(known.report.units, start) : undefined);
  },
  async observed_asides(job) {
    const { report } = reports.get(job.place) ?? (await observed(job));
    return ok(asidesIn(report, job.ids));
  },
};

/** The same text is asked about more than once. */
async function parsedOf(job: Asked<'read' | 'asides'>): Promise<ReturnType<PlaceCodec['parse']>> {
  const { text, path } = job;
  const codec = await codecOf(job);
  const mark = codec.restsOn?.(path);
  if (lastRead?.text !== text || lastRead.path !== path || lastRead.mark !== mark) {
    lastRead = { text, path, mark, parsed: codec.parse(text, path) };
  }
  return lastRead.parsed;
}

function codecOf(job: PlaceJob): Promise<PlaceCodec> {
  const codec = codecs.get(job.place) ?? textPlace(job).open(job.surroundings).then(withOwnLineEnds);
  codecs.set(job.place, codec);
  return codec;
}

async function observed(job: PlaceJob): Promise<{ readonly number: number; readonly report: PlaceReport }> {
  const place = placeOf(job);
  assert(isObserved(place), `${job.place} is only read`);
  const report = await place.observe(job.surroundings);
  const before = reports.get(job.place);
  const now = before?.report === report ? before : { number: ++lastNumber, report };
  reports.set(job.place, now);
  return now;
}

function textPlace(job: PlaceJob): Place {
  const place = placeOf(job);
  assert(!isObserved(place), `${job.place} is text`);
  return place;
}

function placeOf({ place: name, script }: PlaceJob): Place | ObservedPlace {
  if (script !== undefined) {
    return scriptPlace(script);
  }
  const place = shippedPlaces.find((one) => one.name === name);
  assert(place !== undefined, `${name} is a place of an engine that ships`);
  return place;
}

function packed({ units, faults, leftAlone, held }: PlaceReport): PackedReport {
  const first = packedUnits(units, 0);
  return { first, total: units.length, faults, leftAlone, hasAsides: held !== undefined };
}

/** So many units pass at once. */
const pageSize = 2000;

function packedUnits(all: PlaceReport['units'], start: number): PackedUnits {
  const units = all.slice(start, start + pageSize);
  const paths = [...new Set(units.map(({ path }) => path))];
  const numbers = new Map(paths.map((path, index) => [path, index]));
  const lastingNames = units.map(({ lastingName }) => lastingName);
  return {
    ids: units.map(({ id }) => id),
    texts: units.map(({ text }) => text),
    paths,
    lastingNames: lastingNames.every((name) => name === undefined) ? [] : lastingNames,
    pathOf: Uint32Array.from(units, ({ path }) => numbers.get(path) as number),
  };
}

async function answer<K extends PlaceQuestion['kind']>(job: Asked<K>): Promise<unknown> {
  try {
    return await answers[job.kind as K](job);
  } catch (cause) {
    return err(`What reads it failed: ${(cause as Error).message}.`);
  }
}

assert(parentPort !== null, 'the daemon starts this program as a thread');
const port = parentPort;
port.on('message', (job: PlaceJob) => {
  void answer(job).then((message) => {
    port.postMessage(message);
  });
});
