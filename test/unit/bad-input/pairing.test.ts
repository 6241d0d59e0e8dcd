import { describe, expect, it } from 'vitest';
import { decodePairingCode, encodePairingCode } from '../../../src/membership/pairing/pairing-code.ts';
import { reasonText } from '../../../src/contract/verdict.ts';
import { createInviter, createJoiner } from '../../../src/membership/pairing.ts';
import type { InviterEffect, JoinerEffect } from '../../../src/membership/pairing/pairing-events.ts';
import { deviceFrom, seededBytes } from '../membership/fixtures.ts';
import {
  bodyIn,
  createMeeting,
  createPlaces,
  effectOf,
  exchangeKeys,
  startMs,
} from '../membership/pairing-fixtures.ts';

/** The reason for which a code was burned; afterwards it answers nothing more. */
function burnedBy(
  party: { step(event: { type: 'message'; slot: number; body: Uint8Array }): readonly unknown[] },
  effects: readonly (InviterEffect | JoinerEffect)[],
): string {
  const { refusal } = effectOf(effects, 'burned');
  expect(party.step({ type: 'message', slot: 1, body: new Uint8Array(40) })).toEqual([]);
  return reasonText(refusal);
}

describe('pairing', () => {
  it('29 wrong pairing code, mistyped: found before anything is sent', () => {
    const code = encodePairingCode({ secret: seededBytes(1)(16), relayUrl: 'wss://relay.example' });
    const mistyped = code.replace(/[0-9A-Z]/, (first) => (first === '7' ? '8' : '7'));
    const read = decodePairingCode(mistyped);
    expect(read.ok ? 'read' : reasonText(read.error)).toMatch(/^signature_invalid/);
  });

  it('29 wrong pairing code, another secret: signature_invalid, code burned', () => {
    const meeting = createMeeting(700, { joinerSecret: new Uint8Array(16).fill(1) });
    const body = bodyIn(meeting.joiner.step({ type: 'start' }), 1);
    const effects = meeting.inviter.step({ type: 'message', slot: 1, body });
    expect(burnedBy(meeting.inviter, effects)).toBe('signature_invalid/pairing_message');
  });

  it.each([0, 1, 23, 24, 25, 300, 70_000])('29 garbage message of %i bytes: signature_invalid, code burned', (size) => {
    const meeting = createMeeting(701);
    const body = seededBytes(size)(size);
    expect(burnedBy(meeting.inviter, meeting.inviter.step({ type: 'message', slot: 1, body }))).toBe(
      'signature_invalid/pairing_message',
    );
    meeting.joiner.step({ type: 'start' });
    expect(burnedBy(meeting.joiner, meeting.joiner.step({ type: 'message', slot: 2, body }))).toBe(
      'signature_invalid/pairing_message',
    );
  });

  it('29 swapped reveal, by one who knows the code: signature_invalid, code burned', () => {
    const meeting = createMeeting(702);
    const rival = createMeeting(702, { newcomer: deviceFrom(703) });
    const m1 = bodyIn(meeting.joiner.step({ type: 'start' }), 1);
    const m2 = bodyIn(meeting.inviter.step({ type: 'message', slot: 1, body: m1 }), 2);
    rival.joiner.step({ type: 'start' });
    const swapped = bodyIn(rival.joiner.step({ type: 'message', slot: 2, body: m2 }), 3);
    expect(burnedBy(meeting.inviter, meeting.inviter.step({ type: 'message', slot: 3, body: swapped }))).toBe(
      'signature_invalid/pairing_message',
    );
  });

  it('30 leaked code, man in the middle: digits differ', () => {
    const { admin, places } = createPlaces(704);
    const common = { secret: seededBytes(704)(16), nowMs: startMs };
    const scopes = places.map((place) => place.state);
    const inviterOf = (seed: number) =>
      createInviter({ ...common, deviceId: admin.deviceId, scopes, trustCode: false, randomBytes: seededBytes(seed) });
    const joinerOf = (seed: number) =>
      createJoiner({ ...common, deviceKeys: deviceFrom(seed), label: 'Laptop', randomBytes: seededBytes(seed) });
    let met = 0;
    for (let seed = 0; seed < 20; seed++) {
      const honest = { inviter: inviterOf(seed), joiner: joinerOf(seed + 100), newcomer: deviceFrom(seed + 100) };
      const middle = { inviter: inviterOf(seed + 200), joiner: joinerOf(seed + 300), newcomer: deviceFrom(seed + 300) };
      const shown = exchangeKeys({ admin, places, ...honest, inviter: middle.inviter });
      const atMiddle = exchangeKeys({ admin, places, ...middle, inviter: honest.inviter });
      expect(shown.digits).not.toBe(atMiddle.digits);
      const effects = honest.inviter.step({ type: 'approve', digits: shown.digits });
      expect(burnedBy(honest.inviter, effects)).toBe('signature_invalid/pairing_digits');
      met += 1;
    }
    expect(met).toBe(20);
  });

  it('31 a message moved to another step of the protocol: signature_invalid, code burned', () => {
    const meeting = createMeeting(705);
    const m1 = bodyIn(meeting.joiner.step({ type: 'start' }), 1);
    meeting.inviter.step({ type: 'message', slot: 1, body: m1 });
    // The first message again, in the place of the third: each has a key of its own.
    expect(burnedBy(meeting.inviter, meeting.inviter.step({ type: 'message', slot: 3, body: m1 }))).toBe(
      'signature_invalid/pairing_message',
    );
  });
});
