import type { Benchmark } from '../benchmark.ts';
import { sampleRecord, sampleRecords } from '../records.ts';
import type { Device } from '../stage/device.ts';
import { type Stage, countsOf, liveOf, onStage } from '../stage/stage.ts';
import { demand, until } from '../stage/until.ts';
import { median } from '../statistics.ts';

const recordCount = 1000;
const revisions = 5;

export const catchUp: Benchmark = {
  name: 'catch-up',
  title: '5,000 updates of 1,000 records while B is down: from the ready line of B until all are applied',
  async run(context) {
    const rounds: { readyMs: number; appliedMs: number }[] = [];
    for (let round = 0; round < (context.isQuick ? 1 : 3); round++) {
      rounds.push(await onStage(context, measure));
    }
    return [
      { label: 'updates', value: recordCount * revisions, unit: '' },
      {
        label: 'ready to all applied',
        value: median(rounds.map(({ appliedMs }) => appliedMs)),
        unit: 'ms',
        first: '≤ 1,500',
        goal: '≤ 250',
      },
      { label: 'start of the process to ready', value: median(rounds.map(({ readyMs }) => readyMs)), unit: 'ms' },
    ];
  },
};

async function measure({ a, b }: Stage): Promise<{ readyMs: number; appliedMs: number }> {
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
