import { describe, expect, it } from 'vitest';
import type { ObservedPlace } from '../../../src/contract/observed-place.ts';
import type { Place } from '../../../src/contract/place.ts';
import { createPlacesHost, type Following, type PlacesHostDeps } from '../../../src/daemon/links/places-host.ts';

function observed(name: string, observe: ObservedPlace['observe']): ObservedPlace {
  return {
    ...{ name, observe, lookedAt: () => [`/h/${name}`], onlyRead: 'Run it.', keepsRecords: false },
    ...{ fieldsOf: () => ({}), unitOf: () => undefined },
  };
}

const good = observed('good', async () => ({
  units: [{ id: 'good/a', text: 'a', path: '/h/good' }],
  faults: [],
  leftAlone: 0,
}));
const throwing = observed('throwing', async () => Promise.reject(new Error('no memory')));
const nowhere: Place = {
  name: 'nowhere',
  files: () => {
    throw new Error('no such drive');
  },
  newUnits: () => '/h/nowhere',
  hookLine: undefined,
  open: async () => Promise.reject(new Error('no grammar')),
};

function hostOf(...places: readonly (Place | ObservedPlace)[]) {
  const binding = { engine: { places }, manifest: { engineId: 'sourceos.sync.x', collection: 'x' } };
  const deps = {
    ...{
      surroundings: { home: '/h', environment: {} },
      self: 'device',
      stateFolder: '/s',
      nowMs: () => 0,
    },
    replica: { authorityLacked: () => undefined },
    store: { links: { list: () => [] }, records: { list: () => ({ items: [], nextCursor: null, damaged: 0 }) } },
  };
  const following = { bindings: { all: () => [binding] } };
  return createPlacesHost(deps as unknown as PlacesHostDeps, following as unknown as Following);
}

describe('places of the workstation', () => {
  it('one whose reading fails is said with its reason, and the others are read', async () => {
    const bodies = await hostOf(throwing, nowhere, good).list();
    expect(bodies.map(({ name, failure, units }) => [name, failure, units.total])).toEqual([
      ['throwing', 'What reads it failed: no memory.', 0],
      ['nowhere', expect.stringContaining('no grammar'), 0],
      ['good', null, 1],
    ]);
    expect(bodies.slice(0, 2).map(({ obstacles }) => obstacles.length)).toEqual([1, 1]);
  });

  it('others have their turn while many are looked at', async () => {
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns++;
      if (!isOver) {
        setImmediate(count);
      }
    };
    setImmediate(count);
    await hostOf(...Array.from({ length: 20 }, () => good)).list();
    isOver = true;
    expect(turns).toBeGreaterThanOrEqual(20);
  });
});
