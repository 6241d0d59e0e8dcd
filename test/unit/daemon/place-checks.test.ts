import { expect, it } from 'vitest';
import type { PlaceBody } from '../../../src/api/types/places.ts';
import { placeChecks } from '../../../src/daemon/links/place-checks.ts';

const place: PlaceBody = {
  ...{ name: 'reading-list', engineId: 'sourceos.sync.reading', collection: 'reading', on: true },
  ...{ files: ['/h/r'], lookedAt: ['/h/r'], leftAlone: 0, onlyRead: null, obstacles: [], missingLine: null },
  ...{ failure: null, lackedAuthority: null },
  units: { total: 2, fresh: 0, same: 2, different: 0, absent: 0, held: 0 },
};

it('23b says of a place what works, what fails in which file, and what to do', () => {
  const name = 'place reading-list of sourceos.sync.reading';
  const obstacles = [{ path: '/h/r', message: 'the script /e/reading.js: it threw an error.' }];
  expect(placeChecks([place, { ...place, on: false }, { ...place, obstacles }])).toEqual([
    { name, ok: true, message: '2 units', remedy: null },
    { name, ok: true, message: '2 units, not followed', remedy: null },
    {
      ...{ name, ok: false },
      message: 'Nothing of it is read or written (/h/r): the script /e/reading.js: it threw an error.',
      remedy:
        'Mend what is named, or the script of sourceos.sync.reading, or remove that engine from engines.d; then: sourcesync daemon restart; or leave the place alone: sourcesync places off reading-list',
    },
  ]);
});
