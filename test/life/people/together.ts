import { type Place, contentAt, save, textAt } from '../acts.ts';
import { anyOpenFolder, sharedFiles, some } from '../choose.ts';
import { sed } from '../editors/sed.ts';
import type { Life } from '../life.ts';
import { bytesOf, freshLine, withLineAt } from '../texts.ts';
import { until } from '../until.ts';
import type { Scene } from './scene.ts';

// Beyond it the first save may have reached the other machine before the second was made: then it is another story.
const atOnceMs = 12;

/** Both machines are online and save the same text within a few milliseconds. */
export const together: Scene = {
  name: 'two people save one text at once',
  weight: 4,
  async play(life) {
    const folder = anyOpenFolder(life);
    const [path] = some(life, sharedFiles(life, folder), 1);
    if (path === undefined) {
      return;
    }
    const [desk, laptop] = [
      { device: life.pair.desk, folder, path },
      { device: life.pair.laptop, folder, path },
    ];
    const base = await textAt(desk);
    const { mine, theirs, both } = twoEdits(life, base);
    const startedMs = performance.now();
    const befores = await Promise.all([save(life, desk, bytesOf(mine), sed), save(life, laptop, bytesOf(theirs), sed)]);
    const isFair = performance.now() - startedMs < atOnceMs && befores.every((before) => isText(before, base));
    await expectBoth(life, desk, laptop, isFair ? both : undefined);
  },
};

export interface TwoEdits {
  readonly mine: string;
  readonly theirs: string;
  /** What must stand in the end; undefined where more than one text would do. */
  readonly both: string | undefined;
}

/** Edits of other lines, of the same line, or the very same edit on both. */
export function twoEdits(life: Life, base: string): TwoEdits {
  const { random } = life;
  const kind = random.pick(['other lines', 'other lines', 'the same line', 'the same edit'] as const);
  const [line, other] = [freshLine(random), freshLine(random)];
  // The second line and the one before the last: far from each other.
  switch (kind) {
    case 'other lines': {
      const mine = withLineAt(base, 1, line);
      return { mine, theirs: withLineAt(base, -2, other), both: withLineAt(mine, -2, other) };
    }
    case 'the same line':
      return { mine: withLineAt(base, 2, line), theirs: withLineAt(base, 2, other), both: undefined };
    case 'the same edit': {
      const edited = withLineAt(base, 2, line);
      return { mine: edited, theirs: edited, both: edited };
    }
  }
}

/** Waits until both have one text, and holds it against what it must be. */
export async function expectBoth(life: Life, desk: Place, laptop: Place, expected: string | undefined): Promise<void> {
  const isDone = async (): Promise<boolean> => {
    const [here, there] = [await contentAt(desk), await contentAt(laptop)];
    return here !== undefined && there !== undefined && Buffer.compare(here, there) === 0;
  };
  if (expected === undefined) {
    await until(life.signal, life.patienceMs, isDone);
    return;
  }
  const holds = async (): Promise<boolean> => (await isDone()) && (await textAt(desk)) === expected;
  if (!(await until(life.signal, life.patienceMs, holds))) {
    const subject = `${desk.folder}/${desk.path} in ${life.tally.scene}`;
    const name = `merge ${life.tally.faults.wrongMerge}`;
    life.tally.found('wrongMerge', subject, `what stands there and what should: ${name}`);
    life.keep(`${name}/desk`, (await contentAt(desk)) ?? '');
    life.keep(`${name}/laptop`, (await contentAt(laptop)) ?? '');
    life.keep(`${name}/expected`, expected);
  }
}

function isText(bytes: Uint8Array | undefined, text: string): boolean {
  return bytes !== undefined && new TextDecoder().decode(bytes) === text;
}
