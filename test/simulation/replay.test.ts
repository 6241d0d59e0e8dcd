import { describe, expect, it } from 'vitest';
import { runSeed } from './run-seed.ts';

const seedText = process.env['SIMULATION_SEED'];
/** Seeds with a name may be older than what governs. */
const governs = process.env['SIMULATION_GOVERNS'] === 'never' ? 'never' : 'drawn';

describe('replay', () => {
  it.skipIf(seedText === undefined)(`seed ${seedText} holds every invariant`, { timeout: 600_000 }, () => {
    const { findings, lines, trace } = runSeed(Number(seedText), { keepsLines: true, governs });
    console.info(`${lines.join('\n')}\ntrace ${trace}`);
    expect(findings.map(({ oracle, what }) => `invariant ${oracle}: ${what}`)).toEqual([]);
  });
});
