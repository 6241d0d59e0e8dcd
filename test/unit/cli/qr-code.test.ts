import { describe, expect, it } from 'vitest';
import { ok } from '../../../src/base/result.ts';
import { type Squares, readQr } from '../../helpers/read-qr.ts';
import { type CliSetup, type Said, run } from './setup-cli.ts';

const code = 'K3F9-2M7Q-X1TB-8WNE-5RHC-0GZA-6PJD@wss://relay.example.org:7342#pin=sha256-q0Jm1w';
const invitation = { code, expiresAt: '2026-01-01T00:00:00.000Z' };

async function invite(look: NonNullable<CliSetup['look']>, ...more: readonly string[]): Promise<Said> {
  const client = { invite: async () => ok(invitation), invitePerson: async () => ok(invitation) };
  return run({ client, keys: [], look }, ...(more.length === 0 ? ['pair', 'invite'] : more));
}

/** As a terminal with a dark ground shows it: each character is two squares, one above the other. */
function squaresOf(text: string): Squares {
  const light: Readonly<Record<string, readonly [boolean, boolean]>> = {
    ...{ '█': [true, true], '▀': [true, false], '▄': [false, true], ' ': [false, false] },
  };
  return text.split('\n').flatMap((line) => {
    const pairs = [...line].map((character) => light[character] ?? [true, true]);
    return [pairs.map(([above]) => !above), pairs.map(([, below]) => !below)];
  });
}

describe('the code for a camera', () => {
  it.each([[['pair', 'invite']], [['scopes', 'invite', 'team']]])('of %j says what the words say', async (words) => {
    const { out } = await invite({ columns: 80 }, ...words);
    expect(readQr(squaresOf(out[0]?.trimEnd() ?? ''))).toBe(code);
    expect(out[1]).toContain(code);
  });

  it('is light on dark in each line, whatever the colours of the terminal are', async () => {
    const { out } = await invite({ columns: 80, colour: true });
    const lines = (out[0] ?? '').trimEnd().split('\n');
    expect(lines.every((line) => line.startsWith('\u001b[97;40m') && line.endsWith('\u001b[0m'))).toBe(true);
    expect(readQr(squaresOf(lines.map((line) => line.slice(8, -4)).join('\n')))).toBe(code);
  });

  it.each<[string, NonNullable<CliSetup['look']>, string[]]>([
    ['a terminal is too narrow', { columns: 40 }, ['pair', 'invite']],
    ['a terminal has no UTF-8', { columns: 80, isUnicode: false }, ['pair', 'invite']],
    ['a program reads it', { columns: 80 }, ['pair', 'invite', '--json']],
  ])('is left out where %s', async (_where, look, words) => {
    const { out } = await invite(look, ...words);
    expect(out).toHaveLength(1);
    expect(out[0]).toContain(code);
  });

  it('is left out where there is no terminal', async () => {
    const { out } = await run({ client: { invite: async () => ok(invitation) } }, 'pair', 'invite');
    expect(out).toHaveLength(1);
  });
});
