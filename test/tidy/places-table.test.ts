import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isObserved } from '../../src/contract/observed-place.ts';
import { engineFor } from '../../src/daemon/engines/engine-modules.ts';
import { canonicalEngines } from '../../src/manifest/canonical.ts';
import { rootFolder } from './run-tool.ts';

type Row = readonly string[];

/** Rows of the table that begins with these words, a list of cells each. */
function rowsOf(path: string, head: string): readonly Row[] {
  const [, table = ''] = readFileSync(join(rootFolder, path), 'utf8').split(`\n${head}`);
  const lines = table.split('\n').slice(2);
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(0, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const places = canonicalEngines.flatMap(({ engineId, collection }) =>
  (engineFor(engineId, undefined).places ?? []).map((place) => ({
    ...{ collection, name: place.name, onlyRead: isObserved(place) },
  })),
);

/** Places of kin editors stand in the row of the first: `the same for cursor`. */
const kin = /-(settings|keybindings|snippets|extensions)$/;

function isIn([collection, cell = '']: Row, place: (typeof places)[number]): boolean {
  const [suffix] = kin.exec(place.name) ?? [];
  const names = suffix === undefined ? [place.name] : [`vscode${suffix}`, place.name.slice(0, -suffix.length)];
  return (
    collection === place.collection &&
    (hasWord(cell, place.name) || (suffix !== undefined && names.every((name) => hasWord(cell, name))))
  );
}

function hasWord(text: string, word: string): boolean {
  return text
    .replaceAll(/`[^`]*`/g, ' ')
    .split(/[^\w-]+/)
    .includes(word);
}

describe('the tables of places', () => {
  const rows = rowsOf('docs/places.md', '| engine | place |');

  it('name each place that ships, with the access that it has', () => {
    expect(places.length).toBeGreaterThan(20);
    const wrong = places.filter((place) => {
      const named = rows.filter((row) => isIn(row, place));
      return named.length !== 1 || place.onlyRead === named[0]?.[5]?.startsWith('read and write');
    });
    expect(wrong).toEqual([]);
  });

  it('have no row without a place, and say of each system whether it was tried', () => {
    expect(rows.filter((row) => !places.some((place) => isIn(row, place)))).toEqual([]);
    const systems = rows.flatMap((row) => row.slice(2, 5));
    expect(systems.filter((cell) => !/(^|\b)(tried|not tried|none)\b/.test(cell))).toEqual([]);
  });

  it('README names the engines that have places, and no other', () => {
    const named = rowsOf('README.md', '| engine | places |').map(([name]) => name);
    expect(new Set(named)).toEqual(new Set(places.map(({ collection }) => collection)));
  });
});
