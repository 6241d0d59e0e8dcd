import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DoctorBody, PageBody, RecordBody } from '../../src/api/types/bodies.ts';
import { canonicalText } from '../../src/base/canonical-json.ts';
import { leavesOf, spoilPage } from '../helpers/damaged-page.ts';
import { type Home, type Stage, openStage, pairedHomes, until } from '../helpers/processes.ts';

const records = 300;
let stage: Stage;
let desk: Home;
let laptop: Home;

beforeAll(async () => {
  stage = await openStage();
  ({ desk, laptop } = await pairedHomes(stage, await stage.startRelay()));
  const puts = Array.from({ length: records }, (_, number) => ({
    id: `n${number}`,
    fields: { kind: 'task', title: `title ${number} ${'x'.repeat(100)}`, props: {} },
  }));
  for (let first = 0; first < records; first += 50) {
    await desk.client().putRecords('workspace', { items: puts.slice(first, first + 50) });
  }
  await until('both have all', async () => (await shown(laptop)).length === records);
});

afterAll(async () => {
  await stage.close();
});

/** What a home shows of the workspace. */
async function shown(home: Home): Promise<readonly string[]> {
  const page = await home.client().records('workspace', { limit: 1000 });
  const items = page.ok ? (page.value as PageBody<RecordBody>).items : [];
  return items.map(({ id, fields }) => `${id} ${canonicalText(fields ?? {})}`).sort();
}

/** Rubbish over a leaf in the middle of a table or index of a stopped home. */
function spoil(home: Home, name: string): void {
  const path = join(home.folder, 'state', 'sourcesync.db');
  const pages = leavesOf(path, name);
  spoilPage(path, pages[Math.floor(pages.length / 2)] ?? 0);
}

const kept = (home: Home): readonly string[] =>
  readdirSync(join(home.folder, 'state')).filter((name) => /\.damaged-[^.]*\.[0-9]*Z$/.test(name));

describe.each(['SIGTERM', 'SIGKILL'] as const)('16 a page that is damaged after an end by %s', (signal) => {
  it.each([
    'record',
    'record_index',
    'history',
    'history_by_record',
    'log',
    'setting',
    'collection',
    'name',
    'session',
  ])('of %s: the device has all that the other one has, and goes on', async (table) => {
    await laptop.killDaemon(signal);
    const keptBefore = kept(laptop);
    spoil(laptop, table);
    await laptop.startDaemon();
    await desk.client().putRecord('workspace', 'n1', { kind: 'task', title: `after ${table} ${signal}`, props: {} });
    await laptop.run('store', 'verify');
    const wanted = await shown(desk);
    await until('the laptop shows what the desk does', async () => {
      const there = await shown(laptop);
      return there.length === wanted.length && there.every((line, index) => line === wanted[index]);
    });
    await laptop.client().putRecord('workspace', 'n2', { kind: 'task', title: `from ${table} ${signal}`, props: {} });
    await until('the desk shows what the laptop wrote', async () =>
      (await shown(desk)).some((line) => line.includes(`from ${table} ${signal}`)),
    );
    await until('doctor has nothing to mend', async () => {
      const { checks } = await laptop
        .client()
        .doctor()
        .then((answer) => (answer.ok ? answer.value : ({ checks: [] } as unknown as DoctorBody)));
      return checks.length > 0 && checks.every(({ ok, name }) => ok || name === 'database');
    });
    // Who was killed leaves a store that is looked through when it is opened.
    expect(signal === 'SIGKILL' && kept(laptop).every((name) => keptBefore.includes(name))).toBe(false);
  });
});

it.each(['gone', 'empty'])(
  '17 a database that is %s: the device has all again, and what it wrote is its own',
  async (how) => {
    await laptop.client().putRecord('workspace', 'n3', { kind: 'task', title: `before it was ${how}`, props: {} });
    await until('the desk has it', async () =>
      (await shown(desk)).some((line) => line.includes(`before it was ${how}`)),
    );
    await laptop.killDaemon('SIGTERM');
    const path = join(laptop.folder, 'state', 'sourcesync.db');
    for (const companion of ['', '-wal', '-shm']) {
      rmSync(path + companion, { force: true });
    }
    if (how === 'empty') {
      writeFileSync(path, '');
    }
    await laptop.startDaemon();
    const wanted = await shown(desk);
    await until('the laptop shows what the desk does', async () => {
      const there = await shown(laptop);
      return there.length === wanted.length && there.every((line, index) => line === wanted[index]);
    });
    await laptop.client().putRecord('workspace', 'n3', { kind: 'task', title: `after it was ${how}`, props: {} });
    await until('the desk has it too', async () =>
      (await shown(desk)).some((line) => line.includes(`after it was ${how}`)),
    );
    expect((await desk.run('doctor')).stdout).toContain('alarms: none stands');
  },
);

it('16 of what was damaged two files at most are kept', () => {
  expect(kept(laptop)).toHaveLength(2);
});
