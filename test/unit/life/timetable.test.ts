import { describe, expect, it } from 'vitest';
import { losses } from '../../life/losses/all.ts';
import { optionsOf } from '../../life/options.ts';
import { scenes } from '../../life/people/all.ts';
import { linesOf, reportOf } from '../../life/report.ts';
import { createTally } from '../../life/tally.ts';
import { timetableOf } from '../../life/timetable.ts';

const names = (seed: number, day: number): readonly string[] =>
  timetableOf(seed, day).map((entry) =>
    entry.kind === 'scene' ? entry.scene.name : [entry.loss.name, entry.folder, entry.on, entry.answer].join(' '),
  );

describe('the timetable', () => {
  it('14 follows from the seed and the day alone', () => {
    expect(names(7, 3)).toEqual(names(7, 3));
    expect(names(7, 3)).not.toEqual(names(7, 4));
    expect(names(7, 3)).not.toEqual(names(8, 3));
  });

  it('16 has two mass losses a day, each kind in turn, and everybody at work within a month', () => {
    const days = Array.from({ length: 30 }, (_, day) => timetableOf(5, day));
    expect(days.map((day) => day.filter(({ kind }) => kind === 'loss').length)).toEqual(days.map(() => 2));
    const first = days
      .slice(0, losses.length / 2)
      .flatMap((day) => day.flatMap((entry) => (entry.kind === 'loss' ? [entry.loss] : [])));
    expect(new Set(first)).toEqual(new Set(losses));
    const played = new Set(
      days.flatMap((day) => day.flatMap((entry) => (entry.kind === 'scene' ? [entry.scene] : []))),
    );
    expect(played).toEqual(new Set(scenes));
  });
});

describe('what is asked for', () => {
  it.each([
    [[], { minutes: 2, seed: 77, scenes: undefined, json: false }],
    [['--minutes', '30', '--seed', '5'], { minutes: 30, seed: 5, scenes: undefined, json: false }],
    [['--hours', '1.5', '--json'], { minutes: 90, seed: 77, scenes: undefined, json: true }],
    [['--scenes', '12', '--seed', '5'], { minutes: 2, seed: 5, scenes: 12, json: false }],
  ])('15 %j', (words, options) => {
    expect(optionsOf(words, () => 77)).toEqual({ ok: true, value: options });
  });

  it.each([
    [['--minutes', '0']],
    [['--minutes', 'ten']],
    [['--minutes', '1', '--hours', '1']],
    [['--scenes', '1.5']],
    [['--seed', '-1']],
    [['--days', '3']],
    [['now']],
  ])('18 %j is refused with the usage', (words) => {
    const options = optionsOf(words, () => 77);
    expect(options.ok ? '' : options.error).toContain('npm run life --');
  });
});

describe('the report', () => {
  const ending = { seed: 5, tookMs: 61_000, saves: 10, texts: 8, files: 20, root: '/tmp/life' };
  const lived = { days: 1, scenes: 12, isInterrupted: false };

  it('18 passes while every fault is nought, and then keeps nothing', () => {
    const report = reportOf({ ...ending, lived, tally: createTally(() => undefined) });
    expect(report).toMatchObject({ passed: true, evidence: null, minutes: 1 });
    expect(linesOf(report).at(-1)).toBe('Nothing is wrong.');
  });

  it('18 names each fault, what repeats the life and where its evidence is', () => {
    const tally = createTally(() => undefined);
    for (let number = 0; number < 9; number++) {
      tally.found('lostText', `notes/${number}.md`, 'saved on the desk');
    }
    const report = reportOf({ ...ending, lived, tally });
    expect(report).toMatchObject({ passed: false, evidence: '/tmp/life', faults: { lostText: 9 } });
    const text = linesOf(report).join('\n');
    for (const words of ['notes/4.md', '4 more', 'npm run life -- --seed 5 --scenes 12', '/tmp/life']) {
      expect(text).toContain(words);
    }
  });
});
