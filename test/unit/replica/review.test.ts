import { describe, expect, it } from 'vitest';
import type { CollectionName } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { ReviewMode } from '../../../src/contract/review.ts';
import { type Devices, last, setupDevices } from '../../helpers/setup-pair.ts';
import { craftBatch, craftChange } from '../../helpers/crafted-batch.ts';
import { plantedSecrets } from '../../helpers/planted-secrets.ts';
import { type TestDevice, everyItem } from '../../helpers/test-device.ts';

const place = ['shell', 's'] as const;
const alias = (body: string): JsonObject => ({ kind: 'alias', name: 'll', body });

interface Three extends Devices {
  readonly a: TestDevice;
  readonly b: TestDevice;
  readonly c: TestDevice;
}

/** `ls` is approved everywhere; then a proposes `ls -l`, under the id that is answered. */
function proposed(mode: ReviewMode = 'once'): Three & { readonly id: string } {
  const devices = setupDevices(3);
  const [a, b, c] = devices.all as [TestDevice, TestDevice, TestDevice];
  for (const device of devices.all) {
    const { bindings } = device;
    device.bindings = {
      all: () => bindings.all(),
      ofCollection: (name) => {
        const binding = bindings.ofCollection(name);
        return binding && { ...binding, reviewMode: mode };
      },
    };
  }
  a.put(place, alias('ls'));
  devices.exchange();
  for (const device of [b, ...(mode === 'per_device' ? [c] : [])]) {
    device.replica.decide([last(device.reviews()).id], 'accept');
  }
  devices.exchange();
  a.patch(place, { op: 'add', path: '/body', value: 'ls -l' });
  devices.exchange();
  return { ...devices, a, b, c, id: last(b.reviews()).id };
}

const liveOn = ({ all }: Devices): readonly unknown[] => all.map((device) => device.fields(place));
const recordsOn = (device: TestDevice): readonly unknown[] =>
  device.disk.records.list('shell' as CollectionName, everyItem).items.map(({ id, fields }) => [id, fields]);
const statusOn = (device: TestDevice, id: string): string | undefined => device.disk.reviews.get(id)?.status;

describe('decisions that travel', () => {
  it('34a a merged value is live where it was merged, and everywhere once a second device accepts it', () => {
    const world = proposed();
    const { b, c, id } = world;
    expect(b.replica.decide([id], 'merge', alias('ls -lh'))).toMatchObject([{ ok: true, value: { status: 'merged' } }]);
    world.exchange();
    expect(liveOn(world)).toEqual([alias('ls -l'), alias('ls -lh'), alias('ls')]);
    c.replica.decide([last(c.reviews()).id], 'accept');
    world.exchange();
    expect(liveOn(world)).toEqual([alias('ls -lh'), alias('ls -lh'), alias('ls -lh')]);
    expect(statusOn(c, id)).toBe('merged');
    expect(world.all.flatMap((device) => device.reviews())).toEqual([]);
    const written = c.replica.history('shell' as CollectionName, 's' as never).map(({ change }) => change.value);
    expect(JSON.stringify(written)).toContain('"ls -l"');
  });

  it('34b undone it is open everywhere, live at its author alone; undone again it holds', () => {
    const world = proposed();
    const { a, b, c, id } = world;
    b.replica.decide([id], 'accept');
    world.exchange();
    expect(c.replica.decide([id], 'undo')).toMatchObject([
      { ok: false, error: { message: expect.stringContaining('undo it there') } },
    ]);
    expect(b.replica.decide([id], 'undo')).toMatchObject([{ ok: true, value: { status: 'open' } }]);
    world.exchange();
    expect(liveOn(world)).toEqual([alias('ls -l'), alias('ls'), alias('ls')]);
    expect([statusOn(b, id), statusOn(c, id)]).toEqual(['open', 'open']);
    expect(a.replica.decide([id], 'undo')).toMatchObject([{ ok: false }]);
    expect(c.replica.decide([id], 'undo')).toMatchObject([{ ok: false }]);
    b.replica.decide([id], 'undo');
    world.exchange();
    expect(liveOn(world)).toEqual([alias('ls -l'), alias('ls -l'), alias('ls -l')]);
    expect([statusOn(b, id), statusOn(c, id)]).toEqual(['accepted', 'accepted']);
  });

  it.each([
    ['accept', ['ls -l', 'ls', 'ls'], ['open', 'open']],
    ['reject', ['ls -l', 'ls', 'ls'], ['rejected', 'rejected']],
    ['merge', ['ls -l', 'ls -lh', 'ls'], ['rejected', 'rejected']],
    ['keep_both', ['ls -l', 'ls', 'ls'], ['rejected', 'rejected']],
  ] as const)('34b of %s and a rejection apart from it, every device says the same', (decision, live, status) => {
    const world = proposed();
    const { b, c, id, clock } = world;
    b.replica.decide([id], decision, alias('ls -lh'));
    clock.nowMs += 1000;
    c.replica.decide([id], 'reject');
    world.exchange();
    expect(liveOn(world)).toEqual(live.map(alias));
    expect([statusOn(b, id), statusOn(c, id)]).toEqual(status);
  });

  it('34a both are kept: one record more, the same on all devices, also where two decide so at once', () => {
    const world = proposed();
    const { a, b, c, id } = world;
    b.replica.decide([id], 'keep_both');
    c.replica.decide([id], 'keep_both');
    world.exchange();
    a.replica.decide([last(a.reviews()).id], 'accept');
    world.exchange();
    expect(recordsOn(b)).toEqual([
      ['s', alias('ls')],
      [expect.stringMatching(/^s\.kept-/), alias('ls -l')],
    ]);
    expect(world.all.map(recordsOn)).toEqual([recordsOn(b), recordsOn(b), recordsOn(b)]);
    expect(world.all.flatMap((device) => device.reviews())).toEqual([]);
  });

  it('34b with its decision undone a fork goes, unless somebody wrote into it', () => {
    for (const isEdited of [false, true]) {
      const world = proposed();
      const { b, c, id } = world;
      b.replica.decide([id], 'keep_both');
      world.exchange();
      const kept = last(c.disk.records.list('shell' as CollectionName, everyItem).items).id;
      if (isEdited) {
        c.patch(['shell', kept], { op: 'add', path: '/name', value: 'mine' });
        world.exchange();
      }
      b.replica.decide([id], 'undo');
      world.exchange();
      expect(statusOn(b, id)).toBe('open');
      expect(b.row(['shell', kept])?.state).toBe(isEdited ? 'live' : 'absent');
      expect(c.fields(['shell', kept])).toEqual(isEdited ? { ...alias('ls -l'), name: 'mine' } : null);
    }
  });

  it('34a per device, each decides for itself, and equal decisions make equal states', () => {
    const world = proposed('per_device');
    const { b, c, id } = world;
    b.replica.decide([id], 'accept');
    world.exchange();
    expect(liveOn(world)).toEqual([alias('ls -l'), alias('ls -l'), alias('ls')]);
    expect(statusOn(c, id)).toBe('open');
    c.replica.decide([id], 'accept');
    world.exchange();
    expect(liveOn(world)).toEqual([alias('ls -l'), alias('ls -l'), alias('ls -l')]);
  });
});

