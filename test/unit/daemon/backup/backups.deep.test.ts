import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackupCommands, BackupRequest } from '../../../../src/cli/ground/backup-commands.ts';
import { createLocalCommands } from '../../../../src/daemon/offline/local-commands.ts';
import { run } from '../../cli/setup-cli.ts';

const passphrase = 'correct horse battery staple';

let root: string;
/** A whole one, of a home that is gone by then. */
let file: string;
let before: ReadonlyMap<string, string>;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'ss-backup-'));
  file = join(root, 'desk.backup');
  const desk = createLocalCommands(join(root, 'desk'), {});
  const protection = { passphraseFile: undefined, keyring: false };
  await desk.init({ label: 'desk', relay: 'ws://127.0.0.1:9', relayTokenFile: undefined, protection });
  const [engines] = desk.paths().engines as [string];
  mkdirSync(engines, { mode: 0o700 });
  writeFileSync(join(engines, 'books.json'), '{"engine":"books"}');
  mkdirSync(join(root, 'desk', 'state', 'place-copies'));
  writeFileSync(join(root, 'desk', 'state', 'place-copies', '.bashrc.1'), 'alias l=ls\n');
  const created = await (await desk.backup()).create(request(file));
  expect(created).toMatchObject({ file, protection: 'bare', notice: null, of: { store: 2 } });
  before = contentsBelow(join(root, 'desk'));
}, 60_000);

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

function request(path: string, typed = passphrase): BackupRequest {
  return { file: path, passphrase: typed, progress: () => undefined };
}

async function backupsOf(home: string): Promise<BackupCommands> {
  return createLocalCommands(join(root, home), {}).backup();
}

/** Every file below a folder but the databases, which are written anew: its path and what it holds. */
function contentsBelow(folder: string): ReadonlyMap<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(folder, path)).isFile(),
  );
  return new Map(paths.sort().map((path) => [path, readFileSync(join(folder, path), 'latin1')]));
}

/** The backup with one bit another one. */
function flipped(name: string, at: number): string {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  const path = join(root, name);
  writeFileSync(path, bytes);
  return path;
}

describe('backup', () => {
  it('40. of a home that is gone makes an empty one the same device, with its settings and nothing else', async () => {
    const backups = await backupsOf('restored');
    const restored = await backups.restore(request(file));
    expect(restored).toMatchObject({ ok: true, keysTried: true, protection: 'bare' });
    const after = contentsBelow(join(root, 'restored'));
    const kept = [...before.keys()].filter((path) => !/sourcesync\.db|api\.token/.test(path));
    expect([...after.keys()].filter((path) => !/sourcesync\.db|api\.token/.test(path))).toEqual(kept);
    const tokens = [before, after].map((files) => [...files].find(([path]) => path.endsWith('api.token'))?.[1]);
    expect(tokens[1]?.length).toBe(tokens[0]?.length);
    expect(tokens[1]).not.toEqual(tokens[0]);
    for (const path of kept) {
      expect([path, after.get(path)]).toEqual([path, before.get(path)]);
    }
    const database = new Database(join(root, 'restored', 'state', 'sourcesync.db'), { readonly: true });
    expect(database.prepare('select count(*) from setting').pluck().get()).toBeGreaterThan(1);
    database.close();
    expect(readdirSync(root).filter((name) => name.includes('.part'))).toEqual([]);
    expect(statSync(join(root, 'restored', 'state')).mode & 0o077).toBe(0);
    expect(await backups.restore(request(file))).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('is only restored into an empty home'),
    });
  });

  it('39. nothing takes the place of what is there, a link that leads nowhere too, and nothing is left', async () => {
    const backups = await backupsOf('desk');
    const [link, nowhere] = [join(root, 'link'), join(root, 'nowhere')];
    symlinkSync(nowhere, link);
    for (const path of [file, link, root]) {
      const refused = { exitCode: 2, message: expect.stringContaining('never takes the place of a file') };
      expect(await backups.obstacle('create', path)).toMatchObject(refused);
      expect(await backups.create(request(path))).toMatchObject(refused);
    }
    expect(existsSync(nowhere)).toBe(false);
    expect(await backups.create(request(join(root, 'none', 'x')))).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('There is no folder'),
    });
    expect(await backups.create(request(join(root, 'weak'), 'short'))).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('at least 8 characters'),
    });
    const left = readdirSync(join(root, 'desk', 'state')).filter((name) => name.startsWith('store-copy'));
    expect([existsSync(join(root, 'weak')), left]).toEqual([false, []]);
  });

  it('39. the command says that large files are in it as lists, without their bytes', async () => {
    const { backup, keys } = createLocalCommands(join(root, 'desk'), {});
    const typed = [passphrase, passphrase];
    const said = await run({ local: { backup, keys }, typed }, 'backup', 'create', join(root, 'told.backup'));
    expect([said.exitCode, said.out.join('\n')]).toEqual([
      0,
      expect.stringContaining('Of large files of linked folders it holds the lists of their chunks and not the bytes'),
    ]);
  });

  it('39. a home that was never set up has nothing to back up', async () => {
    const refused = await (await backupsOf('never')).create(request(join(root, 'never.backup')));
    expect(refused).toMatchObject({ exitCode: 5, message: expect.stringContaining('No device is set up here') });
  });

  it('39. what an earlier one left when it was killed goes, and what one that runs is writing stays', async () => {
    const other = join(root, 'swept.backup');
    const [gone, running] = [
      join(root, '.swept.backup.999999999.part'),
      join(root, `.swept.backup.${process.ppid}.part`),
    ];
    writeFileSync(gone, 'half');
    writeFileSync(running, 'half');
    expect(await (await backupsOf('desk')).create(request(other))).toMatchObject({ file: other });
    expect([existsSync(gone), existsSync(running)]).toEqual([false, true]);
    rmSync(running);
  });

  it('39. a store with a damaged page is not carried on', async () => {
    const restored = await (await backupsOf('spoilt')).restore(request(file));
    expect(restored).toMatchObject({ ok: true });
    const path = join(root, 'spoilt', 'state', 'sourcesync.db');
    const bytes = readFileSync(path);
    bytes.fill(0xff, bytes.length - 4096);
    writeFileSync(path, bytes);
    const refused = await (await backupsOf('spoilt')).create(request(join(root, 'spoilt.backup')));
    expect(refused).toMatchObject({ exitCode: 1, message: expect.stringContaining('No backup was written') });
    expect(existsSync(join(root, 'spoilt.backup'))).toBe(false);
  });
});

