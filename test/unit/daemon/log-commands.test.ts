import { appendFileSync, closeSync, existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { logLine } from '../../../src/cli/commands/home/logs.ts';
import { localTime } from '../../../src/base/local-time.ts';
import { boundLog, keepLogBounded, olderLog } from '../../../src/daemon/ground/log-size.ts';
import { createLogCommands } from '../../../src/daemon/offline/log-commands.ts';
import { run } from '../cli/setup-cli.ts';
import { temporaryFolder } from './temporary-folder.ts';

const at = Date.parse('2026-01-01T10:00:00.000Z');

it.each<[object | string, string]>([
  [{ level: 30, msg: 'ready', pid: 1, hostname: 'h', name: 'sourcesync', port: 3 }, 'info  ready port=3'],
  [{ level: 50, msg: 'it failed', err: { message: 'why', stack: 'at x' } }, 'ERROR it failed (why)'],
  [{ level: 40, msg: 'a\u001b[2Jb', path: '/n' }, 'WARN  a\\x1b[2Jb path=/n'],
  ['no JSON\u0007', 'no JSON\\x07'],
  ['{"level":30}', '{"level":30}'],
])('an entry %j', (entry, words) => {
  const isText = typeof entry === 'string';
  const time = localTime(new Date(at).toISOString(), 'seconds');
  expect(logLine(isText ? entry : JSON.stringify({ ...entry, time: at }))).toBe(isText ? words : `${time} ${words}`);
});

it('the last lines, those before a log that began anew among them; where there is none, what to do', () => {
  const log = join(temporaryFolder(), 'daemon.log');
  const logs = createLogCommands({ log });
  expect(logs.last(5)).toMatchObject({ exitCode: 1, message: expect.stringContaining('sourcesync daemon start') });
  writeFileSync(log, 'three\nfour\n');
  writeFileSync(olderLog(log), 'one\ntwo\n');
  expect(logs.last(3)).toEqual({ path: log, lines: ['two', 'three', 'four'] });
  expect(logs.last(1)).toMatchObject({ lines: ['four'] });
  expect(logs.last(0)).toMatchObject({ lines: [] });
});

it('what is written later is followed, also in a log that began anew', async () => {
  const log = join(temporaryFolder(), 'followed.log');
  writeFileSync(log, 'before it\n');
  const seen: string[] = [];
  const enough = new Promise<void>((resolve) => {
    void createLogCommands({ log }).follow((line) => {
      seen.push(line);
      if (line === 'one') {
        writeFileSync(log, 'anew\n');
      } else {
        resolve();
      }
    });
  });
  appendFileSync(log, 'one\n');
  await enough;
  expect(seen).toEqual(['one', 'anew']);
});

it('a log that grew too long is kept once and begins anew, for whoever has it open', () => {
  const log = join(temporaryFolder(), 'long.log');
  const file = openSync(log, 'a');
  writeSync(file, 'x'.repeat(20));
  boundLog(log, 20);
  expect(existsSync(olderLog(log))).toBe(false);
  writeSync(file, 'y');
  boundLog(log, 20);
  writeSync(file, 'z');
  expect([readFileSync(log, 'utf8'), readFileSync(olderLog(log), 'utf8').length]).toEqual(['z', 21]);
  keepLogBounded(log, file)();
  closeSync(file);
  const absent = join(temporaryFolder(), 'absent.log');
  boundLog(absent);
  keepLogBounded(absent, 2)();
  expect(existsSync(olderLog(absent))).toBe(false);
});

it('the command: words, one document, and a number that is none', async () => {
  const lines = [JSON.stringify({ level: 30, time: at, msg: 'ready' })];
  const logs = { last: () => ({ path: '/h/log', lines }), follow: async () => Promise.reject(new Error('unasked')) };
  const said = await run({ local: { logs } }, 'logs');
  expect(said).toMatchObject({ exitCode: 0, notes: 'The whole log: /h/log' });
  expect(said.out.join()).toMatch(/info {2}ready$/);
  expect((await run({ local: { logs } }, 'logs', '--json')).documents).toEqual([
    { path: '/h/log', lines: [{ level: 30, time: at, msg: 'ready' }] },
  ]);
  expect(await run({ local: { logs } }, 'logs', '-n', 'x')).toMatchObject({ exitCode: 2 });
});
