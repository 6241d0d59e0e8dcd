import { parseArgs } from 'node:util';
import { createRandom } from '../simulation/random.ts';
import { endOnSignals } from '../bench/stage/processes.ts';
import { allFaults } from './all-faults.ts';
import type { Fault } from './fault.ts';
import { type Round, playRound } from './play.ts';
import { faultsOf, heading, lineOf } from './table.ts';

const usage =
  'npm run faults -- [--rounds N] [--only NAME]… [--seed S] [--at-once N]   (NAME: a part of a fault’s name)';
const exitCodes = { passed: 0, failed: 1, usage: 2 } as const;

endOnSignals();
process.exitCode = await main(process.argv.slice(2));

/** Prints the table, a line as soon as a fault is through, and what is wrong on stderr. */
async function main(words: readonly string[]): Promise<number> {
  const values = valuesOf(words);
  if (values === undefined) {
    process.stderr.write(`${usage}\n`);
    return exitCodes.usage;
  }
  const [rounds, seed, atOnce] = [Number(values.rounds), Number(values.seed), Number(values['at-once'])];
  const named = allFaults.filter(
    ({ name }) => values.only.length === 0 || values.only.some((part) => name.includes(part)),
  );
  if (![rounds, seed, atOnce].every((number) => Number.isSafeInteger(number) && number > 0) || named.length === 0) {
    process.stderr.write(`${usage}\n`);
    return exitCodes.usage;
  }
  heading.forEach(print);
  let wrong = 0;
  await inLanes(atOnce, named, async (fault) => {
    wrong += await playFault(fault, rounds, seed);
  });
  return wrong === 0 ? exitCodes.passed : exitCodes.failed;
}

function valuesOf(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        rounds: { type: 'string', default: '1' },
        only: { type: 'string', multiple: true, default: [] },
        seed: { type: 'string', default: '1' },
        'at-once': { type: 'string', default: '1' },
      },
    }).values;
  } catch {
    return undefined;
  }
}

async function playFault(fault: Fault, count: number, seed: number): Promise<number> {
  const random = createRandom(seed, fault.name);
  const rounds: Round[] = [];
  const wrong: string[] = [];
  for (let number = 1; number <= count; number++) {
    try {
      const round = await playRound(fault, random.next);
      rounds.push(round);
      wrong.push(...faultsOf(round).map((words) => `round ${number}: ${words}`));
    } catch (cause) {
      wrong.push(`round ${number}: could not be played: ${(cause as Error).message}`);
    }
  }
  print(lineOf(fault.name, rounds));
  wrong.forEach((words) => process.stderr.write(`${fault.name}: ${words}\n`));
  return wrong.length;
}

async function inLanes<T>(count: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const lane = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: count }, lane));
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
