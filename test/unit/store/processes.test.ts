import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { listCopies, upgradesFolder } from '../../../src/store/sqlite/upgrade/copies.ts';
import { readLedger } from '../../../src/store/sqlite/upgrade/ledger.ts';
import { changeOf, notes, recordOf } from '../../contract/store-rows.ts';
import { itDeep } from '../../helpers/suite.ts';
import { everyItem } from '../../helpers/test-device.ts';
import { makeFirstVersion, readVersion } from './first-version.ts';
import { type StoreHome, createStoreHome } from './store-home.ts';

// A child compiles the store before it starts, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

let home: StoreHome;
let children: ChildProcess[] = [];

beforeEach(() => {
  home = createStoreHome();
});

afterEach(() => {
  for (const child of children) {
    child.kill('SIGKILL');
  }
  children = [];
  home.remove();
});

function start(task: string, step = ''): { child: ChildProcess; lines: AsyncIterator<string> } {
  const local = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(
    process.execPath,
    ['--import', local('typescript-loader.mjs'), local('child.ts'), task, home.path, step],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  children.push(child);
  return { child, lines: createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]() };
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

describe('§2 one process has the store', () => {
  it('tells a second process who holds it, and lets it in once that one was killed', async () => {
    const { child, lines } = start('hold');
    expect((await lines.next()).value).toBe('open');
    const refused = openSqliteStore(home.options);
    expect(refused).toMatchObject({ ok: false, error: { kind: 'in_use', holder: { pid: child.pid } } });
    expect(!refused.ok && refused.error.message).toMatch(new RegExp(`process ${child.pid} since 20.*Stop that daemon`));
    await kill(child);
    expect(readFileSync(`${home.path}.lock`, 'utf8')).toContain(String(child.pid));
    expect(home.open().settings.get('label')).toBeUndefined();
    expect(readFileSync(`${home.path}.lock`, 'utf8')).toContain(String(process.pid));
  });

  it('tells this process too', () => {
    home.open();
    const second = openSqliteStore(home.options);
    expect(second).toMatchObject({ ok: false, error: { kind: 'in_use', holder: { pid: process.pid } } });
  });

  it.each(['{"pid":999999999,"since":null}', '{"pid":1}', 'not json', ''])('takes over a stale lock: %s', (text) => {
    mkdirSync(dirname(home.path), { recursive: true });
    writeFileSync(`${home.path}.lock`, text);
    home.open();
    expect(JSON.parse(readFileSync(`${home.path}.lock`, 'utf8'))).toMatchObject({ pid: process.pid });
  });
});

describe('§1 what was acknowledged outlives the process', () => {
  itDeep('loses no commit to a kill', async () => {
    const { child, lines } = start('commit-and-die');
    for (let number = 0; number < 200; number++) {
      expect((await lines.next()).value).toBe(String(number));
    }
    await kill(child);
    const store = home.open();
    const { live } = store.records.counts(notes);
    expect(live).toBeGreaterThanOrEqual(200);
    for (let number = 0; number < live; number++) {
      expect(store.records.get(notes, recordOf(`r${number}`))).toMatchObject({ state: 'live' });
      expect(store.history.get(changeOf(number))?.sequence).toBe(number);
    }
  });

  itDeep('leaves no trace of a transaction that a kill interrupted', async () => {
    const { child, lines } = start('die-in-transaction');
    const gone = once(child, 'exit');
    expect((await lines.next()).value).toBe('kept');
    await gone;
    const store = home.open();
    expect(store.records.list(notes, { cursor: null, limit: 10 }).items.map((row) => row.id)).toEqual(['kept']);
  });
});

describe('§6 an upgrade that was killed goes on at the next opening', () => {
  async function killedAt(step: string, version: 1 | 2): Promise<void> {
    const rows = makeFirstVersion(home);
    const { child } = start('die-in-upgrade', step);
    expect((await once(child, 'exit'))[1]).toBe('SIGKILL');
    expect(readVersion(home.path)).toEqual({ version, check: 'ok' });
    const store = home.open();
    expect(store.records.list(notes, everyItem).items).toEqual(rows);
    store.close();
    const events = readLedger(home.path).map(({ event }) => event);
    expect(events).toEqual(version === 2 ? ['begun', 'done'] : ['begun', 'failed', 'begun', 'done']);
    expect(readdirSync(upgradesFolder(home.path)).filter((name) => name.includes('.db.new'))).toEqual([]);
    expect(listCopies(home.path, 'store')).toHaveLength(1);
  }

  it('before its steps are committed: the store is that of before', async () => killedAt('checking', 1));
  itDeep('before the copy', async () => killedAt('copying', 1));
  itDeep('after the copy', async () => killedAt('copied', 1));
  itDeep('before a step', async () => killedAt('to 2', 1));
  itDeep('after the commit: the store is that of today', async () => killedAt('committed', 2));
  itDeep('at its end', async () => killedAt('done', 2));
});
