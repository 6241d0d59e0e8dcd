import { describe, expect, it } from 'vitest';
import type { DeviceListBody } from '../../../src/api/types/devices.ts';
import type { PlaceBody } from '../../../src/api/types/places.ts';
import { err, ok } from '../../../src/base/result.ts';
import { refuses, run } from './setup-cli.ts';

function place(name: string, others: Partial<PlaceBody> = {}): PlaceBody {
  return {
    ...{ name, engineId: 'sourceos.sync.agent-registry', collection: 'agents', on: false, files: [`/h/${name}`] },
    ...{
      lookedAt: [`/h/${name}`],
      units: { total: 2, fresh: 2, same: 0, different: 0, absent: 0, held: 0 },
      leftAlone: 1,
    },
    ...{ onlyRead: null, obstacles: [], missingLine: null, failure: null, lackedAuthority: null, ...others },
  };
}

const broken = place('broken', {
  files: [],
  failure: 'Gone wrong.',
  obstacles: [{ path: '/h/b', message: 'Gone wrong.' }],
});

function clientOf(...items: readonly PlaceBody[]) {
  const asked: string[] = [];
  return {
    asked,
    places: async () => ok({ items, nextCursor: null }),
    reviews: async () => ok({ items: [], nextCursor: null }),
    async followPlace(name: string) {
      asked.push(name);
      const found = items.find((item) => item.name === name) as PlaceBody;
      return name === 'stubborn' ? refuses(403, 'Policy says no.')() : ok({ ...found, on: true });
    },
  };
}

describe('setup', () => {
  it('one that is not read or not followed keeps the others from nothing: its reason, and exit 1', async () => {
    const client = clientOf(broken, place('stubborn'), place('codex'), place('cursor', { on: true }));
    const said = await run({ client }, 'setup', '--yes');
    expect([said.exitCode, client.asked]).toEqual([1, ['stubborn', 'codex']]);
    expect(said.out.join('\n')).toMatch(
      /^Failed: broken\. Gone wrong\.\nFailed: stubborn\. Policy says no\.\nNewly followed: codex\. 1 place was followed already\.$/m,
    );
    expect(said.notes).toContain('2 places could not be read or followed: broken, stubborn');
  });

  it('--json has what is new and what failed, and is one document', async () => {
    const client = clientOf(broken, place('stubborn'), place('codex'));
    const { documents, exitCode } = await run({ client }, 'setup', '--yes', '--json');
    expect(exitCode).toBe(1);
    expect(documents).toMatchObject([
      {
        items: [{ name: 'broken' }, { name: 'stubborn', on: false }, { name: 'codex', on: true }],
        followed: ['codex'],
        failed: [
          { name: 'broken', message: 'Gone wrong.' },
          { name: 'stubborn', message: 'Policy says no.' },
        ],
      },
    ]);
  });

  it('a daemon that is gone in between ends it', async () => {
    const gone = { kind: 'unreachable' as const, message: 'Nobody listens.', isNobody: true };
    const client = { ...clientOf(place('codex')), followPlace: async () => err(gone) };
    expect((await run({ client }, 'setup', '--yes')).exitCode).toBe(4);
  });

  it('says of a collection that this device may not write to what becomes of edits there, and who gives the authority', async () => {
    const lackedAuthority = { command: 'sourcesync devices role urn:b admin --authority agents', givers: ['urn:a'] };
    const devices = [
      { deviceId: 'urn:a', label: 'desk' },
      { deviceId: 'urn:b', label: 'lap top' },
    ];
    const lacked = place('claude', { lackedAuthority });
    const free = place('bash', { collection: 'shell' });
    const saidOf = async (...items: readonly PlaceBody[]): Promise<string> => {
      const client = {
        ...clientOf(...items),
        devices: async () => ok({ items: devices, nextCursor: null } as unknown as DeviceListBody),
      };
      return (await run({ client }, 'setup', '--yes')).out.join('\n');
    };
    const both = await saidOf(lacked, free);
    expect(both).toContain(
      'This device may not write to agents: what is new, edited or removed in its places stays in your files here and reaches no other device.',
    );
    expect(both).toContain("On desk: sourcesync devices role 'lap top' admin --authority agents");
    expect(both).toContain('What is new here goes to your other devices, but for agents, as said above.');
    const alone = await saidOf(lacked);
    expect(alone).toContain('Nothing that you change here goes to your other devices, as said above.');
    expect(alone).not.toContain('What is new here goes');
    const neither = await saidOf(free);
    expect(neither).toContain('What is new here goes to your other devices. What they have');
    expect(neither).not.toContain('may not write');
  });

  it('a place that is only read says so where others have something for it, and in its column', async () => {
    const onlyRead = 'Run `x pull NAME`.';
    const absent = { total: 1, fresh: 1, same: 0, different: 0, absent: 3, held: 0 };
    const client = clientOf(place('quiet', { onlyRead }), place('models', { onlyRead, units: absent }));
    const said = (await run({ client }, 'setup')).out.join('\n');
    expect(said).toMatch(/^quiet +no +read +2 +2 +0 +0 +1 +0$/m);
    expect(said).toContain('  models is only read here. Run `x pull NAME`.');
    expect(said).not.toContain('quiet is only read');
  });
});
