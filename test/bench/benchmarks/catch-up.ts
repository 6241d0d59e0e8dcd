import { type Benchmark, timesTheFloor } from '../benchmark.ts';
import { runFloor } from '../floor/run-floor.ts';
import { sampleRecord, sampleRecords } from '../records.ts';
import type { Device } from '../stage/device.ts';
import { countsOf, liveOf } from '../stage/counts.ts';
import { type Stage, onStage } from '../stage/stage.ts';
import { demand, until } from '../stage/until.ts';
import { median } from '../statistics.ts';

export const catchUp: Benchmark = {
  name: 'catch-up',
  title: '5,000 updates of 1,000 records while B is down: from the ready line of B until all are applied',
  async run(context) {
    const size = context.pick<Size>({
      full: { recordCount: 1000, revisions: 5 },
      quick: { recordCount: 1000, revisions: 5 },
      shortest: { recordCount: 100, revisions: 2 },
    });
    const updates = size.recordCount * size.revisions;
    const rounds: { readyMs: number; appliedMs: number }[] = [];
    for (let round = 0; round < context.pick({ full: 3, quick: 1, shortest: 1 }); round++) {
      rounds.push(await onStage(context, async (stage) => measure(stage, size)));
    }
    const appliedMs = median(rounds.map((round) => round.appliedMs));
    const floorMs = (await runFloor(updates)).transferMs;
    return [
      { label: 'updates', value: updates, unit: '' },
      { label: 'ready to all applied', value: appliedMs, unit: 'ms', first: '≤ 1,500', goal: '≤ 250' },
      { label: 'start of the process to ready', value: median(rounds.map(({ readyMs }) => readyMs)), unit: 'ms' },
      { label: 'floor: as many records sent, opened and inserted', value: floorMs, unit: 'ms' },
      { label: 'ready to all applied ÷ floor', value: appliedMs / floorMs, unit: timesTheFloor },
    ];
  },
};

interface Size {
  readonly recordCount: number;
  readonly revisions: number;
}

async function measure(
  { a, b }: Stage,
  { recordCount, revisions }: Size,
): Promise<{ readyMs: number; appliedMs: number }> {
  await a.ask((client) => client.putRecords('workspace', { items: sampleRecords(recordCount) }));
  await until('the records are on B', async () => (await liveOf(b)) === recordCount + 1);
  await b.stop();
  for (let revision = 1; revision <= revisions; revision++) {
    const items = Array.from({ length: recordCount }, (_, number) => sampleRecord(number, revision));
    const { failed } = await a.ask((client) => client.putRecords('workspace', { items }));
    demand(failed.length === 0, 'every update was written');
  }
  await until('the relay has everything', async () => (await countsOf(a, 'workspace')).outbox === 0);
  const { startMs } = await b.start();
  const readyAtMs = performance.now();
  // Batches are applied in order, so the last record of the last one tells of all before it.
  await until('the last update is on B', async () => (await revisionAt(b, recordCount - 1)) === revisions, 5);
  const appliedMs = performance.now() - readyAtMs;
  for (let number = 0; number < recordCount; number += 97) {
    demand((await revisionAt(b, number)) === revisions, 'an update before the last is on B as well');
  }
  return { readyMs: startMs, appliedMs };
}

async function revisionAt(device: Device, number: number): Promise<unknown> {
  const { id } = sampleRecord(number);
  const { fields } = await device.ask((client) => client.record('workspace', id));
  return (fields?.['props'] as { readonly revision?: unknown } | undefined)?.revision;
}
