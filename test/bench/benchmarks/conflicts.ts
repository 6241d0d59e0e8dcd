import { type Benchmark, timesTheFloor } from '../benchmark.ts';
import { runFloor } from '../floor/run-floor.ts';
import { sampleRecords } from '../records.ts';
import type { Device } from '../stage/device.ts';
import { countsOf, liveOf } from '../stage/counts.ts';
import { type Stage, onStage } from '../stage/stage.ts';
import { until } from '../stage/until.ts';

export const conflicts: Benchmark = {
  name: 'conflicts',
  title: 'A and B each edit the same field of the same 200 records 5 times offline, then meet',
  async run(context) {
    const size = context.pick<Size>({
      full: { recordCount: 200, edits: 5 },
      quick: { recordCount: 200, edits: 5 },
      shortest: { recordCount: 20, edits: 2 },
    });
    const { meetMs, listed } = await onStage(context, async (stage) => measure(stage, size));
    const floorMs = (await runFloor(2 * size.recordCount * size.edits)).transferMs;
    return [
      { label: 'records edited on both', value: size.recordCount, unit: '' },
      { label: 'conflicts listed on both', value: listed, unit: '', first: 'every record', goal: 'every record' },
      { label: 'online again until both list them', value: meetMs, unit: 'ms', goal: '≤ 1,000' },
      { label: 'floor: as many records sent, opened and inserted', value: floorMs, unit: 'ms' },
      { label: 'online again until both list them ÷ floor', value: meetMs / floorMs, unit: timesTheFloor },
    ];
  },
};

interface Size {
  readonly recordCount: number;
  readonly edits: number;
}

async function measure({ a, b }: Stage, { recordCount, edits }: Size): Promise<{ meetMs: number; listed: number }> {
  const records = sampleRecords(recordCount);
  await a.ask((client) => client.putRecords('workspace', { items: records }));
  await until('the records are on B', async () => (await liveOf(b)) === recordCount + 1);
  for (const device of [a, b]) {
    await device.ask((client) => client.sync('pause'));
  }
  for (let edit = 1; edit <= edits; edit++) {
    for (const [name, device] of [
      ['A', a],
      ['B', b],
    ] as const) {
      const items = records.map(({ id, fields }) => ({ id, fields: { ...fields, title: `${name} ${edit}` } }));
      await device.ask((client) => client.putRecords('workspace', { items }));
    }
  }
  const resumedMs = performance.now();
  await Promise.all([a, b].map(async (device) => device.ask((client) => client.sync('resume'))));
  await until('both list the conflicts', async () => {
    const [atA, atB] = await Promise.all([countsOf(a, 'workspace'), countsOf(b, 'workspace')]);
    return atA.conflicts === recordCount && atB.conflicts === recordCount && atA.outbox + atB.outbox === 0;
  });
  const meetMs = performance.now() - resumedMs;
  // Each lists a conflict with the first that comes of the other; what follows is taken in a little at a time.
  for (const { id } of records) {
    await until(`${id} is the same on both`, async () => {
      const [atA, atB] = await Promise.all([liveText(a, id), liveText(b, id)]);
      return atA === atB;
    });
  }
  return { meetMs, listed: (await countsOf(b, 'workspace')).conflicts };
}

async function liveText(device: Device, id: string): Promise<string> {
  return JSON.stringify((await device.ask((client) => client.record('workspace', id))).fields);
}
