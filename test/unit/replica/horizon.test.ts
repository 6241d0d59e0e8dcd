import { describe, expect, it } from 'vitest';
import type { DeviceId } from '../../../src/base/ids.ts';
import type { AppliedCut } from '../../../src/log/meta.ts';
import { type HorizonFacts, type Peer, heldUpBy, horizonOf } from '../../../src/replica/names/horizon.ts';

const [self, desk, phone] = ['self', 'desk', 'phone'] as readonly string[] as readonly [DeviceId, DeviceId, DeviceId];
const day = 24 * 60 * 60 * 1000;
const nowMs = 1000 * day;

/** A deletion that this device wrote as its 3rd batch, of a record that the desk wrote in its 2nd. */
const changes = [
  { deviceId: desk, sequence: 2 },
  { deviceId: self, sequence: 3 },
];

function peer(deviceId: DeviceId, applied: Record<string, number> | null, more: Partial<Peer> = {}): Peer {
  const confirmation = { sequence: 5, atMs: nowMs - day, applied: applied as AppliedCut };
  return { deviceId, heardMs: nowMs - day, confirmation: applied === null ? undefined : confirmation, ...more };
}

function facts(peers: readonly Peer[], more: Partial<HorizonFacts> = {}): HorizonFacts {
  const settled = new Map([
    [self, 9],
    [desk, 9],
    [phone, 9],
  ]);
  return { self, settled, peers, nowMs, expiresAfterMs: 180 * day, confirmedAfterMs: -1, ...more };
}

const settledBut = (deviceId: DeviceId, sequence: number): Partial<HorizonFacts> => ({
  settled: new Map([...facts([]).settled, [deviceId, sequence]]),
});

const all = { self: 3, desk: 2, phone: 1 };
const silent = { heardMs: nowMs - 181 * day };

describe('400 a deletion may be collected once nobody who is waited for holds it up', () => {
  it.each<[string, HorizonFacts, readonly DeviceId[]]>([
    ['alone', facts([]), []],
    ['everybody has confirmed it', facts([peer(desk, all), peer(phone, all)]), []],
    ['the own changes of a device need no confirmation by it', facts([peer(desk, { self: 3 }), peer(phone, all)]), []],
    ['one has applied less of this device', facts([peer(desk, { self: 2 }), peer(phone, all)]), [desk]],
    ['one has applied less of another', facts([peer(desk, all), peer(phone, { self: 3, desk: 1 })]), [phone]],
    ['one has applied nothing of another', facts([peer(desk, all), peer(phone, { self: 3 })]), [phone]],
    ['one has confirmed nothing yet', facts([peer(desk, all), peer(phone, null)]), [phone]],
    ['nobody has', facts([peer(desk, null), peer(phone, null)]), [desk, phone]],
    ['one was silent for too long', facts([peer(desk, all), peer(phone, null, silent)]), []],
    ['one was silent for just as long', facts([peer(phone, null, { heardMs: nowMs - 180 * day })]), [phone]],
    ['nobody knows since when one is silent', facts([peer(phone, null, { heardMs: null })]), [phone]],
    ['this device itself has not settled it', facts([peer(desk, all)], settledBut(desk, 1)), [self, desk]],
    ['it has not left this device', facts([peer(desk, all)], settledBut(self, 2)), [self]],
    ['what one wrote before it confirmed waits here', facts([peer(phone, all)], settledBut(phone, 4)), [phone]],
    ['what it confirmed with is settled here', facts([peer(phone, all)], settledBut(phone, 5)), []],
    ['it confirmed before this home was restored', facts([peer(desk, all)], { confirmedAfterMs: nowMs - day }), [desk]],
    ['it confirmed after that', facts([peer(desk, all)], { confirmedAfterMs: nowMs - 2 * day }), []],
  ])('%s', (_name, given, holding) => {
    expect(heldUpBy(horizonOf(given), changes)).toEqual(holding);
  });

  it('says on what it rests, and whom it does not wait for', () => {
    const older = { sequence: 5, atMs: nowMs - 3 * day, applied: all as AppliedCut };
    const rested = horizonOf(facts([peer(desk, all), peer(phone, all, { confirmation: older })]));
    expect(rested).toMatchObject({ atMs: nowMs - 3 * day, expired: [] });
    expect(horizonOf(facts([peer(desk, all), peer(phone, all, silent)]))).toMatchObject({
      atMs: nowMs - day,
      expired: [phone],
    });
    expect(horizonOf(facts([peer(desk, all), peer(phone, null)]))).toMatchObject({ atMs: null, expired: [] });
    expect(horizonOf(facts([]))).toMatchObject({ atMs: nowMs, expired: [] });
  });
});
