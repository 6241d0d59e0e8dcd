import { describe, expect, it } from 'vitest';
import { askedElsewhere, askedHere } from '../../../src/api/answers/asked-here.ts';
import type { CollectionName } from '../../../src/base/ids.ts';
import { countsHere } from '../../../src/daemon/engines/counts-here.ts';
import { setupPair } from '../../helpers/setup-pair.ts';

const agents = 'agents' as CollectionName;
const shell = 'shell' as CollectionName;

describe('who is asked', () => {
  it('RV5 not who may neither accept nor reject, until the authority is given: then the same items are', () => {
    const pair = setupPair();
    const { a, b, workspace } = pair;
    a.put(['agents', 'x'], { name: 'helper', tools: ['Bash'] });
    a.put(['shell', 's'], { kind: 'alias', name: 'll', body: 'ls' });
    pair.exchange();
    const deps = { replica: b.replica, store: b.disk };
    const asked = (): readonly string[] =>
      b
        .reviews()
        .filter(askedHere(deps))
        .map(({ collection }) => collection)
        .sort();
    expect(
      b
        .reviews()
        .map(({ collection }) => collection)
        .sort(),
    ).toEqual([agents, shell]);
    expect(asked()).toEqual([shell]);
    expect(
      b
        .reviews()
        .map((item) => ({ ...item, kind: 'brake' as const }))
        .filter(askedHere(deps)),
    ).toHaveLength(2);
    expect(askedElsewhere(deps, [agents, shell])).toEqual({
      elsewhere: [
        {
          ...{ collection: agents, count: 1, givers: expect.arrayContaining([a.replica.self]) },
          command: `sourcesync devices role ${b.replica.self} admin --authority agents`,
        },
      ],
    });
    expect(countsHere(b.disk, b.replica, agents)).toMatchObject({ review: 0, conflicts: 0 });
    expect(countsHere(b.disk, b.replica, shell)).toMatchObject({ review: 1 });
    const drafted = a.replica.draftRole(workspace, b.replica.self, { role: 'admin', authorities: ['lease', 'agents'] });
    for (const { replica } of [a, b]) {
      expect(drafted.ok && replica.receiveEntries(workspace, 0, [drafted.value.entry])).toMatchObject({ ok: true });
    }
    expect(asked()).toEqual([agents, shell]);
    expect([askedElsewhere(deps, [agents, shell]), countsHere(b.disk, b.replica, agents).review]).toEqual([{}, 1]);
  });

  it('RV5 what a device holds already stays in the command', () => {
    const { a, b, workspace } = setupPair();
    const drafted = a.replica.draftRole(workspace, b.replica.self, { role: 'writer', authorities: ['lease'] });
    for (const { replica } of [a, b]) {
      expect(drafted.ok && replica.receiveEntries(workspace, 0, [drafted.value.entry])).toMatchObject({ ok: true });
    }
    expect(b.replica.authorityLacked(agents)?.command).toBe(
      `sourcesync devices role ${b.replica.self} writer --authority lease agents`,
    );
  });
});
