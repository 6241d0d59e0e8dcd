import { type Benchmark, type Figure, timesTheFloor } from '../benchmark.ts';
import { runFloor } from '../floor/run-floor.ts';
import type { Device } from '../stage/device.ts';
import { countsOf } from '../stage/counts.ts';
import { type Stage, onStage } from '../stage/stage.ts';
import { demand, until } from '../stage/until.ts';
import { median, percentile } from '../statistics.ts';

const pageSize = 100;
const perCall = 1_000;

export const reviewQueue: Benchmark = {
  name: 'review-queue',
  title: 'B lists the proposals of A page by page, shows what accepting all would do, and accepts all',
  async run(context) {
    const count = context.pick({ full: 10_000, quick: 2_000, shortest: 250 });
    return onStage(context, async (stage) => measure(stage, count));
  },
};

async function measure({ a, b }: Stage, count: number): Promise<readonly Figure[]> {
  await propose(a, count);
  await until('every proposal waits on B', async () => (await countsOf(b, 'shell')).review === count);
  const walks = [await walk(b, count), await walk(b, count), await walk(b, count)];
  const previewMs = await timed(async () => {
    const { total } = await b.ask((client) => client.previewAll('shell', 'accept'));
    demand(total === count, 'the preview counts every item');
  });
  const acceptMs = await timed(async () => {
    const { decided, failed } = await b.ask((client) => client.decideAll('shell', 'accept'));
    demand(decided === count && failed.length === 0, 'every item is accepted');
  });
  const { review, live } = await countsOf(b, 'shell');
  demand(review === 0 && live === count, 'the queue is empty and what was accepted is live');
  const at = (share: number): readonly number[] =>
    walks.map((pagesMs) => pagesMs[Math.round(share * (pagesMs.length - 1))] as number);
  const goal = '≤ 50';
  const floorMs = (await runFloor(count)).writeMs;
  return [
    { label: `items open at B`, value: count, unit: '' },
    { label: `a page of ${pageSize}, the first`, value: median(at(0)), unit: 'ms', goal },
    { label: `a page of ${pageSize}, in the middle`, value: median(at(0.5)), unit: 'ms', goal },
    { label: `a page of ${pageSize}, the last`, value: median(at(1)), unit: 'ms', goal },
    { label: `a page of ${pageSize}, p99 of all`, value: percentile(walks.flat(), 0.99), unit: 'ms', goal },
    { label: 'preview of accepting all', value: previewMs, unit: 'ms' },
    { label: 'accepting all, in transactions of 500', value: acceptMs, unit: 'ms' },
    { label: 'accepting, for each item', value: (acceptMs * 1_000) / count, unit: 'µs' },
    { label: 'floor: as many records sealed, signed and inserted', value: floorMs, unit: 'ms' },
    { label: 'accepting all ÷ floor', value: acceptMs / floorMs, unit: timesTheFloor },
  ];
}

async function propose(a: Device, count: number): Promise<void> {
  for (let from = 0; from < count; from += perCall) {
    const items = Array.from({ length: Math.min(perCall, count - from) }, (_, index) => ({
      id: `alias-${String(from + index).padStart(5, '0')}`,
      fields: { kind: 'alias', name: `a${from + index}`, body: `ls -l /srv/${from + index}` },
    }));
    await a.ask((client) => client.putRecords('shell', { items }));
  }
}

/** Milliseconds of each page of the queue, from its begin to its end. */
async function walk(b: Device, count: number): Promise<readonly number[]> {
  const pagesMs: number[] = [];
  const seen = new Set<string>();
  let cursor: string | null = null;
  do {
    const from: { cursor?: string } = cursor === null ? {} : { cursor };
    pagesMs.push(
      await timed(async () => {
        const page = await b.ask((client) => client.reviews({ ...from, limit: pageSize, collection: 'shell' }));
        page.items.forEach(({ id }) => seen.add(id));
        cursor = page.nextCursor;
      }),
    );
  } while (cursor !== null);
  demand(seen.size === count, 'the pages hold every item once');
  return pagesMs;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
