import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RecordBody, StatusBody } from '../../src/api/types/bodies.ts';
import { canFailDisks, createFailingDisk, mountSmallDisk, unmountSmallDisk } from '../helpers/failing-disk.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

const canMount = canMountDisks();
let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(async () => {
  await stage.close();
});

function canMountDisks(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'ss-mount-'));
  const mounted = mountSmallDisk(folder, '1m');
  unmountSmallDisk(folder);
  rmSync(folder, { recursive: true });
  return mounted;
}

async function write(home: Home, id: string, text: string): Promise<boolean> {
  return (await home.client().putRecord('notes', id, { kind: 'note', text })).ok;
}

async function textOf(home: Home, id: string): Promise<unknown> {
  const found = await home.client().record('notes', id);
  return found.ok ? (found.value as RecordBody).fields?.['text'] : undefined;
}

const holds = (home: Home, id: string, text: string): Promise<void> =>
  until(`${id} is there`, async () => (await textOf(home, id)) === text);

const statusOf = (home: Home): Promise<StatusBody> => home.json<StatusBody>('status');

const isSaid = (home: Home, state: StatusBody['store']['state']): Promise<void> =>
  until(`the disk is ${state}`, async () => (await statusOf(home)).store.state === state);

/** What a person sees while nothing can be written. */
async function saysSo(home: Home, cause: string, remedy: RegExp): Promise<void> {
  const { engines, store } = await statusOf(home);
  expect(store).toMatchObject({ cause, message: expect.stringMatching(remedy) });
  const notes = engines.find(({ collection }) => collection === 'notes');
  expect(notes).toMatchObject({ state: 'degraded', causes: [cause] });
  const shown = await home.run('status');
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining(`! ${cause}: `) });
  const checked = await home.client().doctor();
  expect(checked.ok && checked.value.checks.find(({ name }) => name === 'disk')).toMatchObject({ ok: false });
}

/** An own write is refused in words, whole: nothing of it is there. */
async function refusesToWrite(home: Home, id: string): Promise<void> {
  const file = join(stage.root, `${id}.json`);
  writeFileSync(file, JSON.stringify({ kind: 'note', text: 'refused' }));
  const refused = await home.run('records', 'put', 'notes', id, '--file', file);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('nothing was stored') });
  expect(await textOf(home, id)).toBeUndefined();
}

describe.skipIf(!canFailDisks)('a disk that fails under a home (skipped without gcc)', () => {
  it.each([
    ['write', 'ENOSPC', 'full', 'disk_low', /Make room on it/],
    ['write', 'EIO', 'failing', 'store_failing', /read-only, unplugged or broken/],
    ['write', 'EROFS', 'failing', 'store_failing', /read-only, unplugged or broken/],
    ['sync', 'EIO', 'failing', 'store_failing', /read-only, unplugged or broken/],
  ] as const)(
    '%s %s: the daemon lives, says so, and goes on when it is mended',
    async (operation, error, state, cause, remedy) => {
      const relay = await stage.startRelay('relay', '--open');
      const { desk, laptop } = await pairedHomes(stage, relay);
      const disk = createFailingDisk(join(stage.root, 'scratch'), join(laptop.folder, 'state', 'sourcesync.db'));
      await laptop.killDaemon('SIGTERM');
      const ready = await laptop.startDaemon(disk.environment);
      await write(desk, 'before', 'well');
      await holds(laptop, 'before', 'well');

      disk.fail(operation, error);
      await write(desk, 'meanwhile', 'came from the desk');
      await isSaid(laptop, state);
      await saysSo(laptop, cause, remedy);
      await refusesToWrite(laptop, 'refused');
      expect(await textOf(laptop, 'before')).toBe('well');
      expect(await textOf(laptop, 'meanwhile')).toBeUndefined();

      disk.mend();
      await holds(laptop, 'meanwhile', 'came from the desk');
      await isSaid(laptop, 'well');
      expect(await write(laptop, 'after', 'from the laptop')).toBe(true);
      await holds(desk, 'after', 'from the laptop');
      expect(await laptop.json('daemon', 'status')).toMatchObject({ running: true });
      expect(laptop.printed()).toContain('the disk of this home is well');
      expect(ready).toMatchObject({ event: 'ready' });
    },
  );
});

describe.skipIf(!canMount)('a small disk under a home (skipped where none can be mounted)', () => {
  let folder: string;

  beforeEach(() => {
    folder = join(stage.root, 'laptop');
    mountSmallDisk(folder, '16m');
  });

  afterEach(() => {
    unmountSmallDisk(folder);
  });

  /** As another program would. */
  function fill(): string {
    const filler = join(folder, 'filler');
    try {
      writeFileSync(filler, new Uint8Array(17 * 1024 * 1024));
    } catch {
      return filler;
    }
    throw new Error('believed: the disk is smaller than that');
  }

  it('that other programs fill: entries and keys are still taken, a restart lives on the reserve, nothing is lost', async () => {
    const relay = await stage.startRelay('relay', '--open');
    const { desk, laptop } = await pairedHomes(stage, relay);
    await write(laptop, 'before', 'well');
    await holds(desk, 'before', 'well');
    const filler = fill();
    await write(desk, 'meanwhile', 'x'.repeat(200_000));
    await isSaid(laptop, 'full');
    await saysSo(laptop, 'disk_low', /Make room on it/);
    await refusesToWrite(laptop, 'refused');

    // A membership entry arrives, and a key with it.
    await desk.json('devices', 'role', 'laptop', 'reader');
    await until('the laptop knows its role', async () => {
      const { items } = await laptop.json<{ items: readonly { self: boolean; role: string }[] }>('devices', 'ls');
      return items.find(({ self }) => self)?.role === 'reader';
    });

    await laptop.killDaemon('SIGKILL');
    await laptop.startDaemon();
    await isSaid(laptop, 'full');
    expect(await textOf(laptop, 'before')).toBe('well');

    rmSync(filler);
    await holds(laptop, 'meanwhile', 'x'.repeat(200_000));
    await isSaid(laptop, 'well');
    await desk.json('devices', 'role', 'laptop', 'writer');
    await until('the laptop writes again', async () => write(laptop, 'after', 'from the laptop'));
    await holds(desk, 'after', 'from the laptop');
  });

  it('little room is said while everything still works', async () => {
    const relay = await stage.startRelay('relay', '--open');
    const { desk, laptop } = await pairedHomes(stage, relay);
    const filler = join(folder, 'filler');
    const { bavail, bsize } = statfsSync(folder);
    writeFileSync(filler, new Uint8Array(bavail * bsize - 700 * 1024));
    await isSaid(laptop, 'low');
    await saysSo(laptop, 'disk_low', /Make room on it soon/);
    expect(await write(laptop, 'small', 'still stored')).toBe(true);
    await holds(desk, 'small', 'still stored');
    rmSync(filler);
    await isSaid(laptop, 'well');
  });
});
