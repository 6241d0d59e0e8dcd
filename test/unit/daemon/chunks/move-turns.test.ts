import { describe, expect, it } from 'vitest';
import { createMoveTurns } from '../../../../src/daemon/chunks/move-turns.ts';

/** Work that is begun when its turn comes, and ends when it is told to. */
function setup(atOnce: number): {
  readonly begun: string[];
  readonly asked: Set<string>;
  readonly turns: ReturnType<typeof createMoveTurns>;
  wait(name: string, sizeBytes: number): void;
  end(name: string): Promise<void>;
} {
  const turns = createMoveTurns(atOnce);
  const begun: string[] = [];
  const asked = new Set<string>();
  const ends = new Map<string, () => void>();
  const runs = new Map<string, Promise<void>>();
  return {
    ...{ begun, asked, turns },
    wait(name, sizeBytes) {
      const work = async (): Promise<void> => {
        begun.push(name);
        await new Promise<void>((resolve) => ends.set(name, resolve));
      };
      runs.set(name, turns.run({ sizeBytes, isAsked: () => asked.has(name) }, work));
    },
    async end(name) {
      ends.get(name)?.();
      await runs.get(name);
    },
  };
}

describe('F61 files that move', () => {
  it('two at a time, the smallest first', async () => {
    const { begun, wait, end } = setup(2);
    wait('first', 50);
    wait('second', 60);
    wait('large', 40);
    wait('small', 1);
    wait('middle', 20);
    expect(begun).toEqual(['first', 'second']);
    await end('first');
    await end('small');
    expect(begun).toEqual(['first', 'second', 'small', 'middle']);
  });

  it('what a person asks for begins at once, and a second one of these before the smallest', async () => {
    const { begun, asked, turns, wait, end } = setup(1);
    wait('moving', 10);
    wait('small', 1);
    wait('wanted', 1000);
    wait('wanted too', 2000);
    asked.add('wanted').add('wanted too');
    turns.look();
    turns.look();
    expect(begun).toEqual(['moving', 'wanted']);
    await end('moving');
    expect(begun).toEqual(['moving', 'wanted', 'wanted too']);
    await end('wanted');
    await end('wanted too');
    expect(begun.at(-1)).toBe('small');
  });

  it('what was asked for before it waited begins at once, too', () => {
    const { begun, asked, wait } = setup(1);
    asked.add('wanted');
    wait('moving', 10);
    wait('wanted', 1000);
    expect(begun).toEqual(['moving', 'wanted']);
  });
});
