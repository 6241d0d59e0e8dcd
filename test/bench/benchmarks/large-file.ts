import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Benchmark, timesTheFloor } from '../benchmark.ts';
import { copyDurably } from '../floor/copy-files.ts';
import { type Stage, onStage } from '../stage/stage.ts';
import { demand, until } from '../stage/until.ts';
import { usageOf } from '../stage/usage.ts';

const engineId = 'sourceos.sync.notes';
const mebibyte = 1024 * 1024;

interface Measured {
  readonly arriveMs: number;
  readonly growthMiB: Readonly<Record<'a' | 'b' | 'relay', number>>;
  readonly changeMs: number;
  readonly changedMiB: number;
  readonly copyMs: number;
}

export const largeFile: Benchmark = {
  name: 'large-file',
  title: 'one file of random bytes in a folder linked at A appears at B; then one MiB in the middle of it is changed',
  async run(context) {
    const sizeMiB = context.pick({ full: 1024, quick: 256, shortest: 8 });
    const { arriveMs, growthMiB, changeMs, changedMiB, copyMs } = await onStage(context, async (stage) =>
      measure(stage, sizeMiB),
    );
    const speed = (ms: number): number => sizeMiB / (ms / 1000);
    return [
      { label: 'size of the file', value: sizeMiB, unit: 'MiB' },
      { label: 'A to B', value: speed(arriveMs), unit: 'MiB/s', goal: '≥ 60' },
      { label: 'growth of RSS at A', value: growthMiB.a, unit: 'MiB', goal: '≤ 64' },
      { label: 'growth of RSS at B', value: growthMiB.b, unit: 'MiB', goal: '≤ 64' },
      { label: 'growth of RSS of the relay', value: growthMiB.relay, unit: 'MiB', goal: '≤ 64' },
      { label: 'one MiB changed, seen at B', value: changeMs, unit: 'ms' },
      { label: 'one MiB changed: kept at the relay', value: changedMiB, unit: 'MiB', goal: '≤ 3' },
      { label: 'floor: copied durably', value: speed(copyMs), unit: 'MiB/s' },
      { label: 'A to B ÷ floor', value: arriveMs / copyMs, unit: timesTheFloor },
    ];
  },
};

async function measure({ root, relay, a, b }: Stage, sizeMiB: number): Promise<Measured> {
  const [atA, atB] = [join(root, 'files-a'), join(root, 'files-b')];
  await mkdir(atA);
  await mkdir(atB);
  await writeRandom(join(root, 'large.bin'), sizeMiB);
  await b.ask((client) => client.link(engineId, atB));
  await a.ask((client) => client.link(engineId, atA));
  const pids = { a: a.daemon.pid, b: b.daemon.pid, relay: relay.pid };
  const restMiB = ofEach(pids, (pid) => usageOf(pid).residentMiB);
  const [source, target] = [join(atA, 'large.bin'), join(atB, 'large.bin')];
  const startedMs = performance.now();
  await rename(join(root, 'large.bin'), source);
  await until('the file is at B', async () => (await sizeOf(target)) === sizeMiB * mebibyte, 5);
  const arriveMs = performance.now() - startedMs;
  const growthMiB = ofEach(pids, (pid, name) => usageOf(pid).peakMiB - restMiB[name]);
  demand((await hashOf(source)) === (await hashOf(target)), 'the file at B is the file at A');

  const before = await keptMiB(root);
  const changedMs = performance.now();
  await changeMiddle(source, sizeMiB);
  const wanted = await hashOf(source);
  const { mtimeMs } = await stat(target);
  await until('the change is at B', async () => (await stat(target)).mtimeMs !== mtimeMs, 5);
  const changeMs = performance.now() - changedMs;
  demand((await hashOf(target)) === wanted, 'the changed file at B is that at A');
  const changedMiB = (await keptMiB(root)) - before;
  const [copyMs] = copyDurably(atA, join(root, 'copies'), ['large.bin']) as [number];
  return { arriveMs, growthMiB, changeMs, changedMiB, copyMs };
}

function ofEach<T>(
  pids: Readonly<Record<'a' | 'b' | 'relay', number>>,
  of: (pid: number, name: 'a' | 'b' | 'relay') => T,
): Readonly<Record<'a' | 'b' | 'relay', T>> {
  return { a: of(pids.a, 'a'), b: of(pids.b, 'b'), relay: of(pids.relay, 'relay') };
}

async function writeRandom(path: string, sizeMiB: number): Promise<void> {
  await withFile(path, 'w', async (file) => {
    for (let place = 0; place < sizeMiB; place++) {
      await file.write(randomBytes(mebibyte), 0, mebibyte, place * mebibyte);
    }
  });
}

async function changeMiddle(path: string, sizeMiB: number): Promise<void> {
  await withFile(path, 'r+', async (file) => {
    await file.write(randomBytes(mebibyte), 0, mebibyte, Math.floor(sizeMiB / 2) * mebibyte);
  });
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await withFile(path, 'r', async (file) => {
    const piece = Buffer.allocUnsafe(mebibyte);
    for (let place = 0, length = -1; length !== 0; place += length) {
      ({ bytesRead: length } = await file.read(piece, 0, mebibyte, place));
      hash.update(piece.subarray(0, length));
    }
  });
  return hash.digest('hex');
}

async function withFile(path: string, flags: string, work: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, flags);
  try {
    await work(file);
  } finally {
    await file.close();
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

/** Of all chunks that lie at the relay. */
async function keptMiB(root: string): Promise<number> {
  const chunks = await readdir(join(root, 'relay', 'chunks'), { recursive: true, withFileTypes: true });
  const sizes = chunks.flatMap((entry) => (entry.isFile() ? [sizeOf(join(entry.parentPath, entry.name))] : []));
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) / mebibyte;
}