/** On b: `s` is live, and there is a's proposal for it, whose secret a person let in. */
function withSecretLetIn(): Three & { readonly id: string } {
  const world = proposed();
  const { a, b, id, profile } = world;
  b.replica.decide([id], 'accept');
  const token = plantedSecrets.find(([rule]) => rule === 'github')?.[1] as string;
  const parents = b.row(place)?.heads;
  const records = [craftChange({ collection: 'shell', objectId: 's', value: alias(token), parents })];
  b.replica.receive(profile, [craftBatch({ by: a, scopeId: profile, records }).bytes]);
  b.replica.release(last(b.held()).id);
  return { ...world, id: last(b.reviews()).id };
}

describe('a decision that writes to two records', () => {
  const kept = (device: TestDevice): unknown => ({
    records: recordsOn(device),
    reviews: device.reviews(),
    history: device.replica.history('shell' as CollectionName, 's' as never),
    sent: device.appended.length,
    refused: device.disk.audit
      .read(0, 1000)
      .filter((row) => typeof row === 'object' && row.eventType === 'graph.write.rejected').length,
  });

  it('34a is refused in words where the second is, and nothing of it was written; the refusal is audited', () => {
    const { b, id } = withSecretLetIn();
    const before = kept(b) as Readonly<Record<string, unknown>>;
    expect(b.replica.decide([id], 'keep_both')).toMatchObject([
      {
        ok: false,
        error: {
          kind: 'refused',
          refusal: { reasonCode: 'secret_redacted' },
          message: expect.stringMatching(/^Nothing was decided, because s\.kept-\S+, .*secrets set/),
        },
      },
    ]);
    expect(kept(b)).toEqual({ ...before, refused: Number(before['refused']) + 1 });
    expect(b.replica.decide([id], 'reject')).toMatchObject([{ ok: true, value: { status: 'rejected' } }]);
  });

  it('34a takes no other decision of the same call with it', () => {
    const { a, b, id, exchange } = withSecretLetIn();
    b.put(['shell', 't'], alias('pwd'));
    exchange();
    a.replica.decide([last(a.reviews()).id], 'accept');
    a.patch(['shell', 't'], { op: 'add', path: '/body', value: 'pwd -P' });
    exchange();
    const other = last(b.reviews()).id;
    expect(b.replica.decide([other, id], 'keep_both')).toMatchObject([
      { ok: true, value: { id: other, status: 'kept_both' } },
      { ok: false },
    ]);
    expect(recordsOn(b)).toContainEqual([expect.stringMatching(/^t\.kept-/), alias('pwd -P')]);
    expect(statusOn(b, id)).toBe('open');
  });
});
