import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../../src/daemon/ground/package-root.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

let stage: Stage;
let desk: Home;
let laptop: Home;
let passphrase: string;

beforeAll(async () => {
  stage = await openStage();
  const relay = await stage.startRelay('relay', '--open');
  ({ desk, laptop } = await pairedHomes(stage, relay));
  passphrase = join(stage.root, 'passphrase');
  writeFileSync(passphrase, 'correct horse battery staple\n', { mode: 0o600 });
}, 180_000);

afterAll(async () => {
  await stage.close();
});

const write = async (home: Home, id: string): Promise<void> => {
  const written = await home.client().putRecord('workspace', id, { kind: 'task', title: id });
  expect(written).toMatchObject({ ok: true });
};

const arrives = async (home: Home, id: string): Promise<void> =>
  until(`${id} is there`, async () => (await home.client().record('workspace', id)).ok);

const backUp = async (home: Home, file: string) => home.json('backup', 'create', file, '--passphrase-file', passphrase);

/** A command that is ended in the middle, at one of these times after its start. */
async function killed(home: Home, args: readonly string[], afterMs: number): Promise<void> {
  const program = join(packageRoot, 'bin', 'sourcesync.js');
  const child: ChildProcess = spawn(
    process.execPath,
    [program, ...args, '--passphrase-file', passphrase, '--home', home.folder],
    { stdio: 'ignore' },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await Promise.race([pause(afterMs), ended]);
  child.kill('SIGKILL');
  await ended;
}

it('39, 40. a home that is lost comes back from its backup, and goes on where relays and others are by then', {
  timeout: 120_000,
}, async () => {
  await write(desk, 'before');
  await arrives(laptop, 'before');
  const file = join(stage.root, 'desk.backup');
  expect(await backUp(desk, file)).toMatchObject({ file, protection: 'bare' });
  await write(desk, 'since');
  await arrives(laptop, 'since');
  await desk.killDaemon('SIGKILL');
  rmSync(desk.folder, { recursive: true });
  await write(laptop, 'meanwhile');
  const restored = await desk.run('backup', 'restore', file, '--passphrase-file', passphrase);
  expect(restored).toMatchObject({ code: 0, stdout: expect.stringContaining('Next: sourcesync daemon start') });
  expect(await desk.run()).toMatchObject({ code: 4, stderr: expect.stringMatching(/^No daemon runs for this home/) });
  await desk.startDaemon();
  for (const id of ['before', 'since', 'meanwhile']) {
    await arrives(desk, id);
  }
  await write(desk, 'after');
  await arrives(laptop, 'after');
  const doctor = await desk.run('doctor');
  expect(doctor.stdout).toContain('an older copy of it was put back');
  expect((await desk.json<{ alarms: unknown[] }>('status')).alarms).toEqual([]);
  const again = await desk.run('backup', 'restore', file, '--passphrase-file', passphrase);
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('A daemon of this home runs') });
});

it('39. ended anywhere, there is a whole backup or none, and the next one cleans up', {
  timeout: 180_000,
}, async () => {
  const file = join(stage.root, 'killed.backup');
  for (let afterMs = 300; afterMs <= 1500; afterMs += 300) {
    await killed(desk, ['backup', 'create', file], afterMs);
    if (existsSync(file)) {
      expect(await desk.json('backup', 'verify', file, '--passphrase-file', passphrase)).toMatchObject({ ok: true });
      rmSync(file);
    }
  }
  await backUp(desk, file);
  expect(readdirSync(stage.root).filter((name) => name.includes('.part'))).toEqual([]);
  await write(desk, 'goes-on');
  await arrives(laptop, 'goes-on');
});

it('40. ended anywhere, there is a whole home or none, and the same command goes on', {
  timeout: 180_000,
}, async () => {
  const file = join(stage.root, 'restored.backup');
  await backUp(laptop, file);
  for (let afterMs = 300; afterMs <= 1500; afterMs += 300) {
    const other = stage.home(`restored-${afterMs}`);
    await killed(other, ['backup', 'restore', file], afterMs);
    if (!existsSync(join(other.folder, 'state'))) {
      expect(await other.json('backup', 'restore', file, '--passphrase-file', passphrase)).toMatchObject({ ok: true });
    }
    const files = readdirSync(join(other.folder, 'state')).sort();
    expect(files).toEqual(['keys', 'sourcesync.db']);
    expect(readdirSync(other.folder).sort()).toEqual(['config', 'state']);
    expect(readFileSync(join(other.folder, 'state', 'keys', 'device.json'))).toEqual(
      readFileSync(join(laptop.folder, 'state', 'keys', 'device.json')),
    );
  }
});

it('39. where no daemon runs, or its keys are locked, the command copies the store itself', {
  timeout: 120_000,
}, async () => {
  const quiet = stage.home('quiet');
  await quiet.json('init', '--label', 'quiet', '--passphrase-file', passphrase);
  const [offline, locked] = [join(stage.root, 'offline.backup'), join(stage.root, 'locked.backup')];
  expect(await backUp(quiet, offline)).toMatchObject({ protection: 'passphrase' });
  await quiet.startDaemon();
  expect(await backUp(quiet, locked)).toMatchObject({ protection: 'passphrase' });
  expect(await quiet.json('backup', 'verify', locked, '--passphrase-file', passphrase)).toMatchObject({
    keysTried: true,
  });
});

it.skipIf(process.platform === 'win32')('39. what the disk does not take leaves no file, and is said', async () => {
  const folder = join(stage.root, 'limited');
  mkdirSync(folder);
  const program = join(packageRoot, 'bin', 'sourcesync.js');
  const line = `ulimit -f 40; exec "$0" "$@"`;
  const args = [program, 'backup', 'create', 'x.backup', '--passphrase-file', passphrase, '--home', desk.folder];
  const child = spawn('sh', ['-c', line, process.execPath, ...args], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => {
    said += data.toString('utf8');
  });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect([code, said]).toEqual([1, expect.stringContaining('may not become as large as this')]);
  expect(readdirSync(folder)).toEqual([]);
});
