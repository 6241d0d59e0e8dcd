import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Stage, openStage, until } from '../helpers/processes.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(async () => {
  await stage.close();
});

it('36. a home whose configuration is lost says which relay it used, and syncs again as it says', async () => {
  const relay = await stage.startRelay();
  const home = stage.home('desk');
  const config = join(home.folder, 'config', 'config.toml');
  await home.json('init', '--label', 'desk', '--relay', relay.url);
  await home.startDaemon();
  await home.killDaemon('SIGTERM');
  rmSync(config);
  await home.startDaemon();
  const status = await home.run('status');
  expect(status).toMatchObject({ code: 3, stdout: expect.stringContaining('no relay is configured any more') });
  const { code, stdout } = await home.run('doctor');
  expect(code).toBe(1);
  const line = new RegExp(`WRONG relay: .*\\n *Write into ${config}, under \\[relay\\]: (url = ".*?")`).exec(
    stdout,
  )?.[1];
  await home.killDaemon('SIGTERM');
  writeFileSync(config, `[relay]\n${line}\n`);
  await home.startDaemon();
  await until('it is online', async () => (await home.run('status')).stdout.includes(`relay ${relay.url}: online`));
});
