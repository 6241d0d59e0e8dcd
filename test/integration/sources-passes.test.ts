import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Disk } from '../../src/sources/disk/disk-port.ts';
import { markFolder } from '../../src/sources/disk/root-mark.ts';
import { noLosses } from '../../src/sources/ground/scan-report.ts';
import { createMemoryRecords, id, openTestFolder } from '../unit/sources/twin.ts';
import { read } from './sources-world.ts';

describe('passes', () => {
  it.each([
    ['old enough to tell', 10_000, ['a', 'b'], 1],
    ['too fresh to tell', 0, ['a', 'b'], 2],
  ] as const)(
    'F33 a regular pass reads files that look different, times %s',
    async (_name, aheadMs, names, expected) => {
      const reads: string[] = [];
      const disk = (real: Disk): Disk => ({ ...real, read: (path) => (reads.push(path), real.read(path)) });
      await using folder = openTestFolder({ disk, nowMs: () => Date.now() + aheadMs, rescanEveryMs: 20 });
      for (const name of names) {
        writeFileSync(folder.path(name), 'x');
      }
      await folder.source.start();
      writeFileSync(folder.path('a'), 'y');
      reads.length = 0;
      await folder.records.until(() => folder.records.text('a') === 'y');
      expect(reads).toHaveLength(expected);
    },
  );

  it.each(Array.from({ length: 25 }, (_, seed) => seed))(
    'F30 after any storm files and records agree, seed %i',
    async (seed) => {
      await using folder = openTestFolder({
        quietMs: 1,
        removalDelayMs: 1,
      });
      const random = createRandom(seed);
      writeFileSync(folder.path('anchor'), 'anchor');
      await folder.source.start();
      for (let step = 0; step < 40; step++) {
        const name = ['a', 'b', 'dir/c', 'dir/d'][random(4)] ?? 'a';
        const text = `${seed}-${step}\n`;
        const place = folder.path(name);
        switch (random(6)) {
          case 0:
          case 1:
            mkdirSync(join(place, '..'), { recursive: true });
            writeFileSync(place, text);
            await (random(2) === 0 ? folder.source.rescan() : undefined);
            break;
          case 2:
          case 3:
            folder.source.recordChanged(folder.records.put(name, { text, executable: false }));
            break;
          case 4:
            folder.source.recordChanged(folder.records.remove(name));
            break;
          default:
            rmSync(place, { force: true });
            break;
        }
        if (random(3) === 0) {
          await folder.source.settled();
        }
      }
      await folder.source.settled();
      await folder.source.rescan();
      await folder.source.settled();
      await folder.source.rescan();
      const live = [...folder.records.rows.values()].filter((row) => row.state === 'live');
      for (const row of live) {
        expect(read(folder.path(row.id))).toBe(row.fields?.['text']);
      }
      const files = readdirSync(folder.root, { recursive: true, withFileTypes: true }).filter(
        (entry) => entry.isFile() && !entry.parentPath.includes(markFolder),
      );
      expect(files).toHaveLength(live.length);
      expect(folder.source.status().held).toEqual(noLosses);
    },
  );
});

/** mulberry32 */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

describe('names given back to records', () => {
  it('F1 a damaged record leaves its file alone', async () => {
    const memory = createMemoryRecords();
    const records = { ...memory, get: () => 'damaged' as const };
    await using folder = openTestFolder({ memory, records });
    writeFileSync(folder.path('a'), 'x');
    await folder.source.start();
    expect(folder.codes()).toEqual(['record_damaged']);
    expect(memory.edits).toEqual([]);
    expect(id('a')).toBe('a');
  });
});
