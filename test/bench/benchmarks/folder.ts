import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Benchmark, timesTheFloor } from '../benchmark.ts';
import { copyDurably } from '../floor/copy-files.ts';
import { sampleText } from '../records.ts';
import { type Stage, onStage } from '../stage/stage.ts';
import { demand, until } from '../stage/until.ts';
import { percentile } from '../statistics.ts';

const engineId = 'sourceos.sync.notes';
const perFolder = 100;

export const folder: Benchmark = {
  name: 'folder',
  title:
    'text files of 1 to 8 KiB in a folder linked at A appear in the folder of B; then one file at a time is changed',
  async run(context) {
    const fileCount = context.pick({ full: 2000, quick: 300, shortest: 20 });
    const changes = context.pick({ full: 30, quick: 10, shortest: 3 });
    const { appearMs, changesMs, copiesMs } = await onStage(context, async (stage) =>
      measure(stage, fileCount, changes),
    );
    const floorMs = copiesMs.reduce((sum, copyMs) => sum + copyMs, 0);
    return [
      { label: 'files', value: fileCount, unit: '' },
      { label: 'linked at A until all are at B', value: appearMs, unit: 'ms', first: '≤ 5,000', goal: '≤ 1,000' },
      {
        label: 'one file changed, seen at B: p50',
        value: percentile(changesMs, 0.5),
        unit: 'ms',
        first: '≤ 500',
        goal: '≤ 150',
      },
      { label: 'one file changed, seen at B: p95', value: percentile(changesMs, 0.95), unit: 'ms' },
      { label: 'floor: all of them copied durably', value: floorMs, unit: 'ms' },
      { label: 'linked at A until all are at B ÷ floor', value: appearMs / floorMs, unit: timesTheFloor },
      {
        label: 'one file changed, seen at B: p50 ÷ one copied',
        value: percentile(changesMs, 0.5) / percentile(copiesMs, 0.5),
        unit: timesTheFloor,
      },
    ];
  },
};

async function measure(
  { root, a, b }: Stage,
  fileCount: number,
  changes: number,
): Promise<{ appearMs: number; changesMs: readonly number[]; copiesMs: readonly number[] }> {
  const [atA, atB] = [join(root, 'files-a'), join(root, 'files-b')];
  const files = await writeFiles(atA, fileCount);
  await mkdir(atB);
  await b.ask((client) => client.link(engineId, atB));
  const linkedMs = performance.now();
  await a.ask((client) => client.link(engineId, atA));
  await until(
    'all files are at B',
    async () =>
      (await readdir(atB, { recursive: true, withFileTypes: true })).filter(
        (entry) => entry.isFile() && !entry.parentPath.endsWith('.sourcesync'),
      ).length >= fileCount,
    20,
  );
  for (const [name, text] of files) {
    await until(`${name} is the same at B`, async () => (await textOf(join(atB, name))) === text);
  }
  const appearMs = performance.now() - linkedMs;
  const changesMs: number[] = [];
  for (let change = 0; change < changes; change++) {
    const [name, text] = files[(change * 61) % files.length] as readonly [string, string];
    const changed = `${text}changed for the ${change}th time\n`;
    const changedMs = performance.now();
    await writeFile(join(atA, name), changed);
    await until(`the change of ${name} is at B`, async () => (await textOf(join(atB, name))) === changed, 2);
    changesMs.push(performance.now() - changedMs);
    demand((await textOf(join(atA, name))) === changed, 'the file at A stays as it was written');
  }
  const paths = files.map(([path]) => path);
  return { appearMs, changesMs, copiesMs: copyDurably(atA, join(root, 'copies'), paths) };
}

async function writeFiles(root: string, count: number): Promise<readonly (readonly [string, string])[]> {
  const files: [string, string][] = [];
  for (let number = 0; number < count; number++) {
    const inside = `part-${Math.floor(number / perFolder)}`;
    if (number % perFolder === 0) {
      await mkdir(join(root, inside), { recursive: true });
    }
    const file: [string, string] = [
      join(inside, `note-${number}.md`),
      sampleText(number, 1024 + ((number * 997) % 7000)),
    ];
    await writeFile(join(root, file[0]), file[1]);
    files.push(file);
  }
  return files;
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
