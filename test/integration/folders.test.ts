import { appendFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Home, type Stage, filesBelow, openStage, pairedHomes, sameFiles, until } from '../helpers/processes.ts';
import { itDeep, runs } from '../helpers/suite.ts';

const fileCount = runs(40, 300);

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(async () => {
  await stage.close();
});

describe('two homes and a folder of text files', () => {
  it('hold the same files after crashes of either daemon and of the relay, and nothing is lost', async () => {
    const relay = await stage.startRelay();
    const { desk, laptop } = await pairedHomes(stage, relay);
    const left = join(stage.root, 'left');
    const right = join(stage.root, 'right');
    await mkdir(left);
    await mkdir(right);
    for (let index = 0; index < fileCount; index++) {
      await writeFile(join(left, nameOf(index)), textOf(index));
    }
    await desk.json('link', 'notes', left);
    await laptop.json('link', 'notes', right);
    await until('every file has arrived', async () => sameFiles(left, right));
    // Before that, a file that is edited after a crash meets its record for the first time and is kept beside it (F5).
    await until('all of them are noted', async () => {
      const { items } = unwrap(await laptop.client().links());
      return items[0]?.files === fileCount;
    });

    await appendFile(join(left, nameOf(1)), 'before the relay was killed\n');
    await relay.kill('SIGKILL');
    await appendFile(join(left, nameOf(2)), 'while the relay was down\n');
    await appendFile(join(right, nameOf(3)), 'while the relay was down\n');
    await relay.restart();
    await appendFile(join(right, nameOf(4)), 'before the laptop was killed\n');
    await laptop.killDaemon('SIGKILL');
    await appendFile(join(left, nameOf(5)), 'while the laptop was down\n');
    await appendFile(join(right, nameOf(5)), 'edited under a dead daemon\n');
    await laptop.startDaemon();
    await desk.killDaemon('SIGKILL');
    await appendFile(join(left, nameOf(6)), 'edited under a dead daemon\n');
    await desk.startDaemon();

    const lines = expectedLines();
    await until('both folders are identical and hold every edit', async () => {
      const files = await filesBelow(right);
      return (await sameFiles(left, right)) && lines.every(([name, line]) => files.get(name)?.includes(line) === true);
    });
    expect((await filesBelow(left)).size).toBe(fileCount);
    for (const home of [desk, laptop]) {
      await expectClean(home);
    }
  });

  itDeep(
    'are taken with their symbolic links once that is asked for, and a second folder is linked only by a word more',
    async () => {
      const home = stage.home('desk');
      await home.json('init', '--yes', '--label', 'desk');
      await home.startDaemon();
      const [folder, second] = [join(stage.root, 'linked'), join(stage.root, 'second')];
      await mkdir(folder);
      await mkdir(second);
      await writeFile(join(folder, 'note.md'), 'a note\n');
      await symlink('note.md', join(folder, 'link.md'));
      await home.json('link', 'notes', folder);
      expect((await home.run('link', 'ls', folder)).stdout).toContain('--links');
      const again = await home.run('link', 'notes', folder);
      expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('is linked already')]);
      const taken = await home.run('link', 'notes', folder, '--links');
      expect([taken.stderr, taken.code, taken.stdout]).toEqual(['', 0, expect.stringContaining('2 files in step.')]);

      const also = await home.run('link', 'notes', second);
      expect([also.code, also.stderr]).toEqual([0, expect.stringContaining(`all 2 files of it`)]);
      await until('it is filled', async () => (await filesBelow(second)).has('note.md'));
    },
  );

  itDeep('keep content, record ids and collection names out of the relay and out of both databases', async () => {
    const relay = await stage.startRelay();
    const { desk, laptop } = await pairedHomes(stage, relay);
    const canaries = ['canary-content-77', 'canary-record-id', 'canary-path'];
    await desk
      .client()
      .putRecord('workspace', 'canary-record-id', { kind: 'task', title: 'canary-content-77', props: {} });
    const folder = join(stage.root, 'linked');
    await mkdir(folder);
    await writeFile(join(folder, 'canary-path.md'), 'canary-content-77\n');
    await desk.json('link', 'notes', folder);
    await until('both have arrived', async () => {
      const { engines } = unwrap(await laptop.client().status());
      return ['workspace', 'notes'].every(
        (name) => engines.find(({ collection }) => collection === name)?.counts.live === 1,
      );
    });
    const stored = [
      ...(await databaseBytes(relay.folder)),
      ...(await databaseBytes(desk.folder)),
      ...(await databaseBytes(laptop.folder)),
    ];
    expect(stored.length).toBeGreaterThanOrEqual(3);
    // The kind of a scope, `workspace`, is something that the relay may know: it stands in the membership log.
    for (const [path, bytes] of stored) {
      for (const word of [...canaries, 'presence', '"notes"', 'graph_merge', '"collection"']) {
        expect(bytes.includes(word), `${path} holds ${word}`).toBe(false);
      }
    }
  });
});

function nameOf(index: number): string {
  return `note ${String(index).padStart(4, '0')}.md`;
}

function textOf(index: number): string {
  return `# Note ${index}\n\n${`A line about thing ${index * 7}, long enough to be text.\n`.repeat(20 + (index % 60))}`;
}

function expectedLines(): readonly (readonly [string, string])[] {
  return [
    [nameOf(1), 'before the relay was killed'],
    [nameOf(2), 'while the relay was down'],
    [nameOf(3), 'while the relay was down'],
    [nameOf(4), 'before the laptop was killed'],
    [nameOf(5), 'while the laptop was down'],
    [nameOf(5), 'edited under a dead daemon'],
    [nameOf(6), 'edited under a dead daemon'],
  ];
}

async function expectClean(home: Home): Promise<void> {
  expect(await home.json('audit', 'verify')).toMatchObject({ valid: true });
  expect(await home.json('doctor')).toMatchObject({ ok: true });
}

async function databaseBytes(folder: string): Promise<readonly (readonly [string, string])[]> {
  const files = [...(await filesBelow(folder))].filter(([path]) => /\.(db|sqlite3?)(-wal|-shm)?$/.test(path));
  return Promise.all(files.map(async ([path]) => [path, await readFile(join(folder, path), 'latin1')] as const));
}

function unwrap<T>(
  answer: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown },
): T {
  if (!answer.ok) {
    throw new Error(JSON.stringify(answer.error));
  }
  return answer.value;
}
