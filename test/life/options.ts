import { parseArgs } from 'node:util';
import { type Result, err, ok } from '../../src/base/result.ts';

export interface Options {
  readonly minutes: number;
  readonly seed: number;
  readonly scenes: number | undefined;
  readonly json: boolean;
}

export const usage = 'npm run life -- [--minutes N | --hours N | --scenes N] [--seed S] [--json]';

const defaultMinutes = 2;

/** A seed that nobody named is drawn, and told: another life every time. */
export function optionsOf(words: readonly string[], drawSeed: () => number): Result<Options, string> {
  let values: { minutes?: string; hours?: string; scenes?: string; seed?: string; json?: boolean };
  try {
    ({ values } = parseArgs({
      args: [...words],
      options: {
        minutes: { type: 'string' },
        hours: { type: 'string' },
        scenes: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'boolean' },
      },
    }));
  } catch (cause) {
    return err(`${(cause as Error).message}\n${usage}`);
  }
  const [minutes, hours, scenes, seed] = [values.minutes, values.hours, values.scenes, values.seed].map(numberOf);
  const named = [minutes, hours, scenes].filter((value) => value !== undefined);
  if (named.length > 1 || [...named, seed].some((value) => value !== undefined && !(value > 0))) {
    return err(`Say one of them, and numbers above nought.\n${usage}`);
  }
  if ([scenes, seed].some((value) => value !== undefined && !Number.isSafeInteger(value))) {
    return err(`Scenes and seed are whole numbers.\n${usage}`);
  }
  return ok({
    minutes: minutes ?? (hours === undefined ? defaultMinutes : hours * 60),
    seed: seed ?? drawSeed(),
    scenes,
    json: values.json === true,
  });
}

function numberOf(word: string | undefined): number | undefined {
  return word === undefined ? undefined : Number(word);
}
