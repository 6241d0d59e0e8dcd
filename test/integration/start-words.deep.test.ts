import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Home, type Stage, openStage } from '../helpers/processes.ts';

let stage: Stage;
let home: Home;
let config: string;

beforeEach(async () => {
  stage = await openStage();
  home = stage.home('desk');
  config = join(home.folder, 'config', 'config.toml');
  await home.json('init', '--label', 'desk');
});

afterEach(async () => {
  await home.run('daemon', 'stop');
  await stage.close();
});

it('a daemon that cannot start says why in one line, and nothing of earlier ones', async () => {
  const log = join(home.folder, 'state', 'daemon.log');
  appendFileSync(log, `${JSON.stringify({ level: 50, msg: 'of yesterday', err: { stack: 'Error\n at x.ts:1' } })}\n`);
  const whole = readFileSync(config);
  writeFileSync(config, '[device]\nlabel = desk\n');
  for (const command of ['start', 'run']) {
    const { code, stdout, stderr } = await home.run('daemon', command);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^\S+config\.toml is not valid TOML, line 2, column 9: invalid value\. Correct that, .*\n$/);
  }
  expect((await home.run('doctor')).stderr).toMatch(
    /^No daemon runs for this home .* line 2, column 9: invalid value\n$/,
  );
  writeFileSync(config, whole);
  expect(await home.run('daemon', 'stop')).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('nothing to stop'),
  });
  expect(await home.run('daemon', 'start')).toMatchObject({ code: 0, stderr: '' });
});

it('restart puts another process in the place of the one that runs, and starts one where none does', async () => {
  const pids: unknown[] = [];
  for (const stops of [false, false, true]) {
    if (stops) {
      await home.json('daemon', 'stop');
    }
    pids.push((await home.json<{ readonly pid: number }>('daemon', 'restart')).pid);
    expect((await home.json<{ readonly running: boolean }>('daemon', 'status')).running).toBe(true);
  }
  expect(new Set(pids).size).toBe(3);
});