describe('37. what is no whole backup', () => {
  it.each([
    ['a flipped bit in its middle', () => flipped('middle', 100_000), passphrase, 'is damaged'],
    ['a flipped bit at its end', () => flipped('end', statSync(file).size - 1), passphrase, 'is damaged'],
    ['a flipped bit in its first line', () => flipped('line', 30), passphrase, 'is no backup of this program'],
    ['another passphrase', () => file, 'quite another one', 'the passphrase is not the one'],
    ['no file', () => join(root, 'none.backup'), passphrase, 'is not there'],
    ['a folder', () => root, passphrase, 'is no backup of this program'],
    ['a device', () => '/dev/null', passphrase, 'is no backup of this program'],
    ['no passphrase', () => file, '', '1 to 1024 bytes'],
  ])('%s is said, and nothing is restored', async (_, path, typed, words) => {
    const backups = await backupsOf('untouched');
    const said = { exitCode: expect.toBeOneOf([1, 2]), message: expect.stringContaining(words) };
    expect(await backups.verify(request(path(), typed))).toMatchObject(said);
    expect(await backups.restore(request(path(), typed))).toMatchObject(said);
    expect(existsSync(join(root, 'untouched', 'state'))).toBe(false);
    expect(await backups.obstacle('restore', file)).toBeUndefined();
  });

  it('a whole one is said to be whole, and leaves nothing behind', async () => {
    const left = (): readonly string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('sourcesync-verify-'));
    const earlier = left();
    expect(await (await backupsOf('untouched')).verify(request(file))).toMatchObject({ ok: true, keysTried: true });
    expect(left()).toEqual(earlier);
  });
});

describe('40. a home that is not empty is left as it is', () => {
  it.each([
    ['keys', 'state/keys/device.json', 'A device is set up here'],
    ['a database', 'state/sourcesync.db', 'A device is set up here'],
    ['something else', 'state/precious', 'is not empty (it holds precious)'],
    ['other settings', 'config/config.toml', 'says something else than the backup'],
    ['another engine of that name', 'config/engines.d/books.json', 'says something else than the backup'],
  ])('%s', async (_, path, words) => {
    const home = `full-${path.replaceAll('/', '-')}`;
    const place = join(root, home, path);
    mkdirSync(join(place, '..'), { recursive: true });
    writeFileSync(place, 'mine');
    const refused = await (await backupsOf(home)).restore(request(file));
    expect(refused).toMatchObject({ exitCode: 2, message: expect.stringContaining(words) });
    expect([...contentsBelow(join(root, home))]).toEqual([[path, 'mine']]);
  });

  it('the same settings, as an interrupted restore leaves them, are no obstacle', async () => {
    const config = before.get('config/config.toml') as string;
    mkdirSync(join(root, 'again', 'config'), { recursive: true });
    writeFileSync(join(root, 'again', 'config', 'config.toml'), config);
    mkdirSync(join(root, 'again', '.state.999999999.part', 'keys'), { recursive: true });
    expect(await (await backupsOf('again')).restore(request(file))).toMatchObject({ ok: true });
    expect(readdirSync(join(root, 'again')).sort()).toEqual(['config', 'state']);
  });
});

describe('38. keys with a passphrase of their own', () => {
  it('stay sealed under it', async () => {
    expect(await (await backupsOf('own')).restore(request(file))).toMatchObject({ ok: true });
    const own = createLocalCommands(join(root, 'own'), {});
    await own.keys.protect({ kind: 'passphrase', current: undefined, next: 'another passphrase' });
    const other = join(root, 'own.backup');
    const created = await (await own.backup()).create(request(other));
    expect(created).toMatchObject({ protection: 'passphrase', notice: expect.stringContaining('needs both') });
    const backups = await backupsOf('own-again');
    expect(await backups.restore(request(other))).toMatchObject({ ok: true, keysTried: false });
    const keys = (home: string): string => readFileSync(join(root, home, 'state', 'keys', 'device.json'), 'utf8');
    expect(keys('own-again')).toBe(keys('own'));
  });
});
