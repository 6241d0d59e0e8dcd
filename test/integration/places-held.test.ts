import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DeviceId } from '../../src/base/ids.ts';
import { utf8 } from '../../src/base/bytes.ts';
import { isObserved } from '../../src/contract/observed-place.ts';
import { openedPlace, unitsOfPlace } from '../../src/daemon/links/place-units.ts';
import type { UnitDisk } from '../../src/sources/places/unit-disk.ts';
import { type HeldPlace, allPlaces, heldPlaces, nothingStays } from './held-places.ts';

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

async function diskOf({ place, beside = {} }: HeldPlace): Promise<{ readonly disk: UnitDisk; readonly path: string }> {
  const surroundings = { home, environment: {} };
  Object.entries(beside).forEach(([name, text]) => put(join(home, name), text));
  const deps = { surroundings, self: 'd' as DeviceId, stateFolder: join(home, '.state'), nowMs: () => 0 };
  const opened = await openedPlace(place, deps);
  if (!opened.ok) {
    throw new Error(opened.error.message);
  }
  const paths = isObserved(place) ? place.lookedAt(surroundings) : place.files(surroundings);
  const { units } = unitsOfPlace(opened.value, deps, []);
  return { disk: units.disk as UnitDisk, path: paths[0] as string };
}

it('P11 no place is left out', () => {
  const named = [...heldPlaces.map(({ place }) => place), ...nothingStays].map(({ name }) => name);
  expect([...new Set(named)].sort()).toEqual(allPlaces.map(({ name }) => name).sort());
});

it.each(heldPlaces.flatMap((row) => row.unfit.map((unfit) => [row.place.name, unfit, row] as const)))(
  'P11 a unit of %s is held while it reads %j',
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
