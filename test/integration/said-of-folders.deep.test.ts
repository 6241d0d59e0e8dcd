import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { StatusBody } from '../../src/api/types/bodies.ts';
import type { LinkBody } from '../../src/api/types/links.ts';
import { packageRoot } from '../../src/daemon/ground/package-root.ts';
import { mountSmallDisk, unmountSmallDisk } from '../helpers/failing-disk.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(async () => {
  await stage.close();
});

const isRoot = process.getuid?.() === 0;
const canMount = tried((folder) => {
  const isMounted = mountSmallDisk(folder, '1m');
  unmountSmallDisk(folder);
  return isMounted;
});
const canFreeze = tried((folder) => {
  writeFileSync(join(folder, 'file'), '');
  return freeze(join(folder, 'file'), true) && freeze(join(folder, 'file'), false);
});

function tried(attempt: (folder: string) => boolean): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'ss-can-'));
  const can = attempt(folder);
  rmSync(folder, { recursive: true });
  return can;
}

/** Takes from everybody, or gives back, the right to change a file. */
function freeze(path: string, isFrozen: boolean): boolean {
  try {
    execFileSync('chattr', [isFrozen ? '+i' : '-i', path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Two homes in step, with a file `f` in a linked folder of each. */
async function linkedPair(right = join(stage.root, 'right')): Promise<{ desk: Home; laptop: Home; left: string }> {
  const relay = await stage.startRelay();
  const { desk, laptop } = await pairedHomes(stage, relay);
  const left = join(stage.root, 'left');
  mkdirSync(left);
  mkdirSync(right, { recursive: true });
  writeFileSync(join(left, 'f'), 'as it was\n');
  await desk.json('link', 'notes', left);
  await laptop.json('link', 'notes', right);
  await until('f has come', async () => existsSync(join(right, 'f')));
  await until('all is in step', async () => (await glanceOf(laptop)).state === 'in_step');
  return { desk, laptop, left };
}

async function glanceOf(home: Home): Promise<StatusBody['glance']> {
  return (await home.json<StatusBody>('status')).glance;
}

async function linkOf(home: Home, root: string): Promise<LinkBody> {
  return home.json<LinkBody>('link', 'ls', root);
}

/** As soon as a file is known not to be in step, the sentence says so, names the folder, and the exit code is 3. */
async function saysApart(home: Home, root: string, path: string, code: string): Promise<void> {
  await until(`${path} is known not to be in step`, async () => {
    const { problems } = await linkOf(home, root);
    return problems.some((problem) => problem.path === path && problem.code === code);
  });
  const shown = await home.run();
  expect(shown).toMatchObject({ code: 3, stdout: expect.stringContaining(`folder not in step: ${root} (1 file)`) });
  expect(shown.stdout.split('\n')[0]).toMatch(/: (1 file not in step yet|1 waits for you)$/);
  expect(await home.run('status')).toMatchObject({ code: 3 });
  expect((await glanceOf(home)).state).not.toBe('in_step');
}

async function saysInStep(home: Home): Promise<void> {
  await until('all is in step again', async () => (await glanceOf(home)).state === 'in_step');
  expect(await home.run()).toMatchObject({ code: 0, stdout: expect.stringContaining(': in step') });
}

describe('what is said of a folder while files of it are not in step', () => {
  it.skipIf(!canMount)('ST2 a full disk under it (skipped where no disk can be mounted)', async () => {
    const right = join(stage.root, 'right');
    mkdirSync(right);
    mountSmallDisk(right, '64k');
    onTestFinished(() => {
      unmountSmallDisk(right);
    });
    const { laptop, left } = await linkedPair(right);
    try {
      writeFileSync(join(left, 'f'), 'much of it\n'.repeat(20_000));
      await saysApart(laptop, right, 'f', 'disk_full');
      writeFileSync(join(left, 'f'), 'little of it\n');
      await saysInStep(laptop);
    } finally {
      await laptop.killDaemon('SIGTERM');
      unmountSmallDisk(right);
    }
  });

  it('ST2 a file on one device where the other has a folder of its name', async () => {
    const { desk, laptop, left } = await linkedPair();
    const right = join(stage.root, 'right');
    await laptop.run('sync', 'pause');
    mkdirSync(join(right, 'X'));
    writeFileSync(join(right, 'X', 'g'), 'in a folder\n');
    writeFileSync(join(left, 'X'), 'a file\n');
    await laptop.run('sync', 'resume');
    await saysApart(laptop, right, 'X', 'path_occupied');
    await saysApart(desk, left, 'X/g', 'path_occupied');
    rmSync(join(left, 'X'));
    await saysInStep(laptop);
    await saysInStep(desk);
  });

  it.skipIf(!canFreeze)('ST2 a file that nobody may change (skipped where none can be made so)', async () => {
    const { laptop, left } = await linkedPair();
    const right = join(stage.root, 'right');
    const frozen = join(right, 'f');
    freeze(frozen, true);
    onTestFinished(() => void freeze(frozen, false));
    try {
      writeFileSync(join(left, 'f'), 'edited elsewhere\n');
      await saysApart(laptop, right, 'f', 'not_writable');
      expect((await linkOf(laptop, right)).files).toBe(0);
    } finally {
      freeze(frozen, false);
    }
    await saysInStep(laptop);
  });

  it('ST3 F14 no relay, a file and a folder that cannot be read: said, not syncing, and over when they can be', async () => {
    const { home, root } = await homeOfNobody();
    const closed = join(root, 'closed');
    mkdirSync(closed);
    writeFileSync(join(closed, 'in'), 'in it\n');
    writeFileSync(join(root, 'secret'), 'secret\n');
    writeFileSync(join(root, 'open'), 'open\n');
    own(root, closed, join(closed, 'in'), join(root, 'secret'), join(root, 'open'));
    chmodSync(join(root, 'secret'), 0);
    chmodSync(closed, 0);
    await home.json('link', 'notes', root);
    const shown = await home.run();
    expect(shown).toMatchObject({ code: 3, stdout: expect.stringContaining(`not in step: ${root} (2 files)`) });
    expect(shown.stdout).toMatch(/: 2 files not in step yet · no relay is configured\n/);
    const pathsOf = async (): Promise<readonly string[]> =>
      (await linkOf(home, root)).problems.map(({ path }) => path).toSorted();
    expect(await pathsOf()).toEqual(['closed', 'secret']);
    expect((await home.run('link', 'ls', root)).stdout).not.toContain('its record was kept');
    chmodSync(closed, 0o755);
    await until('the folder is told of no more', async () => (await pathsOf()).join() === 'secret');
    chmodSync(join(root, 'secret'), 0o644);
    await until('all are taken', async () => (await linkOf(home, root)).files === 3);
    expect(await home.run()).toMatchObject({
      ...{ code: 0, stdout: expect.stringContaining('in step on this device alone: no relay is configured') },
    });
  });

  it('ST4 a device that was revoked claims nothing to be in step', async () => {
    const { desk, laptop } = await linkedPair();
    const { device } = await laptop.json<StatusBody>('status');
    await desk.json('devices', 'revoke', device.deviceId, '--execute');
    await until('it has heard of it', async () => (await laptop.json<StatusBody>('status')).device.revoked);
    for (const args of [[], ['status'], ['link', 'ls', join(stage.root, 'right')]]) {
      const { stdout, code } = await laptop.run(...args);
      expect(stdout).not.toMatch(/in step|capability_expired/);
      expect(code).toBe(args[0] === 'link' ? 0 : 3);
    }
    expect(await glanceOf(laptop)).toMatchObject({ state: 'revoked' });
  });
});

/** A home of somebody to whom a file can be closed: nothing is closed to root. */
async function homeOfNobody(): Promise<{ readonly home: Home; readonly root: string }> {
  const command = join(packageRoot, 'bin', 'sourcesync.js');
  const place = join(stage.root, 'theirs');
  const root = join(place, 'folder');
  mkdirSync(root, { recursive: true });
  chmodSync(stage.root, 0o755);
  own(place, root);
  const program = join(stage.root, 'as-nobody.mjs');
  const lines = isRoot ? ['process.setgid(65534);', 'process.setuid(65534);'] : [];
  writeFileSync(program, [...lines, `await import('${pathToFileURL(command).href}');`].join('\n'));
  const home = stage.home('theirs/home', program);
  await home.json('init', '--label', 'desk', '--yes');
  await home.startDaemon();
  return { home, root };
}

function own(...paths: readonly string[]): void {
  for (const path of isRoot ? paths : []) {
    chownSync(path, 65534, 65534);
  }
}
