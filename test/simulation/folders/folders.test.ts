import { describe, expect, it } from 'vitest';
import { runFolderSeed } from './folder-world.ts';
import { runs } from '../../helpers/suite.ts';

const seeds = Number(process.env['FOLDER_SEEDS'] ?? runs(8, 60));
const first = Number(process.env['FOLDER_FIRST'] ?? 1);

describe('folders of people at work', () => {
  it('41 42 keep every text that was seen, wherever disks, crashes and other devices come in between', {
    timeout: 600_000,
  }, async () => {
    const counts = new Map<string, number>();
    for (let seed = first; seed < first + seeds; seed++) {
      const { findings, counts: happened } = await runFolderSeed(seed);
      expect(findings, `seed ${seed}: FOLDER_FIRST=${seed} FOLDER_SEEDS=1`).toEqual([]);
      for (const [what, times] of Object.entries(happened)) {
        counts.set(what, (counts.get(what) ?? 0) + times);
      }
    }
    for (const what of ['save', 'remove', 'rename', 'mode', 'crash', 'fault', 'unmount', 'relink', 'meddling']) {
      expect(counts.get(what) ?? 0, what).toBeGreaterThan(0);
    }
  });
});
