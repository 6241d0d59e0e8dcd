import { copyFileSync, existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createDevice } from '../../bench/stage/device.ts';
import { parseRecordId } from '../../../src/base/ids.ts';
import type { Past } from './port.ts';
import { bytesOfRecord } from './record-file.ts';

/**
 * A copy of a home, offline and without its folders, in which records go back to each of their versions by the command
 * that a person would use. The home itself changes nothing by it.
 */
export async function openPast(homeFolder: string, daemon: number | undefined): Promise<Past> {
  const copy = await mkdtemp(join(tmpdir(), 'sourcesync-past-'));
  try {
    await copyHome(homeFolder, copy, daemon);
    const device = createDevice(copy, []);
    await device.start();
    return {
      async contentsOf(kind, path) {
        // Nothing can be called so: it never was a record.
        if (parseRecordId(path) === undefined) {
          return [];
        }
        const { items } = await device.ask((client) => client.history(kind, path));
        const contents: Uint8Array[] = [];
        for (const { changeId } of items.filter(({ rollback }) => rollback)) {
          const bytes = await device
            .ask((client) => client.rollbackRecord(kind, path, changeId))
            .then(
              ({ fields }) => (fields === null ? undefined : bytesOfRecord(kind, path, fields)),
              () => undefined,
            );
          if (bytes !== undefined) {
            contents.push(bytes);
          }
        }
        return contents;
      },
      async close() {
        await device.stop();
        await rm(copy, { recursive: true, force: true, maxRetries: 5 });
      },
    };
  } catch (cause) {
    await rm(copy, { recursive: true, force: true, maxRetries: 5 });
    throw cause;
  }
}

async function copyHome(from: string, to: string, daemon: number | undefined): Promise<void> {
  await mkdir(join(to, 'state'), { recursive: true });
  await cp(join(from, 'state', 'keys'), join(to, 'state', 'keys'), { recursive: true });
  await mkdir(join(to, 'config'));
  const config = await readFile(join(from, 'config', 'config.toml'), 'utf8');
  // Nothing is sent by the copy, and nothing that it goes back to waits for a word.
  const brakes = ['notes', 'workspace', 'shell'].map((name) => `[engines."sourceos.sync.${name}"]\nbrake_share = 1\n`);
  const offline = config.replace(/^url = .*$/m, (line) => `${line}\nlocal_only = true`);
  await writeFile(join(to, 'config', 'config.toml'), `${offline}\n${brakes.join('\n')}`);
  copyFrozen(join(from, 'state'), join(to, 'state'), daemon);
  forgetLinks(join(to, 'state', 'sourcesync.db'));
}

/** The daemon holds its database alone, so it stands still while the files are copied: what a crash would leave. */
function copyFrozen(from: string, to: string, daemon: number | undefined): void {
  if (daemon !== undefined) {
    process.kill(daemon, 'SIGSTOP');
  }
  try {
    for (const name of ['sourcesync.db', 'sourcesync.db-wal']) {
      if (existsSync(join(from, name))) {
        copyFileSync(join(from, name), join(to, name));
      }
    }
  } finally {
    if (daemon !== undefined) {
      process.kill(daemon, 'SIGCONT');
    }
  }
}

/** The copy must not know the folders: it would write into them. */
function forgetLinks(path: string): void {
  const database = new Database(path);
  const tables = database.prepare<[], { readonly name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'");
  const ofLinks = tables
    .all()
    .map(({ name }) => name)
    .filter((name) => /^link(ed)?(_|$)/.test(name));
  if (!ofLinks.includes('link')) {
    throw new Error('The store keeps its links elsewhere by now: a copy of it would follow the same folders.');
  }
  for (const name of ofLinks) {
    database.exec(`DELETE FROM "${name}"`);
  }
  database.close();
}
