import { readFile, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { bookmarks } from '../../../engines/browser/places/bookmarks.ts';
import { installedPlaces } from '../../../engines/extensions/places/installed.ts';
import { settingsPlaces } from '../../../engines/extensions/places/settings.ts';
import { zsh } from '../../../engines/shell/places/start-files.ts';
import type { ObservedPlace } from '../../../src/contract/observed-place.ts';
import type { Place, PlaceSurroundings, UnitRecords } from '../../../src/contract/place.ts';
import type { Figure } from '../benchmark.ts';
import { timed } from '../stage/loop-gaps.ts';
import { demand } from '../stage/until.ts';
import { median } from '../statistics.ts';

const rounds = 5;
const goal = '≤ 150';

/** How long it takes to take the files of a person's places apart, and to put a changed unit into them, in this process. */
export async function placeFigures(files: readonly string[]): Promise<readonly Figure[]> {
  // The first is `.zshrc`.
  const surroundings: PlaceSurroundings = { home: dirname(files[0] as string), environment: {} };
  const settings = settingsPlaces.find(({ name }) => name === 'vscode-settings') as Place;
  const extensions = installedPlaces.find(({ name }) => name === 'vscode-extensions') as ObservedPlace;
  return [
    ...(await ofText('the start file', zsh, surroundings, (unit) => unit.replace('/srv/', '/srw/'))),
    ...(await ofText('the settings', settings, surroundings, () => '14')),
    ...(await ofObserved('the bookmarks', bookmarks, surroundings)),
    ...(await ofObserved('the extensions', extensions, surroundings)),
  ];
}

async function ofText(
  what: string,
  place: Place,
  surroundings: PlaceSurroundings,
  change: (unit: string) => string,
): Promise<readonly Figure[]> {
  const codec = await place.open(surroundings);
  const text = await readFile(place.files(surroundings)[0] as string, 'utf8');
  const unitsIn = (of: string) => {
    const parsed = codec.parse(of);
    demand(parsed.ok, `${what} can be taken apart`);
    return parsed.ok ? parsed.value.units : [];
  };
  const units = unitsIn(text);
  const last = units.findLast((unit) => change(unit.text) !== unit.text);
  demand(last !== undefined, `something of ${what} can be changed`);
  const { id = '', text: unit = '' } = last ?? {};
  demand(codec.set(text, id, change(unit)) !== text, `one of ${what} is changed`);
  /** What was taken apart last may be known still. */
  const anew = (round: number): string => `${text}${' '.repeat(round + 1)}`;
  return [
    await figure(`${what} taken apart into ${units.length} units`, (round) => unitsIn(anew(round))),
    await figure(`one unit of ${what} changed`, (round) => codec.set(anew(rounds + round), id, change(unit))),
    await figure(`the units of ${what} as records and back`, () => throughRecords(codec, units)),
  ];
}

async function ofObserved(
  what: string,
  place: ObservedPlace,
  surroundings: PlaceSurroundings,
): Promise<readonly Figure[]> {
  const { units, faults } = await place.observe(surroundings);
  demand(units.length > 0 && faults.length === 0, `${what} can be read`);
  /** What was read of a home is known still: each round has one of its own name. */
  const observe = async (round: number): Promise<unknown> => {
    const home = `${surroundings.home}-${place.name}-${round}`;
    await symlink(surroundings.home, home);
    return place.observe({ ...surroundings, home });
  };
  return [
    await figure(`${what} read as ${units.length} units`, observe),
    await figure(`the units of ${what} as records and back`, () => throughRecords(place, units)),
  ];
}

function throughRecords(
  records: Pick<UnitRecords, 'fieldsOf' | 'unitOf'>,
  units: readonly { readonly id: string; readonly text: string }[],
): void {
  const same = units.filter(({ id, text }) => records.unitOf(id, records.fieldsOf(id, text)) === text);
  demand(same.length === units.length, 'each unit comes back as it was');
}

/** The median of a few rounds: the first of them has the program to warm up. */
async function figure(label: string, work: (round: number) => unknown): Promise<Figure> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    times.push(await timed(async () => void (await work(round))));
  }
  return { label, value: median(times), unit: 'ms', goal };
}
