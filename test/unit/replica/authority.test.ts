import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import type { Authority, Role } from '../../../src/membership/parse/state.ts';
import { type Devices, setupDevices } from '../../helpers/setup-pair.ts';
import type { TestDevice } from '../../helpers/test-device.ts';
import { sharedState } from './device-state.ts';

const one = ['agents', 'one'] as const;
const put = (fields: JsonObject) => ({ kind: 'put' as const, fields });

/** Three administrators; the first founded the workspace and holds every authority in it. */
function setup(): Devices & { readonly a: TestDevice; readonly b: TestDevice; readonly c: TestDevice } {
  const devices = setupDevices(3);
  const [a, b, c] = devices.all as readonly [TestDevice, TestDevice, TestDevice];
  return { ...devices, a, b, c };
}

/** An entry of the workspace's log, signed by the first device and taken by all who are named. */
function grant(
  { a, workspace }: ReturnType<typeof setup>,
  subject: TestDevice,
  authorities: readonly Authority[],
  takers: readonly TestDevice[],
  role: Role = 'admin',
): void {
  const drafted = a.replica.draftRole(workspace, subject.keys.deviceId, { role, authorities });
  expect(drafted).toMatchObject({ ok: true });
  const entry = (drafted as { value: { entry: Uint8Array } }).value.entry;
  for (const taker of takers) {
    expect(taker.replica.receiveEntries(workspace, 0, [entry])).toMatchObject({ ok: true });
  }
}

/** A device that was away takes the entries that it lacks. */
function grantHeard({ a, workspace }: ReturnType<typeof setup>, device: TestDevice): void {
  const entries = a.disk.scopes.entries(workspace).map(({ bytes }) => bytes);
  expect(device.replica.receiveEntries(workspace, 0, entries)).toMatchObject({ ok: true });
}

/** A build that asks nobody for an authority: what it writes is what the others have to judge. */
function withoutRules(device: TestDevice): void {
  const all = device.bindings
    .all()
    .map((binding) =>
      binding.manifest.collection === 'agents'
        ? { ...binding, manifest: { ...binding.manifest, mergeStrategy: 'graph_merge' as const } }
        : binding,
    );
  device.bindings = {
    all: () => all,
    ofCollection: (name) => all.find(({ manifest }) => manifest.collection === name),
  };
}

const stateOf = (device: TestDevice): string => sharedState(device, ['agents']);

describe('signed_authority_required', () => {
  it('38 a device that holds the authority writes, and its change is live on all', () => {
    const world = setup();
    world.a.put(one, { name: 'helper' });
    world.exchange();
    expect([world.b, world.c].map((device) => device.fields(one))).toEqual([{ name: 'helper' }, { name: 'helper' }]);
  });

  it('38 a device without it is refused in words that say how to get it', () => {
    const { b } = setup();
    expect(b.write(one, put({ name: 'helper' }))).toMatchObject({
      ok: false,
      error: {
        kind: 'refused',
        refusal: { reasonCode: 'policy_denied', detail: 'authority_missing' },
        message: expect.stringContaining('--authority agents'),
      },
    });
    expect(b.appended).toEqual([]);
  });

  it('38 what a device wrote without the authority is held everywhere, whoever gets it later', () => {
    const world = setup();
    withoutRules(world.b);
    world.b.put(one, { name: 'helper' });
    world.exchange();
    expect(world.a.row(one)).toBeUndefined();
    expect(world.a.held()).toMatchObject([
      { reasonCode: 'signature_invalid', detail: 'authority_missing', recordId: 'one' },
    ]);
    grant(world, world.b, ['agents'], world.all);
    expect(world.a.row(one)).toBeUndefined();
    expect(world.a.held()).toHaveLength(1);
  });

  it('38 no person releases it: whoever holds the authority writes it again', () => {
    const world = setup();
    withoutRules(world.b);
    world.b.put(one, { name: 'helper' });
    world.exchange();
    const id = world.a.held()[0]?.id ?? '';
    expect(world.a.replica.release(id)).toMatchObject({
      ok: false,
      error: {
        kind: 'refused',
        refusal: { reasonCode: 'signature_invalid', detail: 'authority_missing' },
        message: expect.stringMatching(/no release lets it in.*--authority agents/),
      },
    });
    expect([world.a.row(one), world.a.held()]).toMatchObject([undefined, [{ id, status: 'held' }]]);
    world.a.put(one, { name: 'helper' });
    world.exchange();
    expect(world.c.fields(one)).toEqual({ name: 'helper' });
  });

  it('38 an authority counts from the entry that gave it on', () => {
    const world = setup();
    grant(world, world.b, ['agents'], world.all);
    world.b.put(one, { name: 'by b' });
    world.exchange();
    expect(world.c.fields(one)).toEqual({ name: 'by b' });
  });

  it('38 under equal authority the later version is live, and a person chooses once for all', () => {
    const world = setup();
    world.a.put(one, { name: 'helper' });
    grant(world, world.b, ['agents'], world.all);
    world.exchange();
    world.a.patch(one, { op: 'add', path: '/description', value: 'by a' });
    world.clock.nowMs += 1000;
    world.b.patch(one, { op: 'add', path: '/description', value: 'by b' });
    world.exchange();
    for (const device of world.all) {
      expect(device.fields(one)).toEqual({ name: 'helper', description: 'by b' });
      expect(device.reviews()).toMatchObject([{ kind: 'conflict' }]);
    }
    expect(new Set(world.all.map(stateOf)).size).toBe(1);
    const item = world.c.reviews()[0]?.id ?? '';
    expect(world.c.replica.decide([item], 'reject')).toMatchObject([
      { ok: false, error: { refusal: { detail: 'authority_missing' } } },
    ]);
    expect(world.a.replica.decide([item], 'reject')).toMatchObject([{ ok: true }]);
    world.exchange();
    for (const device of world.all) {
      expect(device.fields(one)).toEqual({ name: 'helper', description: 'by a' });
      expect(device.reviews()).toEqual([]);
    }
  });

  it('38 what was written after an authority was taken holds over what was written apart before, and nobody is asked', () => {
    const world = setup();
    grant(world, world.b, ['agents'], world.all);
    grant(world, world.c, ['agents'], world.all);
    world.a.put(one, { name: 'helper' });
    world.exchange();
    grant(world, world.c, [], [world.a, world.c]);
    world.a.patch(one, { op: 'add', path: '/description', value: 'by a' });
    world.clock.nowMs += 1000;
    // b has not heard of it yet.
    const byB = world.b.patch(one, { op: 'add', path: '/description', value: 'by b' });
    grantHeard(world, world.b);
    world.exchange();
    for (const device of world.all) {
      expect(device.fields(one)).toEqual({ name: 'helper', description: 'by a' });
      expect(device.reviews()).toEqual([]);
      expect(device.disk.history.get(byB.version)?.disposition).toBe('superseded');
    }
    expect(new Set(world.all.map(stateOf)).size).toBe(1);
  });
});
