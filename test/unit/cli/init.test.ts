import { describe, expect, it } from 'vitest';
import type { LocalCommands } from '../../../src/cli/ground/context.ts';
import type { ExitCode } from '../../../src/cli/ground/exit-codes.ts';
import { run } from './setup-cli.ts';

describe('the recovery words', () => {
  it.each<[string, readonly string[], ExitCode, string]>([
    ['takes the three words that it asks for', ['w3', 'W7 ', 'w11'], 0, 'This device: d'],
    ['says which word was wrong', ['w3', 'w8', 'w7', 'w11'], 0, 'That is not word 7.'],
    ['has set nothing up where the terminal is closed', ['w3'], 1, 'nothing was set up'],
  ])('of init: it %s', async (_what, typed, exitCode, words) => {
    const phrase = Array.from({ length: 12 }, (_, index) => `w${index + 1}`).join(' ');
    const kept: string[] = [];
    const init: LocalCommands['init'] = async ({ confirm }) => {
      await confirm?.(phrase);
      kept.push(phrase);
      return { deviceId: 'd', scopeId: 's', phrase, rootKeys: ['k'], protection: 'bare', notice: null };
    };
    const said = await run({ local: { init }, typed }, 'init');
    expect([said.exitCode, kept.length]).toEqual([exitCode, exitCode === 0 ? 1 : 0]);
    expect(`${said.out.join('\n')}${said.notes}`).toContain(words);
    expect(said.out[0]).toContain('\n     4 w4     5 w5     6 w6\n');
  });
});
