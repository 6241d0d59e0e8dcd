import { describe, expect, it } from 'vitest';
import { runSeed } from './run-seed.ts';

const seedText = process.env['SIMULATION_SEED'];

describe('replay', () => {
  it.skipIf(seedText === undefined)(`seed ${seedText} holds every invariant`, { timeout: 600_000 }, () => {
    const { findings, lines, trace } = runSeed(Number(seedText), { keepsLines: true });
    console.info(`${lines.join('\n')}\ntrace ${trace}`);
    expect(findings.map(({ oracle, what }) => `invariant ${oracle}: ${what}`)).toEqual([]);
  });
});
