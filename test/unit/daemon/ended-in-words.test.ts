import { expect, it } from 'vitest';
import { endedInWords } from '../../../src/daemon/offline/spawn-daemon.ts';

const line = (level: number, msg: string, message?: string): string =>
  JSON.stringify({
    level,
    time: 1_796_128_858_355,
    msg,
    ...(message && { err: { message, stack: 'Error\n  at x.ts:1' } }),
  });

it.each([
  ['nothing was logged', '', 'The daemon ended before it was ready (by SIGKILL).'],
  ['warnings alone', line(40, 'the token was lost'), 'The daemon ended before it was ready (by SIGKILL).'],
  ['no lines of a log', 'node: out of memory\n  at y', 'The daemon ended before it was ready (by SIGKILL).'],
  [
    'errors',
    `${line(50, 'first')}\n${line(60, 'the daemon ends by a fault of its own', 'x is not a function')}\n${line(30, 'after')}\n`,
    'The daemon ended before it was ready (by SIGKILL): the daemon ends by a fault of its own (x is not a function).',
  ],
])('a daemon that did not say why it ended, %s: in words, without a stack', (_name, said, words) => {
  expect(endedInWords('by SIGKILL', said, '/log')).toBe(`${words} More stands in its log: /log`);
});
