import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DeviceId } from '../../src/base/ids.ts';
import { utf8 } from '../../src/base/bytes.ts';
import { isObserved } from '../../src/contract/observed-place.ts';
import { openedPlace, unitsOfPlace } from '../../src/daemon/links/place-units.ts';
import type { UnitDisk } from '../../src/sources/places/unit-disk.ts';
import { openTestFolder } from '../unit/sources/twin.ts';
import { heldPlaces } from './held-places.ts';
import { type HeldPlace, allPlaces, nothingStays, placeOf, token } from './held-rows.ts';

let home: string;

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'sourcesync-held-')));
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text.replaceAll('HOME', home));
}

async function unitsOf({ place, beside = {} }: Pick<HeldPlace, 'place' | 'beside'>) {
  const surroundings = { home, environment: {} };
  Object.entries(beside).forEach(([name, text]) => put(join(home, name), text));
  const deps = {
    surroundings,
    self: 'd' as DeviceId,
    stateFolder: join(home, '.state'),
    nowMs: () => 0,
  };
  const opened = await openedPlace(place, deps);
  if (!opened.ok) {
    throw new Error(opened.error.message);
  }
  const paths = isObserved(place) ? place.lookedAt(surroundings) : place.files(surroundings);
  return { ...unitsOfPlace(opened.value, deps, []), path: paths[0] as string };
}

async function diskOf(row: HeldPlace): Promise<{ readonly disk: UnitDisk; readonly path: string }> {
  const { units, path } = await unitsOf(row);
  return { disk: units.disk as UnitDisk, path };
}

it('P14 no place is left out', () => {
  const named = [...heldPlaces.map(({ place }) => place), ...nothingStays].map(({ name }) => name);
  expect([...new Set(named)].sort()).toEqual(allPlaces.map(({ name }) => name).sort());
});

it.each(heldPlaces.flatMap((row) => row.unfit.map((unfit) => [row.place.name, unfit, row] as const)))(
  'P14 a unit of %s is held while it reads %j',
  async (_name, unfit, row) => {
    const { disk, path } = await diskOf(row);
    const file = row.file === undefined ? path : join(home, row.file(home));
    put(file, row.fit);
    await disk.changes();
    const before = await disk.read(row.id);
    expect(before).toMatchObject({ kind: 'file' });
    const text = before.kind === 'file' ? before.bytes : utf8('');

    put(file, unfit);
    await disk.changes();
    expect(await disk.look(row.id)).toEqual({ kind: 'held' });
    const identity = before.kind === 'file' ? before.identity : undefined;
    const written = { bytes: text, executable: false, private: false, carriesMode: false };
    expect((await disk.write(row.id, written, identity)).ok).toBe(false);
    expect((await disk.write(row.id, written, undefined)).ok).toBe(false);
    expect((await disk.remove(row.id, identity ?? '', false)).ok).toBe(false);

    put(file, row.fit);
    await disk.changes();
    expect(await disk.read(row.id)).toMatchObject({ kind: 'file', bytes: text });
    if (row.gone === undefined) {
      rmSync(file);
    } else {
      put(file, row.gone);
    }
    await disk.changes();
    expect(await disk.look(row.id)).toEqual({ kind: 'absent' });
  },
);

const alias = 'bash/alias/x';
const withToken = `alias other=ls\nalias x='curl -H ${token}'\n`;

async function follow() {
  const { mapping, units, path } = await unitsOf({ place: placeOf('bash') });
  put(path, "alias other=ls\nalias x='ls'\n");
  const folder = openTestFolder({ root: `${home}#bash`, mapping, units });
  await folder.source.start();
  return { folder, path };
}

it('P14 a record of what is held stays as it is, and nothing complains', async () => {
  const { folder, path } = await follow();
  put(path, withToken);
  await folder.source.rescan();
  expect(folder.records.rows.get(alias)).toMatchObject({ state: 'live', fields: { body: "alias x='ls'" } });
  expect(folder.source.status().problems).toEqual([]);
  expect(JSON.stringify(folder.records.edits)).not.toContain(token);
  put(path, "alias other=ls\nalias x='ls -A'\n");
  await folder.source.rescan();
  expect(folder.records.rows.get(alias)).toMatchObject({ state: 'live', fields: { body: "alias x='ls -A'" } });
  put(path, 'alias other=ls\n');
  await folder.source.rescan();
  expect(folder.records.rows.get(alias)?.state).toBe('tombstoned');
  await folder.source.stop();
});

it.each([
  ['change', "alias other=ls\nalias x='pwd'\n"],
  ['remove', 'alias other=ls\n'],
])('P14 what others %s is done once it is fit again, and not before', async (what, after) => {
  const { folder, path } = await follow();
  put(path, withToken);
  await folder.source.rescan();
  if (what === 'remove') {
    folder.records.remove(alias);
  } else {
    folder.records.put(alias, { kind: 'alias', name: 'x', shell: 'bash', body: "alias x='pwd'" });
  }
  await folder.source.rescan();
  expect(readFileSync(path, 'utf8')).toBe(withToken);
  expect(folder.source.status().problems).toEqual([]);
  put(path, "alias other=ls\nalias x='ls'\n");
  await folder.source.rescan();
  expect(readFileSync(path, 'utf8')).toBe(after);
  await folder.source.stop();
});
