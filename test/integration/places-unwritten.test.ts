import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DeviceId } from '../../src/base/ids.ts';
import { linkBody } from '../../src/daemon/links/link-body.ts';
import { openedPlace, unitsOfPlace } from '../../src/daemon/links/place-units.ts';
import { placeOf } from './held-rows.ts';
import { openTestFolder } from '../unit/sources/twin.ts';

let home: string;

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'sourcesync-unwritten-')));
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const before = 'alias other=ls\nalias x=ls\n';
const unit = 'bash/alias/x';
const fieldsOf = (body: string) => ({ kind: 'alias', name: 'x', shell: 'bash', body });

async function follow() {
  const surroundings = { home, environment: {} };
  const deps = { surroundings, self: 'd' as DeviceId, stateFolder: join(home, '.state'), nowMs: () => 0 };
  const opened = await openedPlace(placeOf('bash'), deps);
  if (!opened.ok) {
    throw new Error(opened.error.message);
  }
  const path = join(home, '.bashrc');
  writeFileSync(path, before);
  const folder = openTestFolder({ root: `${path}#bash`, ...unitsOfPlace(opened.value, deps, []) });
  await folder.source.start();
  return { folder, path };
}

/** As `link ls` and `doctor` say it. */
function said(source: Parameters<typeof linkBody>[1]) {
  const binding = { manifest: { engineId: 'e', collection: 'shell' } } as Parameters<typeof linkBody>[0];
  const counts = { review: 0, conflicts: 0, quarantined: 0 } as Parameters<typeof linkBody>[2];
  return linkBody(binding, source, counts, Date.now()).notInStep;
}

function managedByChezmoi(): void {
  const made = join(home, '.local/share/chezmoi/dot_bashrc');
  mkdirSync(dirname(made), { recursive: true });
  writeFileSync(made, '');
}

const shows = 'sourcesync records get shell bash/alias/x';
const rows: readonly (readonly [string, (path: string) => void, string, RegExp])[] = [
  ['the file is read-only', (path) => chmodSync(path, 0o444), "alias x='ls -l'", /right to write here/],
  ['another program makes it', managedByChezmoi, "alias x='ls -l'", new RegExp(`goes on by itself.*${shows}`)],
  [
    'it would change something else there',
    () => undefined,
    'alias x=ls\nalias z=ls',
    new RegExp(`Write it there yourself.*${shows}\\. Or make it again.*records history shell bash/alias/x`),
  ],
];

it.each(rows)(
  'P16 what was accepted and cannot be written because %s says where and what ends it, once',
  async (_why, obstruct, body, step) => {
    const { folder, path } = await follow();
    obstruct(path);
    folder.records.put(unit, fieldsOf(body));
    await folder.source.rescan();
    await folder.source.rescan();
    const { count, first } = said(folder.source);
    expect(count).toBe(1);
    expect(first[0]).toMatchObject({ path: unit, reason: expect.stringContaining(path) as string });
    expect(first[0]?.remedy).toMatch(step);
    expect(readFileSync(path, 'utf8')).toBe(before);
    folder.records.put(unit, fieldsOf('alias x=ls'));
    await folder.source.rescan();
    expect(said(folder.source).count).toBe(0);
    await folder.source.stop();
  },
);

it.each(rows.slice(0, 2))('P16 where %s it is over once a person wrote it', async (_why, obstruct, body) => {
  const { folder, path } = await follow();
  obstruct(path);
  folder.records.put(unit, fieldsOf(body));
  await folder.source.rescan();
  expect(said(folder.source).count).toBe(1);
  chmodSync(path, 0o644);
  writeFileSync(path, `alias other=ls\n${body}\n`);
  chmodSync(path, 0o444);
  await folder.source.rescan();
  expect(said(folder.source)).toEqual({ count: 0, first: [], isLasting: false });
  await folder.source.stop();
});

it('P16 a removal that cannot be done there says so too, and is over once a person did it', async () => {
  const { folder, path } = await follow();
  chmodSync(path, 0o444);
  folder.records.remove(unit);
  await folder.source.rescan();
  expect(said(folder.source).first[0]).toMatchObject({ path: unit, reason: expect.stringContaining(path) as string });
  chmodSync(path, 0o644);
  writeFileSync(path, 'alias other=ls\n');
  chmodSync(path, 0o444);
  await folder.source.rescan();
  expect(said(folder.source).count).toBe(0);
  await folder.source.stop();
});
